package intake

import (
	"regexp"
	"strconv"
	"strings"

	"proviso/redline"
	"proviso/source"
	"proviso/text"
)

// IDs are the section ids that a policy has used, so that none comes to mean
// another section.
type IDs map[string]bool

// NewIDs returns the ids that no section may have: those of the text before the
// first heading and of what else a decision can be about.
func NewIDs() IDs { return IDs{"intro": true, "sites": true, "practices": true} }

// Take adds the ids of a text.
func (ids IDs) Take(doc *text.Document) {
	for _, s := range doc.Sections {
		ids[s.ID] = true
	}
}

// Identify gives every section of the text an id, {#id}: the one that the same
// section has in the version before, if there is one, else a new one. Links to
// sections follow. It returns the text as it is read with them.
func (t *Text) Identify(before *text.Document, taken IDs) *text.Document {
	doc := t.parse()
	ids := map[*text.Section]string{}
	used := IDs{}
	if before != nil {
		for _, s := range redline.Compare(before, doc).Sections {
			if s.Old != nil && s.New != nil && s.Old.Level > 0 && s.New.Level > 0 && ids[s.New] == "" && !used[s.Old.ID] {
				ids[s.New] = s.Old.ID
				used[s.Old.ID] = true
			}
		}
	}
	to := map[string]string{} // for links
	n, numbers := 0, map[string]int{}
	for _, s := range doc.Sections {
		if s.Level == 0 {
			continue
		}
		n++
		if ids[s] == "" {
			ids[s] = fresh(s, n, numbers, used, taken)
			used[ids[s]] = true
		}
		if _, ok := to[s.ID]; !ok {
			to[s.ID] = ids[s]
		}
	}
	lines := strings.Split(t.Body, "\n")
	for s, id := range ids {
		if i := s.Pos.Line - 1; i >= 0 && i < len(lines) {
			lines[i] = bareBraces(heldID.ReplaceAllString(lines[i], "")) + " {#" + id + "}"
		}
	}
	t.Body = strings.Join(lines, "\n")
	t.outsideCode(func(s string) string { return t.anchors(s, to) })
	doc = t.parse()
	taken.Take(doc)
	return doc
}

// bareBraces makes the braces of a heading words, so that its id is the only
// thing in braces there.
func bareBraces(line string) string {
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		if strings.HasPrefix(line[i:], own) {
			b.WriteString(own)
			i += len(own) - 1
			continue
		}
		if line[i] == '{' && (i == 0 || line[i-1] != '\\' && line[i-1] != '{') {
			b.WriteByte('\\')
		}
		b.WriteByte(line[i])
	}
	return b.String()
}

var (
	anchorLink = regexp.MustCompile(`(!?)\[([^\[\]\n]*)\]\(#([^()\s]*)\)`)
	leadNumber = regexp.MustCompile(`^(?:(?:section|article|part|clause)-)?(?:\d+[a-z]?[.-]*)+-+`)
	ugly       = regexp.MustCompile(`^[^a-z]|^(?:h|heading|section|toc|_toc|elementor|block|module|comp|post|anchor|para|i|x|id)[-_.]?[0-9a-f]*$|[0-9]{4}`)
	letters3   = regexp.MustCompile(`[a-z].*[a-z].*[a-z]`)
)

// anchors makes links lead to the ids that sections have now; one that leads to
// no section is words.
func (t *Text) anchors(s string, to map[string]string) string {
	return anchorLink.ReplaceAllStringFunc(s, func(m string) string {
		x := anchorLink.FindStringSubmatch(m)
		if id, ok := to[strings.ToLower(x[3])]; ok {
			return "[" + x[2] + "](#" + id + ")"
		}
		t.repaired(1, "a link to a place on the page is words now")
		return x[2]
	})
}

// fresh returns a new id for a section: its own if it is one that people can
// read, else one made of the heading's words.
func fresh(s *text.Section, number int, numbers map[string]int, used, taken IDs) string {
	id := strings.TrimPrefix(s.ID, "h-") // as a well-known system writes them
	if !s.Explicit || ugly.MatchString(id) || !letters3.MatchString(id) {
		id = slug(text.Words(s.Heading))
	}
	if id == "" {
		id = "section-" + strconv.Itoa(number)
	}
	out := id
	for used[out] || taken[out] {
		numbers[id] = max(numbers[id], 1) + 1
		out = id + "-" + strconv.Itoa(numbers[id])
	}
	return out
}

const longestID = 60

var latin = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "à", "a", "á", "a", "â", "a", "ã", "a", "å", "a", "æ", "ae",
	"ç", "c", "è", "e", "é", "e", "ê", "e", "ë", "e", "ì", "i", "í", "i", "î", "i", "ï", "i", "ñ", "n", "ò", "o", "ó", "o", "ô", "o", "õ", "o",
	"ø", "o", "œ", "oe", "ù", "u", "ú", "u", "û", "u", "ý", "y", "’", "", "'", "", "&", " ")

var between = regexp.MustCompile(`[^a-z0-9]+`)

// slug makes an id of words in Latin letters; "" of others. It leaves out a
// number in front, which shifts.
func slug(words string) string {
	id := strings.Trim(between.ReplaceAllString(latin.Replace(strings.ToLower(words)), "-"), "-")
	if rest := leadNumber.ReplaceAllString(id, ""); rest != "" {
		id = rest
	}
	for len(id) > longestID {
		cut := strings.LastIndexByte(id[:longestID+1], '-')
		if cut <= 0 {
			cut = longestID
		}
		id = id[:cut]
	}
	if !letters3.MatchString(id) {
		return ""
	}
	return id
}

// File returns the text as a file: with front matter where its title is not
// the policy's.
func (t *Text) File(policyTitle string) ([]byte, error) {
	if t.Title == "" || t.Title == policyTitle {
		return []byte(t.Body), nil
	}
	head, err := source.Encode(struct {
		Title string `yaml:"title"`
	}{t.Title})
	if err != nil {
		return nil, err
	}
	return []byte("---\n" + string(head) + "---\n\n" + t.Body), nil
}
