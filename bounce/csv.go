package bounce

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// columns are the names under which providers give what a Report has.
var columns = map[string][]string{
	"address": {"email", "recipient", "address", "emailaddress", "to", "rcpt", "destination"},
	"id":      {"messageid", "smtpid", "id"},
	"event":   {"event", "type", "bouncetype", "category", "classification", "bounceclass"},
	"status":  {"status", "enhancedstatus", "dsn", "code", "errorcode", "smtpcode"},
	"text":    {"reason", "description", "details", "error", "message", "diagnosticcode", "response", "bouncereason"},
	"at":      {"timestamp", "date", "time", "created", "createdat", "bouncedat", "eventtime"},
}

// kinds of events that say nothing of a failure for good.
var passing = regexp.MustCompile(`(?i)soft|transient|defer|delay|temporar|deliver(y|ed)$|sent|open|click|processed|accepted|complaint|spam|unsubscribe`)

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
	if at["address"] < 0 && at["id"] < 0 {
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
		get := func(column string) string {
			if i := at[column]; i >= 0 && i < len(row) {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		out = append(out, listed(get))
	}
}

// places says in which column of a file what stands; -1: in none.
func places(head []string) map[string]int {
	at := map[string]int{}
	plain := strings.NewReplacer("_", "", "-", "", " ", "", "\ufeff", "", `"`, "")
	for what, names := range columns {
		at[what] = -1
		for _, name := range names {
			for i, h := range head {
				if at[what] < 0 && plain.Replace(strings.ToLower(h)) == name {
					at[what] = i
				}
			}
		}
	}
	return at
}

func listed(get func(string) string) Report {
	r := Report{Address: get("address"), Text: line(get("text")), At: instant(get("at"))}
	if m := messageID.FindStringSubmatch(get("id")); m != nil {
		r.MessageIDs = []string{m[1]}
	}
	all := " " + get("status") + " " + r.Text + " "
	if m := status.FindStringSubmatch(all); m != nil {
		r.Status = m[1]
	}
	if m := code.FindStringSubmatch(all); m != nil {
		r.Code, _ = strconv.Atoi(m[1]) // three digits
	}
	event := get("event")
	r.Failed = !passing.MatchString(event) && !strings.HasPrefix(r.Status, "4") && (r.Code == 0 || r.Code >= 500 || strings.HasPrefix(r.Status, "5"))
	return r
}

func instant(s string) time.Time {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Unix(n, 0).UTC()
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04:05 MST", time.DateOnly, time.RFC1123Z} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
