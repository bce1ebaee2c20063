package bounce

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// columns are the names under which providers give what a Report has, the
// better ones first.
var columns = map[string][]string{
	"address": {"email", "recipient", "address", "emailaddress", "rcptto", "to", "rcpt", "destination"},
	"id":      {"messageid", "smtpid", "mid", "id"},
	"event":   {"event", "type", "eventtype", "bouncetype", "bouncesubtype", "category", "classification", "bounceclass", "sttext", "severity"},
	"status":  {"status", "enhancedstatus", "dsn", "code", "errorcode", "smtpcode"},
	"text":    {"reason", "description", "details", "error", "message", "diagnosticcode", "response", "rawreason", "bouncereason", "bouncedetail"},
	"at":      {"timestamp", "date", "time", "created", "createdat", "bouncedat", "eventtime", "lastupdatetime", "ts"},
}

// Kinds of events that say nothing of a failure for good: those that hold such
// a word, and those that are one.
var (
	passing = regexp.MustCompile(`soft|transient|defer|delay|temporar|complaint|spam|unsubscri|auto ?re|vacation|challenge`)
	arrived = regexp.MustCompile(`^(e?mail |message )?(delivery|delivered|sent|send|open(ed)?|click(ed)?|processed|accepted|injection|request)$`)
)

// readCSV reads a provider's list of bounces, by the names of its columns.
func readCSV(r io.Reader) ([]Report, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord, in.LazyQuotes = -1, true
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("reading a list of bounces: %w", err)
	}
	if len(head) == 1 && strings.Contains(head[0], ";") {
		in.Comma = ';'
		head = strings.Split(head[0], ";")
	}
	at := places(head)
	if len(at["address"])+len(at["id"]) == 0 {
		return nil, errors.New("this is neither a report, nor a mailbox, nor a CSV file with a column email or message_id in its first line")
	}
	var out []Report
	for {
		row, err := in.Read()
		if err == io.EOF {
			return out, nil
		} else if err != nil {
			return out, fmt.Errorf("reading a list of bounces: %w", err)
		}
		get := func(what string) (all []string) {
			for _, i := range at[what] {
				if i < len(row) && strings.TrimSpace(row[i]) != "" {
					all = append(all, strings.TrimSpace(row[i]))
				}
			}
			return append(all, "")
		}
		out = append(out, listed(get))
	}
}

// places says in which columns of a file what stands, the best one first.
func places(head []string) map[string][]int {
	at := map[string][]int{}
	plain := strings.NewReplacer("_", "", "-", "", " ", "", ".", "", "\ufeff", "", `"`, "")
	for what, names := range columns {
		for _, name := range names {
			for i, h := range head {
				if plain.Replace(strings.ToLower(h)) == name {
					at[what] = append(at[what], i)
				}
			}
		}
	}
	return at
}

// listed makes a report of a line. get returns what it has of something, and
// an empty text at the end.
func listed(get func(string) []string) Report {
	r := Report{Address: get("address")[0], Text: line(get("text")[0]), At: instant(get("at")[0])}
	for _, id := range get("id") {
		if m := messageID.FindStringSubmatch(id); m != nil && len(r.MessageIDs) == 0 {
			r.MessageIDs = []string{m[1]}
		}
	}
	all := " " + strings.Join(get("status"), " ") + r.Text + " "
	if m := status.FindStringSubmatch(all); m != nil {
		r.Status = m[1]
	}
	if m := code.FindStringSubmatch(all); m != nil {
		r.Code, _ = strconv.Atoi(m[1]) // three digits
	}
	kinds := get("event")
	if kinds[0] == "" { // some name the event as the status, or as the reason
		kinds = append(get("status"), r.Text)
	}
	r.Failed = !slices.ContainsFunc(kinds, passes) && !strings.HasPrefix(r.Status, "4") && (r.Code == 0 || r.Code >= 500 || strings.HasPrefix(r.Status, "5"))
	return r
}

// passes reports whether an event is no failure for good. A sentence is none.
func passes(event string) bool {
	words := strings.FieldsFunc(strings.ToLower(event), func(r rune) bool { return !unicode.IsLetter(r) })
	plain := strings.Join(words, " ")
	return len(words) <= 3 && passing.MatchString(plain) || arrived.MatchString(plain)
}

func instant(s string) time.Time {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Unix(n, 0).UTC()
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04:05 MST", "2006-01-02T15:04:05", time.DateOnly, time.RFC1123Z, time.RFC1123, "Mon, 2 Jan 2006 15:04:05 MST", "02-01-2006 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
