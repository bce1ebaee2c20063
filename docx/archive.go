package docx

import (
	"archive/zip"
	"io"
	"strconv"
	"time"
)

// An archive is the files of a document, in the order in which they are written.
type archive []file

type file struct{ name, content string }

const (
	headerID = "header"

	office    = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	packages  = "http://schemas.openxmlformats.org/package/2006/"
	mediaType = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

// archive returns the files of a document whose main part is written.
func (b *body) archive(o Options) archive {
	a := archive{
		{"[Content_Types].xml", contentTypes(o)},
		{"_rels/.rels", relations([][3]string{
			{"document", office + "officeDocument", "word/document.xml"},
			{"core", packages + "relationships/metadata/core-properties", "docProps/core.xml"},
		}, nil)},
		{"docProps/core.xml", core(o)},
		{"word/document.xml", b.String()},
		{"word/_rels/document.xml.rels", b.relations(o)},
		{"word/styles.xml", styles(o)},
		{"word/numbering.xml", numberings(b.from.numbering)},
		{"word/settings.xml", settings},
	}
	if o.Title != "" {
		a = append(a, file{"word/header.xml", header(o)})
	}
	return a
}

// write writes the archive. No file in it has a time.
func (a archive) write(w io.Writer) error {
	z := zip.NewWriter(w)
	for _, f := range a {
		part, err := z.Create(f.name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(part, f.content); err != nil {
			return err
		}
	}
	return z.Close()
}

func contentTypes(o Options) string {
	var x xml
	x.WriteString(prolog)
	x.open("Types", "xmlns", packages+"content-types")
	x.empty("Default", "Extension", "rels", "ContentType", "application/vnd.openxmlformats-package.relationships+xml")
	x.empty("Default", "Extension", "xml", "ContentType", "application/xml")
	part := func(name, kind string) { x.empty("Override", "PartName", name, "ContentType", kind) }
	part("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml")
	part("/word/document.xml", mediaType+"document.main+xml")
	part("/word/styles.xml", mediaType+"styles+xml")
	part("/word/numbering.xml", mediaType+"numbering+xml")
	part("/word/settings.xml", mediaType+"settings+xml")
	if o.Title != "" {
		part("/word/header.xml", mediaType+"header+xml")
	}
	x.close("Types")
	return x.String()
}

// relations writes relations (id, type, target) to parts, and to targets outside.
func relations(parts [][3]string, outside []string) string {
	var x xml
	x.WriteString(prolog)
	x.open("Relationships", "xmlns", packages+"relationships")
	for _, p := range parts {
		x.empty("Relationship", "Id", p[0], "Type", p[1], "Target", p[2])
	}
	for i, target := range outside {
		x.empty("Relationship", "Id", "link"+strconv.Itoa(i+1), "Type", office+"hyperlink", "Target", target, "TargetMode", "External")
	}
	x.close("Relationships")
	return x.String()
}

func (b *body) relations(o Options) string {
	parts := [][3]string{
		{"styles", office + "styles", "styles.xml"},
		{"numbering", office + "numbering", "numbering.xml"},
		{"settings", office + "settings", "settings.xml"},
	}
	if o.Title != "" {
		parts = append(parts, [3]string{headerID, office + "header", "header.xml"})
	}
	return relations(parts, b.targets.list)
}

// core writes what the document says of itself.
func core(o Options) string {
	var x xml
	x.WriteString(prolog)
	x.open("cp:coreProperties", "xmlns:cp", packages+"metadata/core-properties", "xmlns:dc", "http://purl.org/dc/elements/1.1/",
		"xmlns:dcterms", "http://purl.org/dc/terms/", "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
	element := func(name, value string, attributes ...string) {
		if value != "" {
			x.open(name, attributes...)
			x.words(value)
			x.close(name)
		}
	}
	element("dc:title", o.Title)
	element("dc:creator", o.Author)
	element("dc:language", o.Lang)
	if !o.Date.IsZero() {
		element("dcterms:created", o.Date.UTC().Format(time.RFC3339), "xsi:type", "dcterms:W3CDTF")
	}
	x.close("cp:coreProperties")
	return x.String()
}

// header writes the title to stand on top of each page.
func header(o Options) string {
	var x xml
	x.WriteString(prolog + "<w:hdr " + namespaces + ">")
	x.WriteString(`<w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr><w:r><w:t xml:space="preserve">`)
	x.words(o.Title)
	x.WriteString("</w:t></w:r></w:p></w:hdr>")
	return x.String()
}

// settings keeps Word from treating the document as one of an older version.
const settings = prolog + "<w:settings " + namespaces + "><w:compat>" +
	`<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>` +
	"</w:compat></w:settings>"
