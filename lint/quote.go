package lint

import (
	"fmt"
	"regexp"
	"strconv"
)

// quote puts words into quotation marks for a message.
func quote(s string) string { return strconv.Quote(s) }

// element names the place of an entry of a list in a YAML file.
func element(key string, i int) string { return fmt.Sprintf("%s[%d]", key, i) }

// each calls yield with what re finds in s, until it returns false.
func each(re *regexp.Regexp, s string, yield func(m []int) bool) {
	for _, m := range re.FindAllStringSubmatchIndex(s, -1) {
		if !yield(m) {
			return
		}
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
