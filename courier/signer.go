package courier

import (
	"bytes"
	"errors"
	"fmt"

	gomail "github.com/wneessen/go-mail"
)

// A Signer signs mails by DKIM (RFC 6376), where the relay does not. Ed25519
// takes little time; an RSA signature takes about a millisecond of one core.
type Signer struct{ dkim *gomail.DKIMSigner }

// NewSigner returns a signer for a domain with a private key in PEM.
func NewSigner(domain, selector string, pem []byte) (*Signer, error) {
	key, err := gomail.PrivKeyFromPEM(pem)
	if err != nil {
		return nil, fmt.Errorf("reading the DKIM key: %w", err)
	}
	s := &Signer{gomail.NewDKIMSigner(domain, selector, key)}
	if err := s.dkim.ValidateConfig(); err != nil {
		return nil, fmt.Errorf("DKIM for %s: %w", domain, err)
	}
	// The first signature settles the algorithm inside the library; after it,
	// many goroutines may sign at once.
	_, err = s.Sign([]byte("From: legal@" + domain + "\r\n\r\n"))
	return s, err
}

// Sign returns the mail with its signature in front.
func (s *Signer) Sign(mail []byte) ([]byte, error) {
	i := bytes.Index(mail, []byte("\r\n\r\n"))
	if i < 0 {
		return nil, errors.New("a mail without a body cannot be signed")
	}
	signature, err := s.dkim.Sign(mail[:i+2], mail[i+4:])
	if err != nil {
		return nil, fmt.Errorf("signing by DKIM: %w", err)
	}
	return append([]byte(signature), mail...), nil
}
