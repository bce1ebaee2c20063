package page

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

// decode returns a page as UTF-8.
func (p *Page) decode(data []byte) ([]byte, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("the page has %d MB; save the article alone, without pictures", len(data)>>20)
	}
	out, name, err := UTF8(data)
	if name != "" {
		p.repaired("the file was written in %s and is UTF-8 now", name)
	}
	return out, err
}

// UTF8 returns a text or a page as UTF-8, and the name of the encoding that it
// was in, which is "" if it was UTF-8 all along. It believes a byte order mark
// first, then the bytes themselves, then what a page says of itself.
func UTF8(data []byte) (out []byte, name string, err error) {
	if marked := bytes.TrimPrefix(data, []byte("\ufeff")); utf8.Valid(marked) && bytes.IndexByte(marked, 0) < 0 {
		return marked, "", nil
	}
	_, name, _ = charset.DetermineEncoding(data, "")
	if name == "utf-8" || name == "replacement" || name == "x-user-defined" {
		name = "windows-1252" // the file says what it is not
	}
	if name == "windows-1252" {
		if wide := wideOrder(data); wide != "" {
			name = wide
		}
	}
	r, err := charset.NewReaderLabel(name, bytes.NewReader(data))
	if err == nil {
		out, err = io.ReadAll(r)
	}
	if err != nil {
		return nil, "", fmt.Errorf("reading it as %s: %w; save it as UTF-8", name, err)
	}
	out = bytes.TrimPrefix(out, []byte("\ufeff"))
	if n := bytes.IndexByte(out, 0); n >= 0 {
		return nil, "", fmt.Errorf("it is no text: byte %d is 0", n+1)
	}
	return out, name, nil
}

// wideOrder returns the byte order of UTF-16 without a mark: Latin letters have
// a zero beside them.
func wideOrder(data []byte) string {
	const look = 512
	var even, odd int
	for i, b := range data[:min(look, len(data))] {
		if b == 0 && i%2 == 0 {
			even++
		} else if b == 0 {
			odd++
		}
	}
	n := min(look, len(data)) / 2
	switch {
	case n > 1 && odd > n/2 && even == 0:
		return "utf-16le"
	case n > 1 && even > n/2 && odd == 0:
		return "utf-16be"
	}
	return ""
}
