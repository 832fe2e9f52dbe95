package stored

import "github.com/sales-exporter/sales_exporter/internal/record"

// Name is a label that one record of a numbered kind has and no other one gets.
type Name struct {
	Kind record.Name
	// Label is what the record is shown as, Base what it would be without its number, both in the form in which labels
	// are compared.
	Label string
	Base  string
	ID    string
	// Number is 0 for who came to the label first, 2 for the next one.
	Number int
	// Latest says that it is the label that the record had last.
	Latest bool
	// Held says that this reading of the account has met the record under it.
	Held bool
	// Said holds the columns that the CRM may leave out, as it said them last.
	Said Copy
}

// NameKey is a record and its label without a number.
type NameKey struct{ ID, Base string }

// Key returns what a name is found by when its record is read again.
func (n *Name) Key() NameKey { return NameKey{n.ID, n.Base} }
