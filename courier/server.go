package courier

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"syscall"

	gomail "github.com/wneessen/go-mail"
)

// A Server is where mails are handed over.
type Server struct {
	Host     string
	Port     int
	User     string // empty: without logging in
	Password string
	Security Security
	Name     string         // what we call ourselves in EHLO; empty: the host's name
	Roots    *x509.CertPool // who may sign its certificate; nil: whom the system trusts
	Timeouts Timeouts       // zero: Patience
}

// Security says how a connection is encrypted.
type Security int

const (
	StartTLS Security = iota // asked for, and required
	TLS                      // from the first byte
	Clear                    // not at all
)

// ParseServer reads smtp://user:password@host:587 (STARTTLS required),
// smtps://host:465 or smtp://127.0.0.1:2525?tls=off. The error never shows the
// password.
func ParseServer(s string) (Server, error) {
	const forms = "write smtp://user:password@host:587 or smtps://host:465"
	if s == "" {
		return Server{}, fmt.Errorf("no mail server is named; %s as mail.smtp in proviso.yaml", forms)
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" {
		return Server{}, fmt.Errorf("the mail server's address cannot be read; %s, and escape special characters in the password", forms)
	}
	srv := Server{Host: u.Hostname(), Port: 587, User: u.User.Username()}
	srv.Password, _ = u.User.Password()
	if u.Scheme == "smtps" {
		srv.Port, srv.Security = 465, TLS
	}
	if p := u.Port(); p != "" {
		if srv.Port, err = strconv.Atoi(p); err != nil || srv.Port < 1 || srv.Port > 65535 {
			return Server{}, fmt.Errorf("%q is not a port; %s", p, forms)
		}
	}
	for key, values := range u.Query() {
		if key != "tls" || values[0] != "off" || u.Scheme == "smtps" {
			return Server{}, fmt.Errorf("mail server %s: option %s=%s is unknown; there is only tls=off, for smtp", srv, key, values[0])
		}
		srv.Security = Clear
	}
	if srv.Security == Clear && srv.User != "" && !loopback(srv.Host) {
		return Server{}, fmt.Errorf("mail server %s: tls=off would send the password in clear; leave tls=off out", srv)
	}
	return srv, nil
}

// String returns host:port.
func (s Server) String() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Dial connects to the server, encrypts and logs in.
func (s Server) Dial(ctx context.Context) (*Connection, error) {
	if s.Timeouts == (Timeouts{}) {
		s.Timeouts = Patience
	}
	client, err := gomail.NewClient(bracketed(s.Host), s.options()...)
	if err != nil {
		return nil, fmt.Errorf("mail server %s: %w", s, err)
	}
	c, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("mail server %s: %w", s, s.explain(err))
	}
	conn := &Connection{client: c, server: s}
	conn.pipelines, _ = c.Extension("PIPELINING")
	conn.reports, _ = c.Extension("DSN")
	if state, ok := c.TLSConnectionState(); ok {
		conn.tls = tls.VersionName(state.Version)
	}
	return conn, nil
}

func (s Server) options() []gomail.Option {
	opts := []gomail.Option{
		gomail.WithPort(s.Port),
		gomail.WithTimeout(s.Timeouts.Dial),
		gomail.WithTLSConfig(&tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}),
		gomail.WithTLSPolicy(gomail.TLSMandatory),
	}
	switch s.Security {
	case TLS:
		opts = append(opts, gomail.WithSSL())
	case Clear:
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.Name != "" {
		opts = append(opts, gomail.WithHELO(s.Name))
	}
	if s.User != "" {
		opts = append(opts, gomail.WithUsername(s.User), gomail.WithPassword(s.Password),
			gomail.WithSMTPAuth(s.auth()))
	}
	return opts
}

// auth lets the best mechanism that both sides know win. Without encryption,
// which is for the own machine only, passwords may go as they are.
func (s Server) auth() gomail.SMTPAuthType {
	if s.Security == Clear {
		return gomail.SMTPAuthPlainNoEnc
	}
	return gomail.SMTPAuthAutoDiscover
}

// explain adds to an error what to do about it.
func (s Server) explain(err error) error {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%w; is it running, and is mail.smtp in proviso.yaml right?", err)
	case strings.Contains(err.Error(), "does not support STARTTLS"):
		return fmt.Errorf("it offers no STARTTLS; write smtps:// if it speaks TLS from the start")
	}
	return err
}

func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}
