package courier

import (
	"crypto/tls"
	"io"
	"net"
	"net/http/httptest"
	"testing"

	"proviso/mailbox"
)

// smtps:// is encrypted from the first byte, before the server says anything.
func TestDeliverEncryptsFromTheStart(t *testing.T) {
	web := httptest.NewTLSServer(nil) // for its certificate
	defer web.Close()
	box, _ := open(t, mailbox.Options{User: "northgate", Password: "p@ss"})
	front, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: web.TLS.Certificates})
	if err != nil {
		t.Fatal(err)
	}
	defer front.Close()
	go relay(front, box.Addr())
	server, err := ParseServer("smtps://northgate:p%40ss@" + front.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	encrypts(t, server, web.Certificate())
	if m := box.Messages(); len(m) != 1 || string(m[0].Data) != string(big) {
		t.Errorf("%d mails taken", len(m))
	}
}

// relay passes what comes on to an address, and back.
func relay(from net.Listener, to string) {
	for {
		in, err := from.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", to)
		if err != nil {
			in.Close()
			return
		}
		go func() { _, _ = io.Copy(out, in); out.Close() }() // either side may go at any time
		go func() { _, _ = io.Copy(in, out); in.Close() }()
	}
}
