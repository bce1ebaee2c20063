package redline

// Op tells what became of a Run.
type Op uint8

const (
	Same       Op = iota // stands in both texts
	Deleted              // stands in the old text only
	Inserted             // stands in the new text only
	Renumbered           // a number in both texts, shifted with the sections or items around it: a note, not an edit
)

// A Run is a stretch of words with one fate, as each text writes it. Old is
// empty for Inserted, New is empty for Deleted. The two may differ even where
// Op is Same: in blanks, quotes and invisible characters.
type Run struct {
	Op       Op
	Old, New string
	Moved    int // not 0: Deleted here and Inserted elsewhere word for word, or the other way round; joins the two
}

// Words compares two texts word by word. The Old parts of the runs, joined,
// are exactly the old text, and the New parts the new one; no run begins or
// ends inside a Token. Deleted comes before Inserted where both meet.
func Words(old, new string) []Run {
	c := &comparison{Lexicon: &Lexicon{codes: codes{}}}
	a, b := Tokens(old), Tokens(new)
	w := weaving{old: old, new: new, end: [2]int{len(old), len(new)}}
	steps, _ := c.steps(c.codes.of(a), c.codes.of(b))
	return w.weave(a, b, clean(a, b, steps))
}

// weaving builds runs from both texts.
type weaving struct {
	old, new string
	at, end  [2]int // how far each text has been read, and is to be
	cut      [2]int // where the stretch since the last Same begins
	open     bool   // the leaf goes on elsewhere: a blank at the end is where it was cut
	runs     []Run
}

// weave turns the steps of an alignment into runs.
func (w *weaving) weave(a, b []Token, steps []step) []Run {
	w.cut = w.at
	i, j := 0, 0
	for _, s := range steps {
		if s.same > 0 {
			for n := 0; n < s.same; n++ {
				w.gap(a[i].Start, b[j].Start)
				w.same(a[i].End, b[j].End)
				i, j = i+1, j+1
			}
			continue
		}
		w.change(a, b, i, j, s)
		i, j = i+s.deleted, j+s.inserted
	}
	if w.open && w.cut == w.at {
		w.same(w.end[0], w.end[1])
	}
	w.gap(w.end[0], w.end[1])
	w.flush()
	return w.runs
}

// gap reads on to the next tokens: blanks on both sides are the same blanks.
func (w *weaving) gap(oldEnd, newEnd int) {
	if (w.at[0] < oldEnd) == (w.at[1] < newEnd) {
		w.same(oldEnd, newEnd)
		return
	}
	w.at = [2]int{oldEnd, newEnd}
}

// change reads the tokens of a step that are in one text only. Blanks before
// them stay outside the mark if both texts have them, else the blanks after
// them are taken into it.
func (w *weaving) change(a, b []Token, i, j int, s step) {
	oldStart, newStart := start(a, i, w.end[0]), start(b, j, w.end[1])
	if w.at[0] < oldStart && w.at[1] < newStart {
		w.same(oldStart, newStart)
		if s.inserted == 0 {
			w.at[0] = start(a, i+s.deleted, w.end[0])
		} else if s.deleted == 0 {
			w.at[1] = start(b, j+s.inserted, w.end[1])
		}
	}
	if s.deleted > 0 {
		w.at[0] = max(w.at[0], a[i+s.deleted-1].End)
	}
	if s.inserted > 0 {
		w.at[1] = max(w.at[1], b[j+s.inserted-1].End)
	}
}

func start(tokens []Token, i, end int) int {
	if i < len(tokens) {
		return tokens[i].Start
	}
	return end
}

// same ends the change that is open and reads what both texts have.
func (w *weaving) same(oldEnd, newEnd int) {
	old, new := w.old[w.at[0]:oldEnd], w.new[w.at[1]:newEnd]
	if old == "" && new == "" {
		return
	}
	w.flush()
	w.at = [2]int{oldEnd, newEnd}
	if n := len(w.runs); n > 0 && w.runs[n-1].Op == Same {
		last := &w.runs[n-1]
		last.Old = w.old[w.cut[0]-len(last.Old) : oldEnd]
		last.New = w.new[w.cut[1]-len(last.New) : newEnd]
	} else {
		w.runs = append(w.runs, Run{Op: Same, Old: old, New: new})
	}
	w.cut = w.at
}

// flush writes what has been read of each text since the last Same.
func (w *weaving) flush() {
	if w.cut[0] < w.at[0] {
		w.runs = append(w.runs, Run{Op: Deleted, Old: w.old[w.cut[0]:w.at[0]]})
	}
	if w.cut[1] < w.at[1] {
		w.runs = append(w.runs, Run{Op: Inserted, New: w.new[w.cut[1]:w.at[1]]})
	}
	w.cut = w.at
}
