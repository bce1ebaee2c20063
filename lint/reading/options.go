package reading

import "proviso/policy"

// Options say what is known about a text beside its words.
type Options struct {
	// Locale chooses the word lists; "" is English.
	Locale string
	// Source is the file as it stands. Without it findings have the place of the
	// run of words they stand in, and rules on the markup say nothing.
	Source []byte
	// Date is the day on which the text is judged: its effective date, or today.
	Date policy.Date
	// Dated says that pages show the date of the version, so the text need not.
	Dated bool
	// Effective is the effective date of the version; zero for a draft. It is
	// looked at where Dated is set.
	Effective policy.Date
	// Legal is the company's legal name and Names are the other names it and its
	// products go by. Without them the text's own definitions say.
	Legal string
	Names []string
	// Elements are ids of checklists.
	Elements []string
	// Practices are shown where the text says {{practices.…}}.
	Practices policy.PracticeList
}
