// Package timestamp asks an authority to say that bytes were there at a time,
// and checks what it said (RFC 3161). OpenSSL reads what it writes: openssl ts.
package timestamp

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"
)

// longest is how many bytes an answer may have: a few certificates.
const longest = 1 << 20

// Request asks the authority at a URL for a stamp of data. Only its SHA-256 goes
// there.
func Request(ctx context.Context, client *http.Client, url string, data []byte) ([]byte, error) {
	answer, err := request(ctx, client, url, data)
	if err != nil {
		return nil, fmt.Errorf("asking %s for a time stamp: %w", url, err)
	}
	return answer, nil
}

func request(ctx context.Context, client *http.Client, url string, data []byte) ([]byte, error) {
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 62))
	if err != nil {
		return nil, err
	}
	question, err := timestamp.CreateRequest(bytes.NewReader(data), &timestamp.RequestOptions{Hash: crypto.SHA256, Certificates: true, Nonce: nonce})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(question))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/timestamp-query")
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server says %s", resp.Status)
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, longest))
	if err != nil {
		return nil, err
	}
	s, err := parse(answer)
	if err != nil {
		return nil, err
	}
	if s.Nonce == nil || s.Nonce.Cmp(nonce) != 0 {
		return nil, errors.New("the answer is to another question")
	}
	_, err = Verify(data, answer, nil)
	return answer, err
}

// A Stamp is what an authority said.
type Stamp struct {
	Time      time.Time
	Authority string // subject of its certificate
}

// Verify returns what an answer says of data. With roots, the authority's
// certificate must lead to one of them; without, it only has to be in the answer.
func Verify(data, answer []byte, roots *x509.CertPool) (Stamp, error) {
	s, err := parse(answer)
	if err != nil {
		return Stamp{}, err
	}
	if sum := sha256.Sum256(data); s.HashAlgorithm != crypto.SHA256 || !bytes.Equal(s.HashedMessage, sum[:]) {
		return Stamp{}, errors.New("the time stamp is of something else")
	}
	who, err := authority(s, roots)
	if err != nil {
		return Stamp{}, err
	}
	return Stamp{s.Time.UTC(), who}, nil
}

// authority checks who signed a stamp. The libraries below were not written for
// what strangers send; whatever they stumble over is no stamp.
func authority(s *timestamp.Timestamp, roots *x509.CertPool) (who string, err error) {
	defer rescue(&err)
	p, err := pkcs7.Parse(s.RawToken)
	if err != nil {
		return "", fmt.Errorf("the time stamp cannot be read: %w", err)
	}
	signer := p.GetOnlySigner()
	if signer == nil {
		return "", errors.New("the certificate of the time-stamping authority is not in its answer")
	}
	if len(signer.ExtKeyUsage) != 1 || signer.ExtKeyUsage[0] != x509.ExtKeyUsageTimeStamping {
		return "", fmt.Errorf("%s may not stamp times", signer.Subject)
	}
	others := x509.NewCertPool()
	for _, c := range p.Certificates {
		others.AddCert(c)
	}
	if err := p.Verify(); err != nil {
		return "", fmt.Errorf("the time stamp was not signed by %s: %w", signer.Subject, err)
	}
	if roots != nil {
		_, err := signer.Verify(x509.VerifyOptions{Roots: roots, Intermediates: others, CurrentTime: s.Time,
			KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}})
		if err != nil {
			return "", fmt.Errorf("the time-stamping authority is none that is trusted: %w", err)
		}
	}
	return signer.Subject.String(), nil
}

func parse(answer []byte) (s *timestamp.Timestamp, err error) {
	defer rescue(&err)
	s, err = timestamp.ParseResponse(answer)
	if err != nil {
		return nil, fmt.Errorf("this is no time stamp: %w", err)
	}
	return s, nil
}

func rescue(err *error) {
	if x := recover(); x != nil {
		*err = fmt.Errorf("the time stamp cannot be read: %v", x)
	}
}
