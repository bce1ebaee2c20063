package evidence

import (
	"fmt"

	"proviso/account"
	"proviso/ledger"
)

// Who is a holder of whom something is to be proved.
type Who struct {
	ID      string                                  // NAME:id; may be empty
	Address string                                  // may be empty
	Key     func(notice string) (ledger.Key, error) // the key of a notice
}

// name is how the holder was asked for.
func (w *Who) name() string {
	if w.ID != "" {
		return w.ID
	}
	return w.Address
}

// A Proof says what one notice tells of a holder.
type Proof struct {
	Notice    string  `json:"notice"`
	Holder    string  `json:"holder"` // as it was asked for
	Hash      string  `json:"hash"`   // of its row
	Enrolment int     `json:"enrolment"`
	State     string  `json:"state"`
	Reason    string  `json:"reason"`
	Tries     []Tried `json:"tries"`
}

// Tried is one attempt of a Proof.
type Tried struct {
	At      string `json:"at"`
	State   string `json:"state"`
	News    bool   `json:"news"`
	Code    int    `json:"code"`
	Text    string `json:"text"`
	QueueID string `json:"queue_id"`
	Server  string `json:"server"`
	TLS     string `json:"tls"`
	Letter  string `json:"letter"` // file in the evidence; empty: not known
}

// asked is a Who in the hashes of one notice.
type asked struct {
	who             *Who
	holder, address ledger.Hash
	err             error
}

// in hashes the holder with the key of a notice.
func (w *Who) in(n Notice) *asked {
	if w == nil {
		return nil
	}
	a := &asked{who: w}
	key, err := w.Key(n.ID)
	if err == nil && key.Print() != n.KeyPrint {
		err = fmt.Errorf("this is not the key of notice %q: its fingerprint is %s, not %s", n.ID, key.Print(), n.KeyPrint)
	}
	if a.err = err; err != nil {
		return a
	}
	if w.ID != "" {
		a.holder = key.Holder(w.ID)
	}
	if normal, ok := account.Normal(w.Address); ok {
		a.address = key.Address(normal)
	}
	return a
}

// is reports whether a row is the holder's.
func (a *asked) is(r ledger.Row) bool {
	none := ledger.Hash{}
	return a != nil && a.err == nil && (a.holder != none && r.Holder == a.holder || a.address != none && r.Address == a.address)
}

// proof gathers what the evidence has of a row.
func (a *asked) proof(v *verifier, g given, h holding) Proof {
	p := Proof{Notice: g.ID, Holder: a.who.name(), Hash: h.row.Holder.String(), Enrolment: h.row.Wave, State: string(h.row.State), Reason: h.row.Reason, Tries: []Tried{}}
	for fields, err := range v.Lines(g.dir+"/attempts.tsv", attemptHead) {
		if err != nil || fields[0] != p.Hash {
			continue
		}
		x, err := parseAttempt(fields)
		if err != nil {
			continue // the check of the rows says so
		}
		t := Tried{stamp(x.Ended), string(x.State), x.News, x.Code, x.Text, x.QueueID, x.Server, x.TLS, ""}
		for _, l := range g.Letters {
			if l.Number == x.Letter {
				t.Letter = g.dir + "/" + l.Example
			}
		}
		p.Tries = append(p.Tries, t)
	}
	return p
}

// found reports whether anything is proved of the holder.
func (v *verifier) found(w *Who) {
	what := fmt.Sprintf("%s was in the audience", w.name())
	var wrong, found []string
	for _, g := range v.given {
		if a := w.in(g.Notice); a.err != nil {
			wrong = append(wrong, a.err.Error())
		}
	}
	for _, p := range v.report.Holders {
		if p.Enrolment > 0 {
			found = append(found, fmt.Sprintf("%s: %s", p.Notice, p.State))
		} else {
			wrong = append(wrong, fmt.Sprintf("%s: it was not to be told: %s", p.Notice, p.Reason))
		}
	}
	switch {
	case len(found) > 0:
		v.check(what, nil, found...)
	case len(wrong) == 0:
		v.check(what, []string{"no row is that of " + w.name()})
	default:
		v.check(what, wrong)
	}
}
