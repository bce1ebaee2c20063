// Package signature signs files with SSH keys and checks such signatures, in
// the form of ssh-keygen -Y: who has OpenSSH needs no other program for either.
package signature

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// Namespace says what is signed, so that a signature of something else made
// with the same key does not count here.
const Namespace = "proviso-evidence"

// A Signer signs with one private key.
type Signer struct{ key ssh.Signer }

// NewSigner reads a private key file as ssh-keygen writes it.
func NewSigner(file []byte) (*Signer, error) {
	key, err := ssh.ParsePrivateKey(file)
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) {
		return nil, errors.New("the key has a passphrase; leave --sign out, sign manifest.sha256 with ssh-keygen -Y sign -n " + Namespace +
			" and add manifest.sha256.sig to the zip")
	} else if err != nil {
		return nil, errors.New("this is no private SSH key as ssh-keygen writes it")
	}
	return &Signer{key}, nil
}

// Sign returns a signature of data, as ssh-keygen -Y sign writes it.
func (s *Signer) Sign(data []byte) ([]byte, error) {
	sig, err := sshsig.Sign(bytes.NewReader(data), s.key, sshsig.HashSHA512, Namespace)
	if err != nil {
		return nil, err
	}
	return sshsig.Armor(sig), nil
}

// An Allowed key may sign.
type allowed struct {
	who         string
	key         ssh.PublicKey
	namespaces  []string
	after, till time.Time // zero: without limit
}

// Allowed is a file of keys that may sign, as ssh-keygen -Y verify reads it.
type Allowed struct{ keys []allowed }

// ReadAllowed reads such a file. Certificate authorities in it are not used.
func ReadAllowed(name string, file []byte) (*Allowed, error) {
	a := &Allowed{}
	for i, line := range strings.Split(string(file), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		k, err := readAllowed(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w; write WHO KEYTYPE KEY", name, i+1, err)
		}
		if k != nil {
			a.keys = append(a.keys, *k)
		}
	}
	return a, nil
}

func readAllowed(line string) (*allowed, error) {
	who, rest, ok := strings.Cut(line, " ")
	if quoted, more, closed := strings.Cut(strings.TrimPrefix(line, `"`), `"`); strings.HasPrefix(line, `"`) && closed {
		who, rest, ok = quoted, more, true
	}
	if !ok {
		return nil, errors.New("there is no key")
	}
	key, _, options, _, err := ssh.ParseAuthorizedKey([]byte(strings.TrimSpace(rest)))
	if err != nil {
		return nil, errors.New("this is no public key")
	}
	k := &allowed{who: who, key: key}
	for _, option := range options {
		name, value, _ := strings.Cut(option, "=")
		value = strings.Trim(value, `"`)
		switch strings.ToLower(name) {
		case "cert-authority":
			return nil, nil
		case "namespaces":
			k.namespaces = strings.Split(value, ",")
		case "valid-after":
			k.after, err = instant(value)
		case "valid-before":
			k.till, err = instant(value)
		default:
			err = fmt.Errorf("option %q is unknown", name)
		}
		if err != nil {
			return nil, err
		}
	}
	return k, nil
}

// instant reads a time as ssh-keygen writes it; where it names no zone it is
// taken as UTC.
func instant(s string) (time.Time, error) {
	s = strings.TrimSuffix(s, "Z")
	for _, form := range []string{"20060102", "200601021504", "20060102150405"} {
		if t, err := time.Parse(form, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time", s)
}

// Verify returns who of the allowed signed data. Keys count that may sign at
// the given time.
func (a *Allowed) Verify(data, signature []byte, at time.Time) (who string, err error) {
	sig, err := sshsig.Unarmor(signature)
	if err != nil {
		return "", errors.New("this is no SSH signature")
	}
	print := ssh.FingerprintSHA256(sig.PublicKey)
	if err := sshsig.Verify(bytes.NewReader(data), sig, sig.PublicKey, sig.HashAlgorithm, Namespace); err != nil {
		return "", fmt.Errorf("the signature of key %s is not of this: %w", print, err)
	}
	for _, k := range a.keys {
		if bytes.Equal(k.key.Marshal(), sig.PublicKey.Marshal()) && k.counts(at) {
			return k.who + ", key " + print, nil
		}
	}
	return "", fmt.Errorf("key %s signed it, and is not among the keys that are trusted for it now", print)
}

// counts reports whether a key may sign evidence at a time.
func (k allowed) counts(at time.Time) bool {
	meant := k.namespaces == nil || slices.ContainsFunc(k.namespaces, func(form string) bool { ok, err := path.Match(form, Namespace); return ok && err == nil })
	return meant && (k.after.IsZero() || !at.Before(k.after)) && (k.till.IsZero() || at.Before(k.till))
}
