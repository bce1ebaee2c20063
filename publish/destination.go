package publish

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A Destination is what a URL under publish: in proviso.yaml says.
type Destination struct {
	Kind string // "dir", "s3" or "command"
	Keep int    // releases; 5 if left out

	Path string   // of a dir
	Argv []string // of a command

	Bucket, Prefix   string // of s3; the prefix is empty or ends in "/"
	Endpoint, Region string
	Key, Secret      string // empty: of the environment
	Grace            time.Duration
	shown            string
}

// String is the destination for people and records, without its secrets.
func (d Destination) String() string { return d.shown }

const (
	defaultKeep  = 5
	defaultGrace = 24 * time.Hour
)

var errForm = errors.New("write dir:PATH, s3://BUCKET/PREFIX?endpoint=URL or command:PROGRAM")

// ParseDestination reads the URL of a target.
func ParseDestination(s string) (Destination, error) {
	d := Destination{Keep: defaultKeep, Grace: defaultGrace}
	kind, rest, ok := strings.Cut(s, ":")
	if !ok {
		return d, fmt.Errorf("%q names no kind of target; %w", s, errForm)
	}
	switch d.Kind = kind; kind {
	case "command":
		d.Argv = strings.Fields(rest)
		if len(d.Argv) == 0 {
			return d, errors.New("command: names no program; write command:./deploy.sh")
		}
		d.shown = "command:" + d.Argv[0] // an argument may be a key
		return d, nil
	case "dir":
		return d, d.dir(rest)
	case "s3":
		return d, d.s3(s)
	}
	return d, fmt.Errorf("unknown kind of target %q; %w", kind, errForm)
}

func (d *Destination) dir(rest string) error {
	var query string
	d.Path, query, _ = strings.Cut(rest, "?")
	d.shown = "dir:" + d.Path
	if d.Path == "" {
		return errors.New("dir: names no folder; write dir:/srv/www/DOMAIN")
	}
	return d.options(query, "keep")
}

func (d *Destination) s3(s string) error {
	u, err := url.Parse(s)
	if err != nil {
		return errors.New("the address of the bucket cannot be read; write s3://BUCKET/PREFIX?endpoint=URL, with special signs in keys as %XX")
	}
	d.Bucket, d.Prefix = u.Host, strings.Trim(u.Path, "/")
	if d.Bucket == "" {
		return errors.New("s3: names no bucket; write s3://BUCKET/PREFIX?endpoint=URL")
	}
	d.shown = "s3://" + d.Bucket + "/" + d.Prefix
	if d.Prefix != "" {
		d.Prefix += "/"
	}
	if u.User != nil {
		d.Key = u.User.Username()
		d.Secret, _ = u.User.Password()
	}
	return d.options(u.RawQuery, "keep", "grace", "endpoint", "region")
}

// options reads the part after "?".
func (d *Destination) options(query string, known ...string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return fmt.Errorf("%q: %w", query, err)
	}
	for key, v := range values {
		found := false
		for _, k := range known {
			found = found || k == key
		}
		if !found {
			return fmt.Errorf("unknown option %q; there are %s", key, strings.Join(known, ", "))
		}
		if err := d.option(key, v[len(v)-1]); err != nil {
			return err
		}
	}
	return nil
}

func (d *Destination) option(key, value string) (err error) {
	switch key {
	case "keep":
		if d.Keep, err = strconv.Atoi(value); err != nil || d.Keep < 2 {
			return fmt.Errorf("keep=%s: write how many releases to keep, 2 or more", value)
		}
	case "grace":
		if d.Grace, err = time.ParseDuration(value); err != nil || d.Grace < 0 {
			return fmt.Errorf("grace=%s: write a time such as 24h", value)
		}
	case "endpoint":
		if d.Endpoint = value; !strings.Contains(value, "://") {
			d.Endpoint = "https://" + value
		}
	case "region":
		d.Region = value
	}
	return nil
}
