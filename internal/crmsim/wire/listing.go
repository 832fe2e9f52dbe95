package wire

// Listing says how the list of a kind goes wrong without an error. The zero value is a list that is right.
type Listing struct {
	// EndsAfter is the number of records after which the list ends as if it were whole; 0 is never.
	EndsAfter int
	// Repeats is how many records each later page shows again from the page before.
	Repeats int
	// Size is the most new records that a page holds, whatever the caller asks for; 0 is the vendor's limit. Short pages
	// are legal: it is the caller who takes one for the end that goes wrong.
	Size int
}

// Page returns which records of a list a page holds that would begin at start and hold at most size, and whether more
// follow. total is the length of the list.
func (l Listing) Page(start, size, total int) (from, to int, more bool) {
	if l.EndsAfter > 0 {
		total = min(total, l.EndsAfter)
	}
	if l.Size > 0 {
		size = min(size, l.Size)
	}
	from = min(start, total)
	to = min(from+size, total)
	return max(0, from-l.Repeats), to, to < total
}
