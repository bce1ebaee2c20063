// Package term looks at what a text calls things: the terms it defines and those
// it uses without a definition, the names of the company, of others and of the
// text itself, and the sections it refers to.
package term

import "proviso/lint/reading"

// Check looks for what has two names in the text, or a name that nothing has.
func Check(r *reading.Text) {
	definedTerms(r)
	undefinedTerms(r)
	companyNames(r)
	unknownEntities(r)
	documentNames(r)
	deadReferences(r)
}
