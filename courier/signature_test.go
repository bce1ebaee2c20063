package courier

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"regexp"
	"strings"
	"testing"
	"time"
)

// What is signed is the mail that goes: whoever has the public key can check it
// as RFC 6376 says, whatever the recipient is called.
func TestSignaturesHold(t *testing.T) {
	public, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := NewSigner("northgate.example", "mail", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	if err != nil {
		t.Fatal(err)
	}
	l := letter
	l.Attachments = []Attachment{{"full.txt", "all of it\n"}}
	s, err := Compose(l)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range hostile {
		mail := s.For(Recipient{name, "jo@example.com", "x@northgate.example", time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)})
		signed, err := signer.Sign(mail)
		if err != nil {
			t.Fatal(err)
		}
		if why := refuted(string(signed), public); why != "" {
			t.Errorf("%q: %s\n%s", name, why, signed)
		}
		if forged := strings.Replace(string(signed), "Reply-To: <privacy@", "Reply-To: <evil@", 1); refuted(forged, public) == "" && strings.Contains(tags(forged)["h"], "reply-to") {
			t.Errorf("%q: another Reply-To holds", name)
		}
		if forged := strings.Replace(string(signed), "langer Satz", "kurzer Satz", 1); refuted(forged, public) == "" {
			t.Errorf("%q: another text holds", name)
		}
	}
}

var blanks = regexp.MustCompile(`[ \t]+`)

// tags returns the tags of the signature on top of a mail.
func tags(mail string) map[string]string {
	out := map[string]string{}
	head, _, _ := strings.Cut(mail, "\r\n\r\n")
	_, value, _ := strings.Cut(headers(head)[0], ":")
	for tag := range strings.SplitSeq(value, ";") {
		name, v, _ := strings.Cut(tag, "=")
		out[strings.TrimSpace(name)] = strings.Join(strings.Fields(v), "")
	}
	out["h"] = strings.ToLower(out["h"])
	return out
}

// headers splits a head into its fields.
func headers(head string) (out []string) {
	for line := range strings.SplitSeq(head, "\r\n") {
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
			out[len(out)-1] += "\r\n" + line
		} else {
			out = append(out, line)
		}
	}
	return out
}

// relaxed is a field in the form in which it is signed (RFC 6376, 3.4.2).
func relaxed(field string) string {
	name, value, _ := strings.Cut(field, ":")
	value = blanks.ReplaceAllString(strings.ReplaceAll(value, "\r\n", ""), " ")
	return strings.ToLower(strings.TrimSpace(name)) + ":" + strings.TrimSpace(value)
}

// refuted says why the signature on top of a mail does not hold; "": it does.
func refuted(mail string, public ed25519.PublicKey) string {
	head, body, _ := strings.Cut(mail, "\r\n\r\n")
	fields, tag := headers(head), tags(mail)
	if tag["c"] != "relaxed/relaxed" && tag["c"] != "simple/simple" && tag["c"] != "relaxed/simple" {
		return "c=" + tag["c"]
	}
	lines := strings.Split(body, "\r\n")
	for i := range lines {
		if strings.HasSuffix(tag["c"], "/relaxed") {
			lines[i] = strings.TrimRight(blanks.ReplaceAllString(lines[i], " "), " ")
		}
	}
	sum := sha256.Sum256([]byte(strings.TrimRight(strings.Join(lines, "\r\n"), "\r\n") + "\r\n"))
	if base64.StdEncoding.EncodeToString(sum[:]) != tag["bh"] {
		return "the text is another one"
	}
	form := relaxed
	if strings.HasPrefix(tag["c"], "simple/") {
		form = func(field string) string { return field }
	}
	var data strings.Builder
	used := map[int]bool{}
	for name := range strings.SplitSeq(tag["h"], ":") {
		for i := len(fields) - 1; i > 0; i-- {
			if n, _, _ := strings.Cut(fields[i], ":"); strings.EqualFold(strings.TrimSpace(n), strings.TrimSpace(name)) && !used[i] {
				used[i] = true
				data.WriteString(form(fields[i]) + "\r\n")
				break
			}
		}
	}
	data.WriteString(regexp.MustCompile(`([;\s]b=)[^;]*`).ReplaceAllString(form(fields[0]), "$1"))
	signature, err := base64.StdEncoding.DecodeString(tag["b"])
	hash := sha256.Sum256([]byte(data.String()))
	if err != nil || !ed25519.Verify(public, hash[:], signature) {
		return "the signature is of something else"
	}
	for _, must := range []string{"from", "to", "subject", "date"} {
		if !strings.Contains(":"+tag["h"]+":", ":"+must+":") {
			return must + " is not signed"
		}
	}
	return ""
}
