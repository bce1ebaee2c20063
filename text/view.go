package text

// A View says how one site fills in a text.
type View struct {
	// Site and Products choose what is shown; Site "" shows everything.
	Site     string
	Products []string
	// Variable returns the value of a variable, or false if there is none.
	Variable func(name string) (string, bool)
	// Policy returns the address of a policy and fragment as seen from the
	// page, or false if the site has no such policy.
	Policy func(id, fragment string) (string, bool)
	// Practices returns the table for a category, or nil if there is none.
	Practices func(category string) *Block
}
