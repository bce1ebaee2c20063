package courier

import (
	"context"
	"reflect"
	"testing"

	"proviso/mailbox"
)

// A server that offers DSN is asked for reports on failure and delay, with the
// headers only, that name the address as we know it; another one is asked nothing.
func TestDeliverAsksForReports(t *testing.T) {
	for offered, want := range map[bool]mailbox.Reports{
		true:  {Return: "HDRS", Notify: []string{"FAILURE", "DELAY"}, Recipient: "jo+x=y@example.com"},
		false: {},
	} {
		box, server := open(t, mailbox.Options{DSN: offered})
		conn, err := server.Dial(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if o := conn.Deliver(Mail{"legal@northgate.example", "jo+x=y@example.com", []byte("Subject: x\r\n\r\nx\r\n")}, nil); o.Result != Accepted {
			t.Errorf("%+v", o)
		}
		conn.Close()
		if got := box.Messages()[0].Reports; !reflect.DeepEqual(got, want) {
			t.Errorf("DSN offered: %v: %+v, want %+v", offered, got, want)
		}
	}
}
