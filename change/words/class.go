package words

// Class is a set of things that a word may do in a sentence. The words of a
// class stand in the file of the same name, one to a line.
type Class uint32

const (
	Empty     Class = 1 << iota // empty.txt: no duty, permission or limit of its own
	Negation                    // negations.txt
	Modal                       // modals.txt: allowed, owed, possible
	Limit                       // limits.txt
	Hedge                       // hedges.txt
	Quantity                    // quantities.txt
	Open                        // lists.txt, [open]: more may follow
	Closed                      // lists.txt, [closed]: nothing else follows
	Condition                   // conditions.txt
	Party                       // parties.txt: who acts or receives
	Unit                        // units.txt
	Country                     // countries.txt
	Law                         // laws.txt
	Distinct                    // distinct.txt: never a mere name
	Document                    // documents.txt: what a policy calls itself
	Reference                   // references.txt: before the number of a place in the text
	Place                       // references.txt, [place]: a place in a text and nothing else
	Pointer                     // pointers.txt, [point]: sends the reader elsewhere
	Aside                       // pointers.txt, [around]: says nothing of its own near a pointer
	Courtesy                    // courtesies.txt
	Guide                       // pointers.txt, [guide]: what a pointer may lead to and bind nobody
	Dateline                    // datelines.txt
	Act                         // acts.txt: what is done with data
	Takes                       // takes.txt: what people would rather we did less of
	Dotted                      // dotted.txt: a full stop that ends no sentence
	Number                      // has a digit
	Contact                     // an e-mail address
	Address                     // a web address with its scheme
)

// Flips are the classes whose words change what a sentence promises.
const Flips = Negation | Modal | Limit | Hedge | Quantity | Open | Closed | Condition

// files names the files of the classes; a file may have several sections.
var files = []struct {
	name, section string
	class         Class
}{
	{"empty", "", Empty}, {"negations", "", Negation}, {"modals", "", Modal}, {"limits", "", Limit},
	{"hedges", "", Hedge}, {"quantities", "", Quantity}, {"lists", "open", Open}, {"lists", "closed", Closed},
	{"conditions", "", Condition}, {"parties", "", Party}, {"units", "", Unit}, {"countries", "", Country},
	{"laws", "", Law}, {"distinct", "", Distinct}, {"documents", "", Document}, {"references", "place", Reference | Place}, {"references", "numbered", Reference},
	{"pointers", "point", Pointer}, {"pointers", "around", Aside}, {"pointers", "guide", Guide}, {"courtesies", "", Courtesy}, {"datelines", "", Dateline}, {"acts", "", Act}, {"takes", "", Takes},
	{"dotted", "", Dotted},
}

// equals names the files of equal words, in the order in which they are
// applied: each is read through those before it.
var equals = [][]string{{"contractions"}, {"spelling", "numbers", "abbreviations", "own"}, {"phrases", "synonyms"}}
