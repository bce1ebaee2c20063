package timestamp_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tsp "github.com/digitorus/timestamp"

	"proviso/evidence/timestamp"
)

var noon = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

// An authority is a time-stamping authority of the test's own.
type authority struct {
	root, cert *x509.Certificate
	key        *ecdsa.PrivateKey
	change     func(s *tsp.Timestamp) // before it is signed; may be nil
	raw        func(w http.ResponseWriter)
	url        string
}

func certificate(t *testing.T, name string, usage []x509.ExtKeyUsage, parent *x509.Certificate, signer *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(int64(len(name))), Subject: pkix.Name{CommonName: name}, NotBefore: noon.AddDate(-1, 0, 0), NotAfter: noon.AddDate(100, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: usage, BasicConstraintsValid: true, IsCA: parent == nil}
	if len(usage) > 0 { // it must be critical (RFC 3161, 2.3)
		c.ExtraExtensions = []pkix.Extension{{Id: []int{2, 5, 29, 37}, Critical: true, Value: []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08}}}
		c.ExtKeyUsage, c.KeyUsage = nil, x509.KeyUsageDigitalSignature
	}
	if parent == nil {
		parent, signer = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made, key
}

func start(t *testing.T, usage ...x509.ExtKeyUsage) *authority {
	t.Helper()
	a := &authority{}
	root, key := certificate(t, "Root", nil, nil, nil)
	a.root = root
	a.cert, a.key = certificate(t, "Stamps Ltd.", usage, root, key)
	s := httptest.NewServer(a)
	t.Cleanup(s.Close)
	a.url = s.URL
	return a
}

func (a *authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if a.raw != nil {
		a.raw(w)
		return
	}
	body, _ := io.ReadAll(r.Body)
	q, err := tsp.ParseRequest(body)
	if err != nil || r.Header.Get("Content-Type") != "application/timestamp-query" {
		http.Error(w, "this is no question", http.StatusBadRequest)
		return
	}
	s := &tsp.Timestamp{HashAlgorithm: q.HashAlgorithm, HashedMessage: q.HashedMessage, Time: noon, Nonce: q.Nonce, Policy: []int{1, 2, 3},
		Ordering: true, AddTSACertificate: q.Certificates}
	if a.change != nil {
		a.change(s)
	}
	answer, err := s.CreateResponseWithOpts(a.cert, a.key, crypto.SHA256)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(answer)
}

func (a *authority) pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(a.root)
	return p
}

func TestRequest(t *testing.T) {
	a, stranger := start(t, x509.ExtKeyUsageTimeStamping), start(t, x509.ExtKeyUsageTimeStamping)
	data := []byte("manifest")
	answer, err := timestamp.Request(context.Background(), http.DefaultClient, a.url, data)
	if err != nil {
		t.Fatal(err)
	}
	for name, roots := range map[string]*x509.CertPool{"trusted": a.pool(), "unchecked": nil} {
		s, err := timestamp.Verify(data, answer, roots)
		if err != nil || !s.Time.Equal(noon) || s.Authority != "CN=Stamps Ltd." {
			t.Errorf("%s: %+v %v", name, s, err)
		}
	}
	for name, c := range map[string]struct {
		data, answer []byte
		roots        *x509.CertPool
		says         string
	}{
		"other data":      {[]byte("other"), answer, nil, "is of something else"},
		"other authority": {data, answer, stranger.pool(), "none that is trusted"},
		"cut off":         {data, answer[:len(answer)-1], nil, "no time stamp"},
		"nothing":         {data, nil, nil, "no time stamp"},
		"more":            {data, append(answer[:len(answer):len(answer)], 0), nil, "no time stamp"},
	} {
		if _, err := timestamp.Verify(c.data, c.answer, c.roots); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	for i := range answer { // no byte of the stamp can be another one
		forged := append([]byte(nil), answer...)
		forged[i] ^= 1
		if s, err := timestamp.Verify(data, forged, a.pool()); err == nil && !s.Time.Equal(noon) {
			t.Errorf("byte %d moves the time to %s", i, s.Time)
		}
	}
	openssl(t, a, data, answer)
}

// openssl holds the answer to the words of another program.
func openssl(t *testing.T, a *authority, data, answer []byte) {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		if os.Getenv("PROVISO_REQUIRE_ALL") == "1" {
			t.Fatal("openssl is not installed")
		}
		t.Log("openssl is not installed")
		return
	}
	dir := t.TempDir()
	for name, content := range map[string][]byte{"data": data, "stamp.tsr": answer, "ca.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.root.Raw})} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("openssl", "ts", "-verify", "-data", "data", "-in", "stamp.tsr", "-CAfile", "ca.pem")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "Verification: OK") {
		t.Errorf("openssl: %v %s", err, out)
	}
}

// What an authority can get wrong, and what is said of it.
func TestRequestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		usage  []x509.ExtKeyUsage
		change func(*tsp.Timestamp)
		raw    func(http.ResponseWriter)
		says   string
	}{
		"replayed":       {usage: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}, change: func(s *tsp.Timestamp) { s.Nonce = big.NewInt(7) }, says: "is to another question"},
		"no nonce":       {usage: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}, change: func(s *tsp.Timestamp) { s.Nonce = nil }, says: "is to another question"},
		"other data":     {usage: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}, change: func(s *tsp.Timestamp) { s.HashedMessage = make([]byte, 32) }, says: "is of something else"},
		"no certificate": {usage: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}, change: func(s *tsp.Timestamp) { s.AddTSACertificate = false }, says: "is not in its answer"},
		"may not":        {says: "may not stamp times"},
		"broken":         {raw: func(w http.ResponseWriter) { http.Error(w, "out of order", http.StatusServiceUnavailable) }, says: "503"},
		"a page":         {raw: func(w http.ResponseWriter) { _, _ = io.WriteString(w, "<html>") }, says: "no time stamp"},
		"rejected": {raw: func(w http.ResponseWriter) {
			b, _ := tsp.CreateErrorResponse(tsp.Rejection, tsp.TimeNotAvailable)
			_, _ = w.Write(b)
		}, says: "not available"},
	} {
		a := start(t, c.usage...)
		a.change, a.raw = c.change, c.raw
		_, err := timestamp.Request(context.Background(), http.DefaultClient, a.url, []byte("manifest"))
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "asking "+a.url) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

// FuzzVerify: whatever is said to be a stamp, there is an answer.
func FuzzVerify(f *testing.F) {
	f.Add([]byte{0x30, 0x03, 0x02, 0x01, 0x00})
	f.Fuzz(func(t *testing.T, answer []byte) {
		if s, err := timestamp.Verify([]byte("manifest"), answer, x509.NewCertPool()); err == nil {
			t.Errorf("nobody is trusted, and still %+v", s)
		}
	})
}
