// Package form looks at how a text is set, not at what it says: headings, lists,
// links, quotation marks, blanks that nobody sees, and what is left of a page
// that was copied from the web.
//
// Check warns of all of it. What import repairs, it finds or mends with the same
// eyes: FakeHeadings, JoinBlanks, Unprotect.
package form

import "proviso/lint/reading"

// Check looks at the form of a text: how it is set, not what it says.
func Check(r *reading.Text) {
	headings(r)
	fakeHeadings(r)
	leadIns(r)
	shouting(r)
	lists(r)
	enumerators(r)
	links(r)
	lostLinks(r)
	protectedEmail(r)
	captureArtefacts(r)
	boldBreaks(r)
	blanks(r)
	invisible(r)
	quotes(r)
}
