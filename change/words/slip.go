package words

import (
	"slices"
	"strings"
)

// Single drops the second of doubled letters.
func Single(w string) string {
	var b strings.Builder
	for i := range len(w) {
		if i == 0 || w[i] != w[i-1] {
			b.WriteByte(w[i])
		}
	}
	return b.String()
}

// Anagram reports whether the words have the same letters.
func Anagram(a, b string) bool {
	x, y := []byte(a), []byte(b)
	slices.Sort(x)
	slices.Sort(y)
	return string(x) == string(y)
}

// affixes change what a word means; to add or drop one is no slip.
var affixes = []string{"un", "in", "im", "non", "dis", "ir", "il", "mis", "de", "re"}

// Affixed reports whether the words differ in a prefix or by one letter that makes another word.
func Affixed(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	for _, p := range affixes {
		if b == p+a {
			return true
		}
	}
	for _, s := range []string{"er", "or", "ee", "r"} { // employ, employer, employee
		if b == a+s {
			return true
		}
	}
	return false
}

// Distance is the number of letters to add, drop, change or swap between a and b.
func Distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for k := range rows[0] {
		rows[0][k] = k
	}
	for i := 1; i <= len(x); i++ {
		for k := 1; k <= len(y); k++ {
			cost := 1
			if x[i-1] == y[k-1] {
				cost = 0
			}
			d := min(rows[i-1][k]+1, rows[i][k-1]+1, rows[i-1][k-1]+cost)
			if i > 1 && k > 1 && x[i-1] == y[k-2] && x[i-2] == y[k-1] {
				d = min(d, rows[i-2][k-2]+1)
			}
			rows[i][k] = d
		}
	}
	return rows[len(x)][len(y)]
}
