package publish

import (
	"strings"
	"testing"
	"time"
)

func TestParseDestination(t *testing.T) {
	for in, want := range map[string]Destination{
		"dir:/srv/www/acme":          {Kind: "dir", Path: "/srv/www/acme", Keep: 5, shown: "dir:/srv/www/acme"},
		"dir:www?keep=9":             {Kind: "dir", Path: "www", Keep: 9, shown: "dir:www"},
		"s3://b":                     {Kind: "s3", Bucket: "b", Keep: 5, shown: "s3://b/"},
		"s3://k:s%2Fx@b/p/q/":        {Kind: "s3", Bucket: "b", Prefix: "p/q/", Key: "k", Secret: "s/x", Keep: 5, shown: "s3://b/p/q"},
		"s3://b/p?endpoint=h:1":      {Kind: "s3", Bucket: "b", Prefix: "p/", Endpoint: "https://h:1", Keep: 5, shown: "s3://b/p"},
		"s3://b/p?region=x&grace=1h": {Kind: "s3", Bucket: "b", Prefix: "p/", Region: "x", Grace: time.Hour, Keep: 5, shown: "s3://b/p"},
	} {
		got, err := ParseDestination(in)
		if want.Grace == 0 {
			want.Grace = defaultGrace
		}
		if got.Argv = nil; err != nil || !same(got, want) {
			t.Errorf("%s: %+v, %v", in, got, err)
		}
	}
	d, err := ParseDestination("command:./deploy.sh  www")
	if err != nil || strings.Join(d.Argv, "|") != "./deploy.sh|www" || d.String() != "command:./deploy.sh" {
		t.Errorf("%+v, %v", d, err)
	}
}

func same(a, b Destination) bool {
	return a.Kind == b.Kind && a.Path == b.Path && a.Keep == b.Keep && a.Bucket == b.Bucket && a.Prefix == b.Prefix && a.Endpoint == b.Endpoint &&
		a.Region == b.Region && a.Key == b.Key && a.Secret == b.Secret && a.Grace == b.Grace && a.String() == b.String()
}

// A target that cannot be read says what to write, and never shows a key.
func TestParseDestinationBad(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "names no kind of target",
		"/srv/www":                 "names no kind of target",
		"rsync:host":               `unknown kind of target "rsync"`,
		"dir:":                     "names no folder",
		"dir:x?keep=1":             "2 or more",
		"dir:x?keep=many":          "2 or more",
		"dir:x?grace=1h":           `unknown option "grace"`,
		"command: ":                "names no program",
		"s3:///p":                  "names no bucket",
		"s3://b?grace=soon":        "write a time such as 24h",
		"s3://key:se%cret@b/p":     "cannot be read",
		"s3://key:secret@b/p?x=1":  `unknown option "x"`,
		"s3://key:se cret@b/\x7fp": "cannot be read",
	} {
		_, err := ParseDestination(in)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "cret@") {
			t.Errorf("%q: %v", in, err)
		}
	}
}
