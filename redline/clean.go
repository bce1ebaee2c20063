package redline

// The shortest alignment is not always the one a person would draw. Steps are
// cleaned in two ways, both on whole tokens: an edit that could as well stand
// one place to the left or right is moved to where sentences and brackets
// begin and end; and a word or two that two rewritten phrases happen to share
// is no reason to cut them into pieces.

// words counts the words among tokens.
func words(tokens []Token) int {
	n := 0
	for i := range tokens {
		if tokens[i].Word {
			n++
		}
	}
	return n
}

// clean returns steps for reading. Tokens are those of both texts.
func clean(a, b []Token, steps []step) []step {
	return whole(a, b, fold(coalesce(a, b, slide(a, b, steps))))
}

// whole makes one edit of all where too little is left, in pieces too short,
// to be read as an edited text.
func whole(a, b []Token, steps []step) []step {
	kept, long, i := 0, 0, 0
	for _, s := range steps {
		n := words(a[i : i+s.same])
		kept, long = kept+n, max(long, n)
		i += s.same + s.deleted
	}
	x, y := words(a), words(b)
	most, least := max(x, y), min(x, y)
	scattered := long < 5 && 5*kept < most || long < 3 && 3*kept < most
	if kept == 0 || most < 4 || !scattered || 2*kept >= least {
		return steps
	}
	return []step{{deleted: len(a), inserted: len(b)}}
}

// slide moves edits that are in one text only to where they read best.
func slide(a, b []Token, steps []step) []step {
	i, j := 0, 0
	for k := range steps {
		s := &steps[k]
		if s.same == 0 && (s.deleted == 0 || s.inserted == 0) && k > 0 && k+1 < len(steps) {
			tokens, from, n := a, i, s.deleted
			if s.deleted == 0 {
				tokens, from, n = b, j, s.inserted
			}
			by := shift(tokens, from, n, steps[k-1].same, steps[k+1].same)
			steps[k-1].same += by
			steps[k+1].same -= by
			i, j = i+by, j+by
		}
		i, j = i+s.same+s.deleted, j+s.same+s.inserted
	}
	return steps
}

// shift returns by how many tokens to move an edit of n tokens that begins at
// from, at most left and right, so that the text stays the same.
func shift(tokens []Token, from, n, left, right int) int {
	best, by := grace(tokens, from, n), 0
	for k := 1; k < left && tokens[from-k].Key == tokens[from+n-k].Key; k++ {
		if g := grace(tokens, from-k, n); g > best {
			best, by = g, -k
		}
	}
	for k := 1; k < right && tokens[from+k-1].Key == tokens[from+n+k-1].Key; k++ {
		if g := grace(tokens, from+k, n); g > best {
			best, by = g, k
		}
	}
	return by
}

// grace says how well an edit of n tokens at from can be read.
func grace(tokens []Token, from, n int) int {
	score := 0
	if from == 0 || ends(tokens[from-1]) {
		score += 2
	}
	if ends(tokens[from+n-1]) {
		score++
	}
	switch tokens[from].Key + tokens[from+n-1].Key {
	case "()", "[]", `""`:
		score += 3
	}
	return score
}

// ends reports whether a sentence ends with the token.
func ends(t Token) bool {
	switch t.Key {
	case ".", "!", "?", ":", ";", "。", "！", "？":
		return true
	}
	return false
}

// coalesce makes one edit of two with a trifle in between.
func coalesce(a, b []Token, steps []step) []step {
	out := steps[:0:0]
	i, j := 0, 0
	for k, s := range steps {
		if s.same > 0 && k > 0 && k+1 < len(steps) {
			p, q := out[len(out)-1], steps[k+1]
			if p.same == 0 && trifle(a, b, i, j, s.same, p, q) {
				out[len(out)-1].deleted += s.same
				out[len(out)-1].inserted += s.same
				i, j = i+s.same, j+s.same
				continue
			}
		}
		if n := len(out); n > 0 && s.same == 0 && out[n-1].same == 0 {
			out[n-1].deleted += s.deleted
			out[n-1].inserted += s.inserted
		} else {
			out = append(out, s)
		}
		i, j = i+s.same+s.deleted, j+s.same+s.inserted
	}
	return out
}

// trifle reports whether the n tokens at i and j between the edits p and q are not worth keeping.
func trifle(a, b []Token, i, j, n int, p, q step) bool {
	w := words(a[i : i+n])
	if w > 2 {
		return false
	}
	dp, ip := words(a[i-p.deleted:i]), words(b[j-p.inserted:j])
	dq, iq := words(a[i+n:i+n+q.deleted]), words(b[j+n:j+n+q.inserted])
	if (dp == 0 || ip == 0) && (dq == 0 || iq == 0) { // a word added here and one there
		return false
	}
	return 3*w <= dp+ip && 3*w <= dq+iq
}
