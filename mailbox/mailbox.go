// Package mailbox is a mail server on the loopback address that keeps what it
// is sent in memory and delivers nothing. The demo shows its mails; the tests
// send to it, because a real server made cheap agrees with nobody's beliefs.
//
// It can be told to fail: to refuse, to break off inside a text, to take a mail
// and not say so, to be slow. Faults follow from a seed, so that a run that
// failed can be run again.
package mailbox

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"sync"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// A Server keeps the mails it is sent. Its methods may be called at the same time.
type Server struct {
	smtp           *smtp.Server
	listen         net.Listener
	done           chan error
	faults         faults
	taken          func(n int)
	user, password string

	mu       sync.Mutex
	messages []Message
	tries    int
}

// Options say what a Server is like. The zero Options take every mail.
type Options struct {
	Faults   Faults
	TLS      *tls.Config // offers STARTTLS
	Addr     string      // host:port; empty: a free port on 127.0.0.1
	UTF8     bool        // offers SMTPUTF8
	DSN      bool        // offers DSN
	User     string      // must log in with this name and the Password; empty: nobody needs to
	Password string
	Taken    func(n int) // called for each mail that was taken, before it is answered; n counts them
}

// Start opens a server, which runs until Close.
func Start(o Options) (*Server, error) {
	l, err := net.Listen("tcp", cmp.Or(o.Addr, "127.0.0.1:0"))
	if err != nil {
		return nil, fmt.Errorf("starting the mailbox: %w", err)
	}
	s := &Server{listen: l, done: make(chan error, 1), faults: newFaults(o.Faults), taken: o.Taken, user: o.User, password: o.Password}
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{server: s, conn: c}, nil
	}))
	s.smtp.Domain = "mailbox.invalid"
	s.smtp.TLSConfig = o.TLS
	s.smtp.EnableSMTPUTF8, s.smtp.EnableDSN = o.UTF8, o.DSN
	s.smtp.AllowInsecureAuth = true              // it is on the loopback address
	s.smtp.ErrorLog = log.New(io.Discard, "", 0) // broken connections are its trade
	go func() { s.done <- s.smtp.Serve(l) }()
	return s, nil
}

// URL returns the server's address as mail.smtp in proviso.yaml has it.
func (s *Server) URL() string {
	if s.smtp.TLSConfig != nil {
		return "smtp://" + s.Addr()
	}
	return "smtp://" + s.Addr() + "?tls=off"
}

// Addr returns host:port.
func (s *Server) Addr() string { return s.listen.Addr().String() }

// Messages returns the mails taken so far, in that order.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Tries returns how many mails were begun, taken or not.
func (s *Server) Tries() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries
}

// Met returns how many mails met a fault by the odds.
func (s *Server) Met(f Fault) int {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return s.faults.met[f]
}

// Heal makes the server take every mail from now on.
func (s *Server) Heal() { s.faults.heal() }

// Close ends the server and breaks its connections.
func (s *Server) Close() error {
	err := s.smtp.Close()
	if errors.Is(err, smtp.ErrServerClosed) {
		return nil
	}
	// The server may not have begun to serve, and then does not know its listener.
	if e := s.listen.Close(); !errors.Is(e, net.ErrClosed) {
		err = errors.Join(err, e)
	}
	return errors.Join(err, <-s.done)
}

// A session is one connection.
type session struct {
	server   *Server
	conn     *smtp.Conn
	from, to string
	reports  Reports
	fault    Fault
	known    bool // logged in
	shut     bool // 421 was said: nothing goes over this connection any more
}

// AuthMechanisms returns how one logs in.
func (s *session) AuthMechanisms() []string {
	if s.server.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth logs a client in.
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.user || password != s.server.password {
			return smtp.ErrAuthFailed
		}
		s.known = true
		return nil
	}), nil
}

func (s *session) Mail(from string, o *smtp.MailOptions) error {
	if s.server.user != "" && !s.known {
		return reply(530, "5.7.0 log in first")
	}
	s.from, s.reports = from, Reports{Return: string(o.Return)}
	s.server.mu.Lock()
	s.server.tries++
	s.server.mu.Unlock()
	s.fault = s.server.faults.draw()
	if s.shut = s.shut || s.fault == Shut; s.shut {
		return reply(421, "4.3.2 shutting down")
	}
	if s.fault == Closed {
		return reply(454, "4.7.0 not now")
	}
	return nil
}

func (s *session) Rcpt(to string, o *smtp.RcptOptions) error {
	s.to, s.reports.Recipient = to, o.OriginalRecipient
	for _, n := range o.Notify {
		s.reports.Notify = append(s.reports.Notify, string(n))
	}
	if f := s.server.faults.of(to); f != None {
		s.fault = f
	}
	switch s.fault {
	case Shut:
		s.shut = true
		return reply(421, "4.3.2 shutting down")
	case Closed: // by recipient
		return reply(454, "4.7.0 not now")
	case NoRoom:
		return reply(452, "4.3.1 no room")
	case Full:
		return reply(452, "4.2.2 mailbox full")
	case Later:
		return reply(450, "4.2.1 mailbox busy")
	case Never:
		return reply(550, "5.1.1 no such user")
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	if s.fault == CutInside {
		_, _ = io.CopyN(io.Discard, r, 200)
		return s.cut()
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); err != nil {
		return err
	}
	switch s.fault {
	case LaterAtEnd:
		return reply(451, "4.3.0 disk full")
	case NeverAtEnd:
		return reply(554, "5.6.0 not taken")
	case CutLost:
		return s.cut()
	case Slow:
		s.server.faults.wait()
	}
	n := s.server.keep(Message{From: s.from, To: s.to, Reports: s.reports, Data: b.Bytes()})
	if s.fault == CutTaken {
		return s.cut()
	}
	return &smtp.SMTPError{Code: 250, EnhancedCode: smtp.EnhancedCode{2, 0, 0}, Message: fmt.Sprintf("Ok: queued as M%06d", n)}
}

func (s *session) Reset()        { s.from, s.to, s.fault = "", "", None }
func (s *session) Logout() error { return nil }

// cut breaks the connection so that no reply reaches the client.
func (s *session) cut() error {
	_ = s.conn.Conn().Close()
	return reply(451, "4.0.0 cut")
}

func (s *Server) keep(m Message) int {
	s.mu.Lock()
	s.messages = append(s.messages, m)
	n := len(s.messages)
	s.mu.Unlock()
	if s.taken != nil {
		s.taken(n)
	}
	return n
}

// reply makes a reply of a code and a text that begins with an enhanced code.
func reply(code int, text string) error {
	var e smtp.EnhancedCode
	var words string
	if _, err := fmt.Sscanf(text, "%d.%d.%d", &e[0], &e[1], &e[2]); err == nil {
		words = text[len("4.0.0 "):]
	}
	return &smtp.SMTPError{Code: code, EnhancedCode: e, Message: words}
}
