package signature_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"proviso/evidence/signature"
)

var now = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

// keygen runs OpenSSH's own program, with data as its input.
func keygen(t *testing.T, data string, args ...string) (string, error) {
	t.Helper()
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		if os.Getenv("PROVISO_REQUIRE_ALL") == "1" {
			t.Fatal("ssh-keygen is not installed")
		}
		t.Skip("ssh-keygen is not installed")
	}
	cmd := exec.Command("ssh-keygen", args...)
	cmd.Stdin = strings.NewReader(data)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// pair makes a key pair and returns the private key's file and the public key.
func pair(t *testing.T, kind string) (file, public string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "key")
	if out, err := keygen(t, "", "-q", "-t", kind, "-N", "", "-C", "", "-f", file); err != nil {
		t.Fatal(out)
	}
	return file, strings.TrimSpace(read(t, file+".pub"))
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, data string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// OpenSSH accepts what is signed here, and here is accepted what it signs.
func TestOpenSSH(t *testing.T) {
	const data = "manifest\n"
	for _, kind := range []string{"ed25519", "ecdsa", "rsa"} {
		file, public := pair(t, kind)
		signer, err := signature.NewSigner([]byte(read(t, file)))
		if err != nil {
			t.Fatal(err)
		}
		sig, err := signer.Sign([]byte(data))
		if err != nil {
			t.Fatal(err)
		}
		allowed := write(t, `counsel@harbour.example namespaces="`+signature.Namespace+`" `+public+"\n")
		args := []string{"-Y", "verify", "-f", allowed, "-I", "counsel@harbour.example", "-n", signature.Namespace, "-s", write(t, string(sig))}
		if out, err := keygen(t, data, args...); err != nil {
			t.Errorf("%s: ssh-keygen refuses our signature: %s", kind, out)
		}
		if _, err := keygen(t, data+"x", args...); err == nil {
			t.Errorf("%s: ssh-keygen takes it for other data", kind)
		}
		theirs := write(t, data)
		if out, err := keygen(t, "", "-q", "-Y", "sign", "-f", file, "-n", signature.Namespace, theirs); err != nil {
			t.Fatal(out)
		}
		a, err := signature.ReadAllowed("allowed", []byte(read(t, allowed)))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{string(sig), read(t, theirs+".sig")} {
			if who, err := a.Verify([]byte(data), []byte(s), now); err != nil || !strings.HasPrefix(who, "counsel@harbour.example, key SHA256:") {
				t.Errorf("%s: %q %v", kind, who, err)
			}
			if _, err := a.Verify([]byte("other"), []byte(s), now); err == nil {
				t.Errorf("%s: it is taken for other data", kind)
			}
		}
	}
}

// Which keys count, and what is said of those that do not.
func TestAllowed(t *testing.T) {
	file, public := pair(t, "ed25519")
	_, stranger := pair(t, "ed25519")
	signer, err := signature.NewSigner([]byte(read(t, file)))
	if err != nil {
		t.Fatal(err)
	}
	sig, err := signer.Sign([]byte("data"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		allowed string
		says    string // empty: it counts
	}{
		{"# who may sign\n\ncounsel " + public, ""},
		{"stranger " + stranger + "\ncounsel " + public, ""},
		{`"counsel,cfo" ` + public, ""},
		{`counsel namespaces="file,proviso-*" ` + public, ""},
		{`counsel namespaces="file" ` + public, "not among the keys that are trusted"},
		{`counsel valid-after="20260101",valid-before="20270101Z" ` + public, ""},
		{`counsel valid-before="20261103" ` + public, "not among the keys"},
		{`counsel valid-after="202611031201" ` + public, "not among the keys"},
		{"counsel cert-authority " + public, "not among the keys"},
		{"stranger " + stranger, "not among the keys"},
		{"", "not among the keys"},
		{"counsel", "allowed:1: there is no key; write WHO KEYTYPE KEY"},
		{"\ncounsel ssh-ed25519 AAAA", "allowed:2: this is no public key"},
		{"counsel verify-required " + public, `allowed:1: option "verify-required" is unknown`},
		{`counsel valid-after="soon" ` + public, `"soon" is no time`},
	} {
		a, err := signature.ReadAllowed("allowed", []byte(c.allowed))
		if err == nil {
			_, err = a.Verify([]byte("data"), sig, now)
		}
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v, want %q", c.allowed, err, c.says)
		}
	}
	for _, bad := range []string{"", "no signature", strings.Replace(string(sig), "SSH SIGNATURE", "SSH SIGNATUR", 1), string(sig[:len(sig)/2])} {
		a, _ := signature.ReadAllowed("allowed", []byte("counsel "+public))
		if _, err := a.Verify([]byte("data"), []byte(bad), now); err == nil || !strings.Contains(err.Error(), "no SSH signature") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestKeysThatCannotSign(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	if out, err := keygen(t, "", "-q", "-t", "ed25519", "-N", "secret", "-f", file); err != nil {
		t.Fatal(out)
	}
	for key, says := range map[string]string{read(t, file): "the key has a passphrase", read(t, file+".pub"): "no private SSH key", "": "no private SSH key"} {
		if _, err := signature.NewSigner([]byte(key)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}

// FuzzVerify: whatever is said to be a signature, there is an answer.
func FuzzVerify(f *testing.F) {
	f.Add([]byte("-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQ==\n-----END SSH SIGNATURE-----\n"))
	f.Fuzz(func(t *testing.T, sig []byte) {
		a, err := signature.ReadAllowed("allowed", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Verify([]byte("data"), sig, now); err == nil {
			t.Error("nobody is allowed, and still somebody signed")
		}
	})
}
