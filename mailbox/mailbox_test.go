package mailbox

import (
	"fmt"
	"net/smtp"
	"testing"
)

// send sends n mails with the standard library's client.
func send(t *testing.T, s *Server, n int) {
	t.Helper()
	for i := range n {
		msg := fmt.Appendf(nil, "Subject: =?utf-8?q?=C3=84?=\r\n\r\nmail %d\r\n", i)
		_ = smtp.SendMail(s.Addr(), nil, "a@b.example", []string{fmt.Sprintf("p%d@x.example", i)}, msg) // the server decides
	}
}

// The same seed fails with the same mails.
func TestFaultsFollowFromTheSeed(t *testing.T) {
	run := func(seed uint64) (out []string) {
		s, err := Start(Options{Faults: Faults{Seed: seed, Odds: map[Fault]float64{Later: .3, CutTaken: .3}}})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		send(t, s, 30)
		for _, m := range s.Messages() {
			out = append(out, m.To)
		}
		if s.Tries() != 30 {
			t.Errorf("%d tries", s.Tries())
		}
		return out
	}
	a, b, c := fmt.Sprint(run(1)), fmt.Sprint(run(1)), fmt.Sprint(run(2))
	if a != b || a == c {
		t.Errorf("seed 1: %s and %s; seed 2: %s", a, b, c)
	}
}

func TestMessagesAreKept(t *testing.T) {
	s, err := Start(Options{Faults: Faults{First: []Fault{Never}, Always: map[string]Fault{"p1@x.example": Later}}})
	if err != nil {
		t.Fatal(err)
	}
	send(t, s, 3)
	messages := s.Messages()
	if len(messages) != 1 || messages[0].To != "p2@x.example" || messages[0].From != "a@b.example" {
		t.Fatalf("%+v", messages)
	}
	r, err := messages[0].Read()
	if err != nil || r.Get("Subject") != "Ä" || r.Text != "mail 2\r\n" {
		t.Errorf("%+v %v", r, err)
	}
	s.Heal()
	send(t, s, 3)
	if len(s.Messages()) != 4 {
		t.Errorf("%d mails after healing", len(s.Messages()))
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}
