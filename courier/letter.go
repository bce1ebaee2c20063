package courier

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Marks stand in a Letter's Text and HTML where recipients differ. They are
// plain words, so that no escaping of a template touches them.
const (
	MarkName    = "xPROVISOxNAMEx"
	MarkAddress = "xPROVISOxADDRESSx"

	markTo   = "to@xproviso.invalid"
	markID   = "id@xproviso.invalid"
	markDate = "xPROVISOxDATEx"
)

// A Letter is what many people are told in the same words.
type Letter struct {
	From        mail.Address
	ReplyTo     mail.Address // zero: answers go to From
	Subject     string
	Text        string // may hold MarkName and MarkAddress
	HTML        string // likewise; what is filled in is escaped
	Attachments []Attachment
}

// An Attachment is a text file that goes with a Letter.
type Attachment struct {
	Name string
	Text string // UTF-8
}

// MaxHTML is the size in bytes beyond which large mail providers cut a message
// off; a notice that is cut off does not tell.
const MaxHTML = 100_000

// LongHTML is the size in bytes from which a letter is near that.
const LongHTML = 80_000

// Compose writes a letter once and leaves holes for its recipients.
func Compose(l Letter) (*Skeleton, error) {
	if len(l.HTML) > MaxHTML {
		return nil, fmt.Errorf("the HTML is %d bytes long; mail providers cut it off at %d: shorten the words in changes.yaml", len(l.HTML), MaxHTML)
	}
	m, err := message(Letter{l.From, l.ReplyTo, l.Subject, lonely(l.Text), lonely(l.HTML), l.Attachments}, markDate)
	if err != nil {
		return nil, err
	}
	m.SetMessageIDWithValue(markID)
	if err := m.To(markTo); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("writing the mail: %w", err)
	}
	return cut(steady(b.Bytes()))
}

// message hands a letter to the mail library, without what differs by recipient.
func message(l Letter, date string) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(&l.From)
	if l.ReplyTo.Address != "" {
		m.ReplyToMailAddress(&l.ReplyTo)
	}
	m.Subject(l.Subject)
	m.SetGenHeader(gomail.HeaderDate, date)
	// Answered by no vacation notice (RFC 3834). It is no list and no
	// subscription, so that no header may say that it is.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	for _, a := range l.Attachments {
		err := m.AttachReader(a.Name, strings.NewReader(a.Text), gomail.WithFileContentType("text/plain; charset=UTF-8"))
		if err != nil {
			return nil, fmt.Errorf("attaching %s: %w", a.Name, err)
		}
	}
	return m, nil
}

// lonely puts each mark on a line of its own, where no encoding can break it.
// cut takes the line breaks out again.
func lonely(s string) string {
	return strings.NewReplacer(MarkName, "\n"+MarkName+"\n", MarkAddress, "\n"+MarkAddress+"\n").Replace(s)
}

var boundary = regexp.MustCompile(`boundary=([0-9a-f]{60})`)

// steady replaces the library's random boundaries by ones that follow from the
// letter, so that the same letter is the same bytes every time.
func steady(b []byte) []byte {
	found := boundary.FindAllSubmatch(b, -1)
	for i, f := range found {
		b = bytes.ReplaceAll(b, f[1], fmt.Appendf(nil, "xPROVISOxBOUNDARYx%d", i))
	}
	sum := sha256.Sum256(b)
	for i := range found {
		name := fmt.Sprintf("xPROVISOxBOUNDARYx%d", i)
		b = bytes.ReplaceAll(b, []byte(name), fmt.Appendf(nil, "%s-%d", hex.EncodeToString(sum[:15]), i))
	}
	return b
}

// A Recipient is what differs from one mail of a Skeleton to the next.
type Recipient struct {
	Name      string // may be empty
	Address   string
	MessageID string // without angle brackets
	Date      time.Time
}

func (r Recipient) to() mail.Address { return mail.Address{Name: clean(r.Name), Address: r.Address} }

// Greeting is the name as it stands in the text: the address where there is
// no name, or where what someone entered as a name is a message of its own.
func (r Recipient) greeting() string {
	name := clean(r.Name)
	if name == "" || len([]rune(name)) > 80 || strings.Contains(name, "://") || strings.Contains(strings.ToLower(name), "www.") {
		return r.Address
	}
	return name
}

// clean makes a name one line without control characters.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' ' // breaks, and marks that turn the direction of writing
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.Fields(s), " ")
}
