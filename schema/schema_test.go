package schema_test

import (
	"testing"

	"proviso/schema"
)

// A modeline leads from where the file stands to the folder of schemas.
func TestModeline(t *testing.T) {
	for file, want := range map[string]string{
		"proviso.yaml":                                 "# yaml-language-server: $schema=content/.schema/proviso.json\n",
		"content/organisation.yaml":                    "# yaml-language-server: $schema=.schema/organisation.json\n",
		"content/privacy/policy.yaml":                  "# yaml-language-server: $schema=../.schema/policy.json\n",
		"content/privacy/draft/changes.yaml":           "# yaml-language-server: $schema=../../.schema/changes.json\n",
		"content/privacy/2026-01-15/seal.yaml":         "# yaml-language-server: $schema=../../.schema/seal.json\n",
		"content/privacy/2026-01-15.2/seal.de-AT.yaml": "# yaml-language-server: $schema=../../.schema/supplement.json\n",
		"content/privacy/draft/en.md":                  "",
		"content/privacy/draft/practice.yaml":          "",
	} {
		if got := schema.Modeline(file); got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
}

// A file gets one modeline, however often it is written.
func TestHead(t *testing.T) {
	const file = "content/privacy/draft/changes.yaml"
	once := schema.Head(file, []byte("summary: We moved.\n"))
	if want := schema.Modeline(file) + "summary: We moved.\n"; string(once) != want {
		t.Errorf("%q, want %q", once, want)
	}
	if twice := schema.Head(file, once); string(twice) != string(once) {
		t.Errorf("written again it is %q", twice)
	}
	if text := schema.Head("content/privacy/draft/en.md", []byte("We moved.\n")); string(text) != "We moved.\n" {
		t.Errorf("a text became %q", text)
	}
}
