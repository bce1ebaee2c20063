package evidence

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"proviso/courier"
	"proviso/evidence/archive"
	"proviso/ledger"
)

// A Notice is the file notice.json: one announcement by one controller.
type Notice struct {
	ID         string        `json:"id"`
	Controller string        `json:"controller"`
	Policies   []string      `json:"policies"`
	Effective  string        `json:"effective"`
	Deadline   string        `json:"deadline"`
	DeadlineAt string        `json:"deadline_at"`
	KeyPrint   string        `json:"key_print"` // fingerprint of the key of its hashes
	Purged     string        `json:"purged"`    // when its rows were forgotten; empty: they are here
	Counts     ledger.Counts `json:"counts"`
	Waiting    int           `json:"waiting"`   // of the counted, those who were still to be told
	PassedOn   int           `json:"passed_on"` // of the accepted, those that the operator's own relay is known to have passed on
	Letters    []Letter      `json:"letters"`
	Remarks    []Remark      `json:"remarks"` // what was done besides mailing
}

// A Remark is something that was done about a notice besides mailing it.
type Remark struct {
	At      string `json:"at"`
	Kind    string `json:"kind"` // live: the version was seen on its sites; offline: it was not looked for; posted: the list for post was written; as-of: the times are not those of the clock
	Holders int    `json:"holders"`
	Text    string `json:"text"`
}

// A Letter is what all holders of one variant were told.
type Letter struct {
	Number  int    `json:"number"`
	SHA256  string `json:"sha256"`
	File    string `json:"file"`    // with places for the recipient
	Example string `json:"example"` // to an invented recipient
}

// A Wave is one enrolment, in waves.json.
type Wave struct {
	At         string             `json:"at"`
	Audience   int                `json:"audience"`
	Added      int                `json:"added"`
	Query      string             `json:"query"`
	Digest     string             `json:"digest"`
	Roll       string             `json:"roll"`
	Exclusions []ledger.Exclusion `json:"exclusions"`
	Seal       string             `json:"seal"`
}

// notices adds the notices that tell of the version.
func (p *pack) notices(ctx context.Context) error {
	if p.Ledger == nil {
		return nil
	}
	all, err := p.Ledger.Notices(ctx)
	if err != nil {
		return err
	}
	for _, n := range all {
		if !n.TellsOf(p.Version.ID()) {
			continue
		}
		dir := "notices/" + strconv.Itoa(len(p.head.Notices)+1)
		p.head.Notices = append(p.head.Notices, dir)
		if err := p.notice(ctx, dir, n); err != nil {
			return fmt.Errorf("notice %q: %w", n.ID, err)
		}
	}
	if len(p.head.Notices) == 0 && !p.Version.Sealed.Deadline.IsZero() {
		p.head.Missing = append(p.head.Missing, "the ledger knows no notice of this version: nobody was told yet")
	}
	return nil
}

func (p *pack) notice(ctx context.Context, dir string, n ledger.Notice) error {
	out := Notice{ID: n.ID, Controller: n.Controller, Policies: n.Policies, Effective: n.Effective, Deadline: n.Deadline,
		DeadlineAt: stamp(n.DeadlineAt), KeyPrint: n.KeyPrint, Purged: stamp(n.Purged), Letters: []Letter{}, Remarks: []Remark{}}
	remarks, err := p.Ledger.Remarks(ctx, n.ID)
	if err != nil {
		return err
	}
	for _, r := range remarks {
		out.Remarks = append(out.Remarks, Remark{stamp(r.At), string(r.Kind), r.Holders, blot(r.Text)})
	}
	if err := p.waves(ctx, dir, n); err != nil {
		return err
	}
	if n.Purged.IsZero() {
		if err := p.letters(ctx, dir, &out); err != nil {
			return err
		}
		if err := p.rows(ctx, dir, n.ID); err != nil {
			return err
		}
	} else {
		p.head.Missing = append(p.head.Missing, fmt.Sprintf("who was told by notice %q was forgotten on %s; its counts and the seal of its audience are left", n.ID, n.Purged.UTC().Format(time.DateOnly)))
	}
	if out.Counts, err = p.Ledger.Counts(ctx, n.ID); err != nil {
		return err
	}
	out.Waiting, out.PassedOn = out.Counts.Waiting, out.Counts.Out
	return p.WriteJSON(dir+"/notice.json", out)
}

