package ledger

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A Hash stands for a holder's id or address: HMAC-SHA256 under the notice's
// key, cut to 16 bytes. Who has no key cannot find out whom it stands for, not
// even by trying addresses.
type Hash [16]byte

// String returns the hash as 32 hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// A Key makes the hashes of one notice.
type Key []byte

// Holder returns the hash of a holder's id.
func (k Key) Holder(id string) Hash { return k.sum("holder\x00" + id) }

// Address returns the hash of a normalised address.
func (k Key) Address(address string) Hash { return k.sum("address\x00" + address) }

// Print returns a fingerprint by which a key is known without showing it.
func (k Key) Print() string { return k.sum("fingerprint").String() }

// Token returns a name for a holder's mail that only who has the key can make:
// the hash and eight bytes of proof, as 39 letters and digits of any case. It
// goes out as part of the return path and comes back with a report.
func (k Key) Token(h Hash) string {
	proof := k.sum("token\x00" + string(h[:]))
	return strings.ToLower(tokens.EncodeToString(append(h[:], proof[:8]...)))
}

// Owns returns the hash in a token, if the token was made with this key.
func (k Key) Owns(token string) (h Hash, ok bool) {
	b, err := tokens.DecodeString(strings.ToUpper(token))
	if err != nil || len(b) != len(h)+8 {
		return Hash{}, false
	}
	copy(h[:], b)
	return h, subtle.ConstantTimeCompare([]byte(k.Token(h)), []byte(strings.ToLower(token))) == 1
}

var tokens = base32.StdEncoding.WithPadding(base32.NoPadding)

// A Hasher makes many hashes of one key in less time. It is for one goroutine.
type Hasher struct {
	mac hash.Hash
	buf []byte
}

// Hasher returns a hasher of the key.
func (k Key) Hasher() *Hasher { return &Hasher{mac: hmac.New(sha256.New, k)} }

// Holder returns what Key.Holder does.
func (h *Hasher) Holder(id string) Hash { return h.sum("holder\x00", id) }

// Address returns what Key.Address does.
func (h *Hasher) Address(address string) Hash { return h.sum("address\x00", address) }

func (h *Hasher) sum(kind, s string) (out Hash) {
	h.mac.Reset()
	h.buf = append(append(h.buf[:0], kind...), s...)
	h.mac.Write(h.buf)
	h.buf = h.mac.Sum(h.buf[:0])
	copy(out[:], h.buf)
	return out
}

func (k Key) sum(s string) (h Hash) {
	mac := hmac.New(sha256.New, k)
	mac.Write([]byte(s))
	copy(h[:], mac.Sum(nil))
	return h
}

// Keys is the folder of the keys, .proviso/keys beside the ledger: one file a
// notice, mode 0600, 32 random bytes in hexadecimal digits. The keys must be
// backed up, but not together with the ledger: who has both can test whether
// an address was told. Destroying the key of a notice makes its rows
// anonymous, in every copy of them; counts and dates stay. It leaves a file
// .destroyed, so that nobody looks for the key in a backup.
type Keys struct{ Dir string }

// Get returns the key of a notice.
func (k Keys) Get(notice string) (Key, error) {
	file := k.file(notice)
	data, err := os.ReadFile(file)
	if on, lerr := os.ReadFile(destroyed(file)); lerr == nil {
		return nil, gone(fmt.Sprintf("the key of notice %q was destroyed on %s; nobody can tell any more who was told", notice, strings.TrimSpace(string(on))))
	} else if errors.Is(err, fs.ErrNotExist) {
		return nil, gone(fmt.Sprintf("the key of notice %q is gone; restore %s from its backup, or copy it from the machine that began the notice: without it nobody can tell who was told", notice, file))
	} else if err != nil {
		return nil, fmt.Errorf("reading the key of notice %q: %w", notice, err)
	}
	return parseKey(file, data)
}

// gone says in its own words that there is no key: errors.Is takes it for fs.ErrNotExist.
type gone string

func (g gone) Error() string        { return string(g) }
func (g gone) Is(target error) bool { return target == fs.ErrNotExist }

// ReadKey returns the key in a file, wherever it lies.
func ReadKey(file string) (Key, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return parseKey(file, data)
}

func parseKey(file string, data []byte) (Key, error) {
	key, err := hex.DecodeString(strings.TrimSpace(string(data)))
	if err != nil || len(key) != sha256.Size {
		return nil, fmt.Errorf("%s holds no key; restore it from its backup", file)
	}
	return key, nil
}

// Make returns the key of a notice and makes one where there is none yet.
func (k Keys) Make(notice string) (Key, error) {
	for _, file := range []string{k.file(notice), destroyed(k.file(notice))} {
		if _, err := os.Stat(file); err == nil {
			return k.Get(notice)
		}
	}
	key := make([]byte, sha256.Size)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("making a key for notice %q: %w", notice, err)
	}
	if err := k.write(notice, key); err != nil {
		return nil, fmt.Errorf("writing the key of notice %q: %w", notice, err)
	}
	return k.Get(notice) // another process may have been first
}

// Destroy destroys the key of a notice on a day, which is noted. What was
// destroyed before is left as it is.
func (k Keys) Destroy(notice, on string) error {
	file := k.file(notice)
	if err := k.destroy(file, on); err != nil {
		return fmt.Errorf("destroying the key of notice %q: %w", notice, err)
	}
	return nil
}

func (k Keys) destroy(file, on string) error {
	if err := os.MkdirAll(k.Dir, 0o700); err != nil {
		return err
	}
	mark, err := os.OpenFile(destroyed(file), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = mark.WriteString(on + "\n")
		err = errors.Join(err, mark.Sync(), mark.Close())
	} else if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	// Where a file system writes in place, not even the disk has the key now.
	_, err = f.WriteString(strings.Repeat("0", 2*sha256.Size))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Remove(file)
}

// destroyed returns the file that says that a key was destroyed.
func destroyed(file string) string { return strings.TrimSuffix(file, ".key") + ".destroyed" }

// write puts the key where none is. The file is whole before it has its name,
// and a name that is taken stays: a key must never be replaced.
func (k Keys) write(notice string, key []byte) error {
	if err := os.MkdirAll(k.Dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(k.Dir, ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(hex.EncodeToString(key) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), k.file(notice)); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// file returns the file of a notice's key. Ids are made of policies and dates,
// but a file name must not depend on that.
func (k Keys) file(notice string) string {
	safe := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.@+", r) {
			return r
		}
		return '_'
	}, notice)
	return filepath.Join(k.Dir, safe+".key")
}
