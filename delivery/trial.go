package delivery

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"proviso/courier"
	"proviso/notify"
)

// Trial mails what one variant is told to an address, marked as a test. Nobody
// is told by it: the ledger does not hear of it.
func (s *Sender) Trial(ctx context.Context, n *notify.Notice, v *notify.Variant, name, to string) (courier.Outcome, error) {
	w := notify.Writer{Templates: s.Templates, From: s.Mail.From, ReplyTo: s.Mail.ReplyTo, Trial: true}
	c, err := w.Compose(n, v)
	if err != nil {
		return courier.Outcome{}, err
	}
	now := s.Now()
	_, domain, _ := strings.Cut(c.From.Address, "@")
	m := courier.Mail{From: c.From.Address, To: to, Bytes: c.Skeleton.For(courier.Recipient{Name: name, Address: to, Date: now,
		MessageID: "test." + strconv.FormatInt(now.UnixNano(), 36) + "@" + domain})}
	if s.Signer != nil {
		if m.Bytes, err = s.Signer.Sign(m.Bytes); err != nil {
			return courier.Outcome{}, err
		}
	}
	conn, err := s.Server.Dial(ctx)
	if err != nil {
		return courier.Outcome{}, err
	}
	defer conn.Close()
	o := conn.Deliver(m, nil)
	if o.Result != courier.Accepted {
		return o, fmt.Errorf("the test mail to %s is %s: %s", to, o.Result, o.Said())
	}
	return o, nil
}
