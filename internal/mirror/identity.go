package mirror

// Identity is what decides what the records of a stream say. It is compared, never shown.
type Identity struct {
	// Address is where the account is found. Records of two addresses may be of two accounts: they never meet.
	Address string `json:"address"`
	// Meaning decides what all columns say: the version of the mapping, the object, the property of the amount.
	Meaning string `json:"meaning"`
	// Columns are those that the configuration fills, such as dimensions, each with what fills it.
	Columns map[string]string `json:"columns,omitempty"`
	// Former is how earlier programs described the same.
	Former []string `json:"-"`
}

// Restart turns the cursor of a stream into one with which the next Sync begins a full pass. Its number is above that of
// every pass before it.
type Restart func(cursor []byte) []byte

// Binding is what a Bind has found.
type Binding int

// The bindings.
const (
	// Bound is a stream that goes on: with the records that it has, or with none if it is new.
	Bound Binding = iota
	// Widened is a stream that goes on with the records that it has and reads all of them once more, for some of its
	// columns are new or gone. Until the next Finish these are State.Pending.
	Widened
	// Replaced is a stream that begins a new generation, for its columns come to say something else. The one before it
	// is served, as it is, until the first Finish of the new one.
	Replaced
	// Forgotten is a stream whose records were of another account. Nobody gets to see them any more.
	Forgotten
)
