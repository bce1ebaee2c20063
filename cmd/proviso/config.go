package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"proviso/account"
	"proviso/courier"
	"proviso/notify"
	"proviso/policy"
	"proviso/publish"
	"proviso/source"
)

// A config is the file proviso.yaml: how the folder is operated.
type config struct {
	Accounts account.Accounts   `yaml:"accounts"`
	Mail     notify.MailConfig  `yaml:"mail"`
	Ledger   ledgerConfig       `yaml:"ledger"`
	Publish  source.Map[string] `yaml:"publish"`
}

// ledgerConfig says where the ledger is: {url, keep}, or a plain URL.
type ledgerConfig struct {
	URL  string          `yaml:"url"`
	Keep string          `yaml:"keep"`
	Pos  source.Position `yaml:"-"`
}

var yearsForm = regexp.MustCompile(`^([1-9]\d?) years?$`)

// kept returns for how long notices are kept after they took effect; zero: for
// ever.
func (l ledgerConfig) kept() (policy.Lead, error) {
	if m := yearsForm.FindStringSubmatch(l.Keep); m != nil {
		years, _ := strconv.Atoi(m[1]) // the form holds a number
		return policy.Lead{Months: 12 * years}, nil
	} else if l.Keep == "" {
		return policy.Lead{}, nil
	}
	lead, err := policy.ParseLead(l.Keep)
	if err != nil || lead == (policy.Lead{}) {
		return policy.Lead{}, fmt.Errorf("%q is no time to keep something", l.Keep)
	}
	return lead, nil
}

// UnmarshalSource reads {url, keep} or a plain URL.
func (l *ledgerConfig) UnmarshalSource(v source.Value) {
	if !v.IsMapping() {
		v.Decode(&l.URL)
		l.Pos = v.Pos()
		return
	}
	type fields ledgerConfig // without this method
	v.Decode((*fields)(l))
}

const defaultLedger = "sqlite:.proviso/ledger.db"

// readConfig reads proviso.yaml; a folder without one has the defaults.
func (p *program) readConfig() (*config, source.Problems) {
	c := &config{}
	var ps source.Problems
	data, err := fs.ReadFile(p.folder(), "proviso.yaml")
	if err == nil {
		source.Decode("proviso.yaml", data, c, &ps)
	} else if !errors.Is(err, fs.ErrNotExist) {
		ps.Errorf(source.Position{File: "proviso.yaml"}, "file", "", "%v", errors.Unwrap(err))
	}
	c.Accounts.Check(&ps)
	c.Mail.Check(&ps)
	if _, err := c.Ledger.kept(); err != nil {
		ps.Errorf(c.Ledger.Pos, "keep", `write it as "7 years", "18 months" or "90 days"`, "ledger.keep: %v", err)
	}
	if c.Ledger.URL == "" {
		c.Ledger.URL = defaultLedger
	}
	return c, ps
}

// written returns what is wrong with the addresses that stand in proviso.yaml as
// they are; those with ${NAME} in them are read by who uses them.
func (c *config) written() (ps source.Problems) {
	if s := c.Mail.SMTP; s != "" && !envForm.MatchString(s) {
		if _, err := courier.ParseServer(s); err != nil {
			ps.Errorf(c.Mail.At.Of(c.Mail.Pos, "smtp"), "mail", "", "mail.smtp: %v", err)
		}
	}
	if s := c.Ledger.URL; !envForm.MatchString(s) {
		if kind, _, ok := strings.Cut(s, ":"); !ok || !slices.Contains([]string{"sqlite", "postgres", "postgresql"}, kind) {
			ps.Errorf(c.Ledger.Pos, "ledger", "write sqlite:.proviso/ledger.db, or postgres://… when several machines send", "a ledger cannot be %q", kind)
		}
	}
	first := map[string]string{}
	for _, e := range c.Publish {
		if envForm.MatchString(e.Value) {
			continue
		}
		to, err := publish.ParseDestination(e.Value)
		if err != nil {
			ps.Errorf(e.Pos, "publish", "", "%v", err)
			continue
		}
		if dir := filepath.Clean(to.Path); to.Kind == "dir" {
			if other, ok := first[dir]; ok {
				ps.Errorf(e.Pos, "publish", "give each site a folder of its own", "%s and %s are put into the same folder %q", other, e.Key, to.Path)
			}
			first[dir] = e.Key
		}
	}
	return ps
}

// config is readConfig for commands that cannot do without: it answers 2.
func (p *program) config() (*config, error) {
	c, ps := p.readConfig()
	if err := ps.Err(); err != nil {
		return nil, misuse("%v", err)
	}
	return c, nil
}

var envForm = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// expand fills ${NAME} in from the environment.
func (p *program) expand(key, s string) (string, error) {
	var missing string
	out := envForm.ReplaceAllStringFunc(s, func(m string) string {
		name := envForm.FindStringSubmatch(m)[1]
		value, ok := p.env(name)
		if !ok {
			missing = name
		}
		return value
	})
	if missing != "" {
		return "", fmt.Errorf("proviso.yaml: %s needs the environment variable %s, which is not set", key, missing)
	}
	return out, nil
}
