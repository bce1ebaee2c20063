package ledger

import (
	"context"
	"strings"
	"sync"
)

// introduce makes sure that the servers of attempts have numbers, and the forms
// of their replies and the answers where there is room for them.
func (l *SQLite) introduce(ctx context.Context, attempts []Attempt) error {
	for _, a := range attempts {
		answer := answerOf(a)
		if _, ok := l.answers.Load(answer); ok {
			continue
		}
		if err := l.serve(ctx, a.Server, a.TLS); err != nil {
			return err
		}
		if err := l.hear(ctx, answer.form); err != nil {
			return err
		}
		if a.State != Accepted {
			continue
		}
		if err := l.answer(ctx, answer); err != nil {
			return err
		}
	}
	return nil
}

// An answer is what a server says when it takes a mail, but for the mail's name.
type answer struct {
	serverID
	code int
	form string
}

func answerOf(a Attempt) answer {
	return answer{serverID{a.Server, a.TLS}, a.Code, form(Clip(a.Text), Clip(a.QueueID))}
}

// answer gives an answer a number, which never changes, if its form has one.
func (l *SQLite) answer(ctx context.Context, a answer) error {
	reply, known := l.replies.number(a.form)
	server, _ := l.servers.Load(a.serverID)
	if !known {
		return nil
	}
	var n int64
	err := l.writer.write(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.exec(ctx, "INSERT OR IGNORE INTO answers (server, code, reply) VALUES (?, ?, ?)", server, a.code, reply); err != nil {
			return err
		}
		return t.read(ctx, []any{&n}, "SELECT number FROM answers WHERE server = ? AND code = ? AND reply = ?", server, a.code, reply)
	})
	if err == nil {
		l.answers.Store(a, n)
	}
	return err
}

// serve makes sure that a server has a number, which never changes.
func (l *SQLite) serve(ctx context.Context, server, tls string) error {
	id := serverID{server, tls}
	if _, ok := l.servers.Load(id); ok {
		return nil
	}
	var n int64
	err := l.writer.write(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.exec(ctx, "INSERT OR IGNORE INTO servers (server, tls) VALUES (?, ?)", server, tls); err != nil {
			return err
		}
		return t.read(ctx, []any{&n}, "SELECT number FROM servers WHERE server = ? AND tls = ?", server, tls)
	})
	if err == nil {
		l.servers.Store(id, n)
	}
	return err
}

type serverID struct{ server, tls string }

// mostReplies is how many forms of replies are kept once. A mail server has a
// few dozen; one that never says the same twice would fill the table.
const mostReplies = 200

// mark stands for the queue id in the form of a reply. No reply has one.
const mark = "\x00"

// form returns what a reply has in common with those to other mails.
func form(text, queueID string) string {
	if queueID == "" || strings.Contains(text, mark) {
		return text
	}
	return strings.Replace(text, queueID, mark, 1)
}

// filled is what form was made of.
func filled(form, queueID string) string { return strings.Replace(form, mark, queueID, 1) }

// replies are the forms that have numbers, which never change.
type replies struct {
	mu      sync.RWMutex
	numbers map[string]int64 // nil: not read yet
}

func (r *replies) number(form string) (int64, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	n, ok := r.numbers[form]
	return n, ok
}

// reply returns the number of the form of an attempt's reply or, where it is
// none of those that are kept, 0 and its words; and the name of the mail.
func (l *SQLite) reply(a Attempt) (number int64, text, queueID string) {
	text, queueID = Clip(a.Text), Clip(a.QueueID)
	if n, ok := l.replies.number(form(text, queueID)); ok {
		return n, "", queueID
	}
	return 0, text, queueID
}

// full reports whether a form that has no number gets none.
func (r *replies) full() bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.numbers) >= mostReplies
}

// hear gives the form of a reply a number where there is room for one.
func (l *SQLite) hear(ctx context.Context, form string) error {
	if _, ok := l.replies.number(form); ok || l.replies.full() || strings.Contains(form, "@") {
		return nil // a reply that quotes the address is nobody else's
	}
	var all map[string]int64
	err := l.writer.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "INSERT OR IGNORE INTO replies (text) SELECT ? WHERE (SELECT count(*) FROM replies) < ?", form, mostReplies)
		if err == nil {
			all, err = t.replies(ctx)
		}
		return err
	})
	if err == nil {
		l.replies.set(all)
	}
	return err
}

func (r *replies) set(numbers map[string]int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.numbers = numbers
}

// forget removes the answers and the forms of replies that no attempt has any more.
func (l *SQLite) forget(ctx context.Context, t *tx) error {
	_, err := t.exec(ctx, "DELETE FROM answers WHERE number NOT IN (SELECT answer FROM rows WHERE answer IS NOT NULL)")
	if err == nil {
		_, err = t.exec(ctx, "DELETE FROM replies WHERE number NOT IN (SELECT reply FROM answers UNION SELECT reply FROM attempts WHERE reply IS NOT NULL)")
	}
	if err == nil {
		l.answers.Clear()
		l.replies.set(nil)
	}
	return err
}

// replies reads the forms that have numbers.
func (t *tx) replies(ctx context.Context) (map[string]int64, error) {
	s, err := t.prepare(ctx, "SELECT number, text FROM replies")
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]int64{}
	for rows.Next() {
		var n int64
		var text string
		if err := rows.Scan(&n, &text); err != nil {
			return nil, err
		}
		all[text] = n
	}
	return all, rows.Err()
}
