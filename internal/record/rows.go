package record

import "slices"

// List is the records of one kind in a batch.
type List interface {
	// Kind returns what the records are.
	Kind() Kind
	// Len returns how many there are.
	Len() int
	// Head returns the head of one of them.
	Head(i int) *Head
	// AppendContent appends the encoded columns of one of them.
	AppendContent(content []byte, i int) []byte
	// Text returns one of them for people, in the order of Kind.Columns.
	Text(i int) []string
	// Row returns the pointer to one of them, by which a test knows its struct.
	Row(i int) any
	// At returns the pointers to the values of one of them, in the order of Kind.Layout.
	At(i int) []any
	// Pick returns some of them in a new list.
	Pick(indices []int) List
	// Unsaid reports whether the CRM left out a column of one of them that the stored record may have.
	Unsaid(i int) bool
	// TakeUnsaid gives one of them the columns that the CRM left out, of the first record of another list of its kind.
	TakeUnsaid(i int, stored List)
	// Label returns what one of them would be shown as with a number, in the form in which labels are compared; "" in a
	// kind that is not numbered.
	Label(i, number int) string
	// SetNumber gives one of them its number.
	SetNumber(i, number int)
	// join returns the list with another one of its kind behind it.
	join(List) List
}

// Rows are records by kind.
type Rows []List

// Of returns the list of a kind; it is empty where there is none.
func (rows Rows) Of(k Kind) List {
	all := k.none()
	for _, l := range rows {
		if l.Kind().Name() == k.Name() {
			all = all.join(l)
		}
	}
	return all
}

// Len returns how many records there are of all kinds.
func (rows Rows) Len() int {
	n := 0
	for _, l := range rows {
		n += l.Len()
	}
	return n
}

// Of returns a list of records.
func (k *Typed[R]) Of(rows ...R) List { return &list[R]{kind: k, rows: rows} }

// In returns the records of the kind.
func (k *Typed[R]) In(rows Rows) []R { return rows.Of(k).(*list[R]).rows }

// Append adds records of the kind. A copy of the rows that was taken before stays as it is.
func (k *Typed[R]) Append(rows *Rows, more ...R) {
	k.Set(rows, append(k.In(*rows), more...)...)
}

// Set puts records in the place of all of the kind. A copy of the rows that was taken before stays as it is.
func (k *Typed[R]) Set(rows *Rows, records ...R) {
	set := make(Rows, 0, len(*rows)+1)
	for _, l := range *rows {
		if l.Kind().Name() != k.name {
			set = append(set, l)
		}
	}
	*rows = append(set, k.Of(records...))
}

// list is the records R of a batch.
type list[R any] struct {
	kind *Typed[R]
	rows []R
}

func (l *list[R]) Kind() Kind { return l.kind }

func (l *list[R]) Len() int { return len(l.rows) }

func (l *list[R]) Head(i int) *Head { return l.kind.head(&l.rows[i]) }

func (l *list[R]) Row(i int) any { return &l.rows[i] }

func (l *list[R]) AppendContent(content []byte, i int) []byte {
	for _, c := range l.kind.columns {
		content = c.encode(content, &l.rows[i])
	}
	return content
}

func (l *list[R]) Text(i int) []string {
	head := l.kind.head(&l.rows[i])
	texts := []string{head.ID, versionText(head.Version)}
	for _, c := range l.kind.columns {
		texts = append(texts, c.text(&l.rows[i]))
	}
	return texts
}

func (l *list[R]) At(i int) []any {
	pointers := make([]any, 0, len(l.kind.columns))
	for _, c := range l.kind.columns {
		pointers = append(pointers, c.at(&l.rows[i]))
	}
	return pointers
}

func (l *list[R]) Pick(indices []int) List {
	rows := make([]R, 0, len(indices))
	for _, i := range indices {
		rows = append(rows, l.rows[i])
	}
	return &list[R]{kind: l.kind, rows: rows}
}

func (l *list[R]) Unsaid(i int) bool {
	for _, c := range l.kind.columns {
		if c.unsaid != nil && c.unsaid(&l.rows[i]) {
			return true
		}
	}
	return false
}

func (l *list[R]) TakeUnsaid(i int, stored List) {
	from := &stored.(*list[R]).rows[0]
	for _, c := range l.kind.columns {
		if c.unsaid != nil && c.unsaid(&l.rows[i]) {
			c.take(&l.rows[i], from)
		}
	}
}

func (l *list[R]) Label(i, number int) string {
	if l.kind.label == nil {
		return ""
	}
	return l.kind.label(&l.rows[i], number)
}

func (l *list[R]) SetNumber(i, number int) {
	if l.kind.number != nil {
		*l.kind.number(&l.rows[i]) = number
	}
}

func (l *list[R]) join(other List) List {
	o := other.(*list[R])
	if len(l.rows) == 0 {
		return o
	}
	return &list[R]{kind: l.kind, rows: append(slices.Clip(l.rows), o.rows...)}
}
