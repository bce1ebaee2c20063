package courier

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"sync"
	"testing"
)

// A signature stands in front of the mail, names the key, and covers the body
// as it is sent; many may sign at once.
func TestSign(t *testing.T) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSigner("northgate.example", "mail", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	if err != nil {
		t.Fatal(err)
	}
	body := "Hello\r\n"
	sum := sha256.Sum256([]byte(body))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			mail := "From: legal@northgate.example\r\nTo: jo@example.com\r\nSubject: x\r\nDate: y\r\nMessage-ID: <z>\r\n\r\n" + body
			b, err := s.Sign([]byte(mail))
			signature, rest, _ := strings.Cut(string(b), "\r\nFrom:")
			signature = strings.Join(strings.Fields(signature), "")
			if err != nil || "From:"+rest != mail || !strings.HasPrefix(signature, "DKIM-Signature:") {
				t.Errorf("%v\n%s", err, b)
			}
			for _, tag := range []string{"d=northgate.example;", "s=mail;", "a=ed25519-sha256;", "bh=" + base64.StdEncoding.EncodeToString(sum[:])} {
				if !strings.Contains(signature, tag) {
					t.Errorf("no %s in %s", tag, signature)
				}
			}
		})
	}
	wg.Wait()
	if _, err := NewSigner("northgate.example", "mail", []byte("no key")); err == nil || !strings.Contains(err.Error(), "DKIM key") {
		t.Errorf("got %v", err)
	}
}
