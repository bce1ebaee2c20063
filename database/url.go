package database

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
)

const hidden = "xxxxx"

// secret finds an option whose value is nobody's business.
var secret = regexp.MustCompile(`(?i)([?&][^=&]*(?:pass|secret|token|key)[^=&]*=)[^&]*`)

// Redact returns a database URL without its password, to be shown. It need not
// be a good URL; where the password ends is then guessed generously.
func Redact(rawURL string) string {
	scheme, rest, ok := strings.Cut(rawURL, "://")
	if !ok {
		return rawURL
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		if user, _, ok := strings.Cut(rest[:at], ":"); ok {
			rest = user + ":" + hidden + rest[at:]
		}
	}
	return scheme + "://" + secret.ReplaceAllString(rest, "${1}"+hidden)
}

// parse reads the URL of a server. What the parser says is not repeated: it
// quotes the piece that it does not understand, and that may be a password. Nor
// is one let through that it misunderstands, because the password has a # or ?.
func parse(rawURL string) (*url.URL, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Opaque != "" || !strings.Contains(rawURL, "://") || u.Fragment != "" || u.User == nil && strings.Contains(rawURL, "@") {
		return nil, errors.New("this is not the URL of a database server; " + forms +
			", and in user and password %40 for @, %3A for :, %2F for /, %3F for ?, %23 for #, %25 for %")
	}
	return u, nil
}

// hide takes the passwords of a URL out of an error.
func hide(u *url.URL, err error) error {
	text := err.Error()
	secrets := []string{u.Query().Get("password"), u.Query().Get("sslpassword")}
	if password, ok := u.User.Password(); ok {
		secrets = append(secrets, password, url.QueryEscape(password), url.PathEscape(password))
	}
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, hidden)
		}
	}
	return errors.New(text)
}