func (p *pack) waves(ctx context.Context, dir string, n ledger.Notice) error {
	waves, err := p.Ledger.Waves(ctx, n.ID)
	if err == nil {
		err = ledger.VerifyWaves(waves)
	}
	if err != nil {
		return err
	}
	out := []Wave{}
	for _, w := range waves {
		out = append(out, Wave{stamp(w.At), w.Audience, w.Added, w.Query, w.Digest, w.Roll, w.Exclusions, w.Seal})
	}
	return p.WriteJSON(dir+"/waves.json", out)
}

// letters adds what was told, as it was kept and as an invented recipient
// would have it.
func (p *pack) letters(ctx context.Context, dir string, out *Notice) error {
	letters, err := p.Ledger.Letters(ctx, out.ID)
	if err != nil {
		return err
	}
	for _, l := range letters {
		sum := sha256.Sum256(l.Body)
		name := fmt.Sprintf("letters/%d", l.Number)
		x := Letter{Number: l.Number, SHA256: "sha256:" + hex.EncodeToString(sum[:]), File: name + ".letter", Example: name + ".eml"}
		out.Letters = append(out.Letters, x)
		example, err := example(l.Body, p.Version.Sealed.Released.In(time.UTC))
		if err != nil {
			return fmt.Errorf("letter %d: %w", l.Number, err)
		}
		if err := errors.Join(p.Write(path.Join(dir, x.File), l.Body), p.Write(path.Join(dir, x.Example), example)); err != nil {
			return err
		}
	}
	return nil
}

// example is a letter to an invented recipient.
func example(letter []byte, at time.Time) ([]byte, error) {
	s, err := courier.ReadSkeleton(letter)
	if err != nil {
		return nil, err
	}
	return s.For(courier.Recipient{Name: "Robin Example", Address: "robin@holder.example", MessageID: "example@holder.example", Date: at}), nil
}

// The heads of the two tables: fields are separated by tabs.
const (
	rowHead     = "holder\taddress\twave\tstate\treason\tlate\ttries\tat\tpassed_on"
	attemptHead = "holder\tattempt\tstate\tnews\tcode\ttext\tqueue_id\tserver\ttls\tletter\tstarted\tended"
)

// rows adds a line for each holder, and one for each attempt.
func (p *pack) rows(ctx context.Context, dir, notice string) error {
	err := table(p.Writer, dir+"/rows.tsv", rowHead, p.Ledger.Rows(ctx, notice), func(r ledger.Row) []string {
		return []string{r.Holder.String(), r.Address.String(), strconv.Itoa(r.Wave), string(r.State), r.Reason, strconv.FormatBool(r.Late),
			strconv.Itoa(r.Tries), stamp(r.At), stamp(r.Out)}
	})
	if err != nil {
		return err
	}
	return table(p.Writer, dir+"/attempts.tsv", attemptHead, p.Ledger.History(ctx, notice), func(a ledger.Attempt) []string {
		return []string{a.Holder.String(), strconv.Itoa(a.Number), string(a.State), strconv.FormatBool(a.News), strconv.Itoa(a.Code),
			a.Text, a.QueueID, a.Server, a.TLS, strconv.Itoa(a.Letter), stamp(a.Started), stamp(a.Ended)}
	})
}

func table[T any](a *archive.Writer, name, head string, rows iter.Seq2[T, error], fields func(T) []string) error {
	w, err := a.Create(name)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(w, 1<<16)
	io.WriteString(b, head+"\n") // Flush returns the error
	for r, err := range rows {
		if err != nil {
			return err
		}
		for i, f := range fields(r) {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(blot(f))
		}
		b.WriteByte('\n')
	}
	return b.Flush()
}

var addressForm = regexp.MustCompile(`[^\s<>"'(),;:@]+@[^\s<>"'(),;:@]+`)

// blot takes addresses out of what somebody said, and whatever would not stay
// on a line.
func blot(s string) string {
	if strings.ContainsRune(s, '@') {
		s = addressForm.ReplaceAllString(s, "ADDRESS")
	}
	if strings.ContainsFunc(s, unicode.IsControl) {
		s = strings.Join(strings.FieldsFunc(s, unicode.IsControl), " ")
	}
	return s
}

// states by their words.
func stateOf(s string) (ledger.State, bool) {
	state := ledger.State(s)
	return state, slices.Contains(ledger.States, state)
}
