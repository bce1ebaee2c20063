package notify

import (
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"proviso/account"
	"proviso/source"
)

// MailConfig is the part mail of proviso.yaml. Values may hold ${NAME}; who
// uses them expands them.
type MailConfig struct {
	SMTP        string           `yaml:"smtp"`
	From        string           `yaml:"from"`
	ReplyTo     string           `yaml:"reply_to"`
	ReturnPath  string           `yaml:"return_path"`
	Relay       string           `yaml:"relay"`       // provider or own
	Connections int              `yaml:"connections"` // left out: 4
	Rate        Rate             `yaml:"rate"`        // left out: as fast as the server takes them
	Quota       Rate             `yaml:"quota"`       // attempts in any 24 hours
	PerDomain   source.Map[Rate] `yaml:"per_domain"`
	Ambiguous   string           `yaml:"ambiguous"` // resend or hold
	DKIM        DKIM             `yaml:"dkim"`
	Pos         source.Position  `yaml:"-"`
	At          source.Places    `yaml:"-"`
}

// DKIM says how mail is signed here, where the relay does not do it.
type DKIM struct {
	Domain   string          `yaml:"domain"`
	Selector string          `yaml:"selector"`
	Key      string          `yaml:"key"` // PEM file with an Ed25519 or RSA key
	Pos      source.Position `yaml:"-"`
}

// A Rate is a number of mails in a time, written as 50/s, 300/min or
// 200000/day. The zero Rate is no limit.
type Rate struct {
	Mails int
	Per   time.Duration
}

var units = map[string]time.Duration{
	"s": time.Second, "min": time.Minute, "h": time.Hour, "day": 24 * time.Hour,
}

// UnmarshalText reads a rate.
func (r *Rate) UnmarshalText(b []byte) error {
	number, unit, ok := strings.Cut(string(b), "/")
	n, err := strconv.Atoi(strings.TrimSpace(number))
	per := units[strings.TrimSpace(unit)]
	if !ok || err != nil || n <= 0 || per == 0 {
		return fmt.Errorf("%q is not a rate; write 50/s, 300/min, 5000/h or 200000/day", b)
	}
	*r = Rate{n, per}
	return nil
}

// String writes a rate as it stands in proviso.yaml.
func (r Rate) String() string {
	for unit, per := range units {
		if per == r.Per {
			return fmt.Sprintf("%d/%s", r.Mails, unit)
		}
	}
	return fmt.Sprintf("%d/%s", r.Mails, r.Per)
}

// IsZero reports whether there is no limit.
func (r Rate) IsZero() bool { return r.Mails == 0 }

// For returns how long n mails take at the rate; 0 without a limit.
func (r Rate) For(n int) time.Duration {
	if r.IsZero() {
		return 0
	}
	return time.Duration(float64(n) / float64(r.Mails) * float64(r.Per))
}

// tokenRoom is what a token takes of the 64 bytes that may stand before the @
// (RFC 5321, 4.5.3.1.1), with the plus sign in front of it.
const tokenRoom = 40

// ReturnPath reads mail.return_path and returns it as a mail's envelope needs
// it: without a name, its domain in ASCII. Empty is none.
func ReturnPath(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	a, err := mail.ParseAddress(s)
	if err != nil {
		return "", fmt.Errorf("mail.return_path is not an address: %q", s)
	}
	out := account.Mailable(a.Address)
	local := out[:strings.LastIndexByte(out, '@')]
	if len(local) > 64-tokenRoom {
		return "", fmt.Errorf("mail.return_path has %d letters before the @; +TOKEN is added to them, so %d are the most: %q", len(local), 64-tokenRoom, a.Address)
	}
	if strings.ContainsFunc(local, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"(),:;<>@[\]+`, r) }) {
		return "", fmt.Errorf("mail.return_path cannot be %q; +TOKEN is added before the @, and its letters must be plain", a.Address)
	}
	return out, nil
}

// Check adds to ps what is wrong with the configuration as it is written;
// values with ${NAME} in them are checked when they are used.
func (m MailConfig) Check(ps *source.Problems) {
	for _, f := range []struct{ name, value string }{{"from", m.From}, {"reply_to", m.ReplyTo}, {"return_path", m.ReturnPath}} {
		if _, err := mail.ParseAddress(f.value); err != nil && f.value != "" && !strings.Contains(f.value, "${") {
			ps.Errorf(m.At.Of(m.Pos, f.name), "mail", `write it as "Name <name@domain>" or name@domain`, "mail.%s is not an address: %q", f.name, f.value)
		} else if f.name == "return_path" && err == nil && !strings.Contains(f.value, "${") {
			if _, err := ReturnPath(f.value); err != nil {
				ps.Errorf(m.At.Of(m.Pos, f.name), "mail", "write a mailbox of its own, such as bounce@bounce.DOMAIN", "%v", err)
			}
		}
	}
	choice := func(name, value string, allowed ...string) {
		if value != "" && !slices.Contains(allowed, value) {
			ps.Errorf(m.At.Of(m.Pos, name), "mail", "write "+strings.Join(allowed, " or "), "mail.%s cannot be %q", name, value)
		}
	}
	choice("relay", m.Relay, "provider", "own")
	choice("ambiguous", m.Ambiguous, "resend", "hold")
	if m.Connections < 0 || m.Connections > 256 {
		ps.Errorf(m.At.Of(m.Pos, "connections"), "mail", "write a number from 1 to 256", "mail.connections cannot be %d", m.Connections)
	}
	if d := m.DKIM; (d.Domain == "") != (d.Key == "") || (d.Domain == "") != (d.Selector == "") {
		ps.Errorf(d.Pos, "mail", "", "mail.dkim needs domain, selector and key")
	}
}
