package docx

import (
	"strconv"
	"strings"
)

const monospace = "Courier New"

// styles writes the styles of a document.
func styles(o Options) string {
	var x xml
	x.WriteString(prolog + "<w:styles " + namespaces + ">")
	x.WriteString(`<w:docDefaults><w:rPrDefault><w:rPr>` +
		`<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri"/><w:sz w:val="22"/><w:szCs w:val="22"/>`)
	if o.Lang != "" {
		x.empty("w:lang", "w:val", o.Lang)
	}
	x.WriteString(`</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>` +
		`<w:spacing w:after="120" w:line="264" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>` + "\n")
	x.WriteString(`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>` + "\n")
	for i, id := range headings {
		level := strconv.Itoa(i)
		style(&x, id, "heading "+strconv.Itoa(i+1), "Normal",
			`<w:keepNext/><w:keepLines/><w:spacing w:before="240"/><w:outlineLvl w:val="`+level+`"/>`,
			`<w:b/><w:sz w:val="`+strconv.Itoa([...]int{36, 30, 26, 24, 22, 22}[i])+`"/>`)
	}
	style(&x, "ListParagraph", "List Paragraph", "Normal", `<w:contextualSpacing/>`, "")
	style(&x, "Quote", "Quote", "Normal", `<w:ind w:left="425" w:right="425"/>`, `<w:i/>`)
	style(&x, "Code", "Code", "Normal", `<w:shd w:val="clear" w:color="auto" w:fill="F2F2F2"/>`,
		`<w:rFonts w:ascii="`+monospace+`" w:hAnsi="`+monospace+`" w:cs="`+monospace+`"/><w:sz w:val="20"/>`)
	style(&x, "HorizontalLine", "Horizontal Line", "Normal",
		`<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1" w:color="auto"/></w:pBdr>`, "")
	style(&x, "TableText", "Table Text", "Normal", `<w:spacing w:before="40" w:after="40"/>`, "")
	style(&x, "TableHeading", "Table Heading", "TableText", `<w:keepNext/>`, `<w:b/>`)
	style(&x, "Gap", "Gap", "Normal", `<w:spacing w:after="0" w:line="120" w:lineRule="exact"/>`, "")
	style(&x, "Header", "header", "Normal", "", `<w:sz w:val="18"/>`)
	x.WriteString(`<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/>` +
		`<w:rPr><w:color w:val="0563C1"/><w:u w:val="single"/></w:rPr></w:style>` + "\n")
	x.WriteString(tableGrid + "</w:styles>\n")
	return x.String()
}

// style writes a style of paragraphs: what it is based on, and the properties of
// paragraph and words that it adds.
func style(x *xml, id, name, base, paragraph, run string) {
	x.open("w:style", "w:type", "paragraph", "w:styleId", id)
	x.empty("w:name", "w:val", name)
	x.empty("w:basedOn", "w:val", base)
	if paragraph != "" {
		x.WriteString("<w:pPr>" + paragraph + "</w:pPr>")
	}
	if run != "" {
		x.WriteString("<w:rPr>" + run + "</w:rPr>")
	}
	x.close("w:style")
	x.WriteByte('\n')
}

var tableGrid = `<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:tblPr><w:tblBorders>` +
	strings.Join(borders(), "") +
	`</w:tblBorders><w:tblCellMar><w:left w:w="108" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>` + "\n"

func borders() []string {
	var out []string
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		out = append(out, `<w:`+side+` w:val="single" w:sz="4" w:space="0" w:color="auto"/>`)
	}
	return out
}
