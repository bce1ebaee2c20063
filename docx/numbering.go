package docx

import "strconv"

// numberings writes the lists of a document: one with bullets, and each one
// with numbers. Every list has all levels, though it stands in one: where the
// level changed, LibreOffice gives an item back its list but not its level.
func numberings(list []*numbering) string {
	var x xml
	x.WriteString(prolog + "<w:numbering " + namespaces + ">\n")
	abstract(&x, bulleted, func(int) (int, string, string) { return 1, "bullet", "•" })
	for _, n := range list {
		abstract(&x, n.id, func(i int) (int, string, string) { return n.start, "decimal", "%" + strconv.Itoa(i+1) + "." })
	}
	for id := bulleted; id <= bulleted+len(list); id++ {
		x.open("w:num", "w:numId", strconv.Itoa(id))
		x.empty("w:abstractNumId", "w:val", strconv.Itoa(id))
		x.close("w:num")
	}
	x.WriteString("</w:numbering>\n")
	return x.String()
}

// abstract writes a list. level returns the first number of a level, its format, and what is shown.
func abstract(x *xml, id int, level func(i int) (start int, format, label string)) {
	x.open("w:abstractNum", "w:abstractNumId", strconv.Itoa(id))
	x.empty("w:multiLevelType", "w:val", "hybridMultilevel")
	for i := range levels {
		start, format, label := level(i)
		writeLevel(x, i, start, format, label)
	}
	x.close("w:abstractNum")
	x.WriteByte('\n')
}

// writeLevel writes how paragraphs of a level are numbered.
func writeLevel(x *xml, i, start int, format, label string) {
	x.open("w:lvl", "w:ilvl", strconv.Itoa(i))
	x.empty("w:start", "w:val", strconv.Itoa(start))
	x.empty("w:numFmt", "w:val", format)
	x.empty("w:lvlText", "w:val", label)
	x.empty("w:lvlJc", "w:val", "left")
	x.open("w:pPr")
	x.empty("w:ind", "w:left", strconv.Itoa(step*(i+1)), "w:hanging", strconv.Itoa(step))
	x.close("w:pPr")
	x.close("w:lvl")
}
