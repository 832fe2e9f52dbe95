package record

// Batch is one page of changes of a source. A mirror applies all of it, with its cursor, or nothing.
type Batch struct {
	// Rows are the records that were created or changed.
	Rows Rows

	Removals    []Removal
	Quarantined []Quarantined

	// Pass is the number of the full pass in which the records were read, 0 for an increment. Passes of one source
	// count upwards. A record read in a pass is alive for certain, so it clears its tombstone; a record of an
	// increment does so only if it is newer than the tombstone, because search indexes lag.
	Pass int64
	// Sweep names the kinds whose full pass ends with this batch: a record that was not seen in Pass is gone.
	Sweep []Name

	// Account is the account that the batch was read from, nil where the source has none, such as a file.
	Account *AccountIdentity

	// KeepRaw stores the records in quarantine as they were received. Without it Raw only tells records without an id
	// apart. The engine sets it, never a source.
	KeepRaw bool

	// Cursor is where the source goes on after this batch.
	Cursor []byte
}

// Empty reports whether the batch carries no records, removals or sweeps.
func (b *Batch) Empty() bool {
	return b.Rows.Len()+len(b.Removals)+len(b.Quarantined)+len(b.Sweep) == 0
}

// RemovalReason says why a record is gone.
type RemovalReason string

// The reasons of a removal.
const (
	RemovedDeleted  RemovalReason = "deleted"  // deleted or archived in the CRM
	RemovedMerged   RemovalReason = "merged"   // absorbed by another record; never comes back under its id
	RemovedVanished RemovalReason = "vanished" // not seen in a full pass
)

// Removal is the tombstone of a record.
type Removal struct {
	Kind   Name
	ID     string
	Reason RemovalReason
	// Version is when the record was removed, in milliseconds since 1970; 0 where the CRM does not say.
	Version int64
	// MergedInto is the surviving record's id, where known: what pointed to this record points there.
	MergedInto string
}

// Reason says why a record could not be read.
type Reason string

// The reasons of a quarantine, a closed set.
const (
	BadID        Reason = "id"
	BadAmount    Reason = "amount"
	BadDate      Reason = "date"
	BadOutcome   Reason = "outcome" // neither the stage nor the record says open, won or lost
	BadStage     Reason = "stage"
	BadShape     Reason = "shape"      // not the JSON or the columns that the contract promises
	BadDuplicate Reason = "duplicate"  // a second record with the same id in one listing
	BadFormula   Reason = "formula"    // a formula without a result
	BadCell      Reason = "cell_error" // #N/A and the like
)

// Quarantined is a record that could not be read. It is counted, left out of every KPI (an older good copy of it too,
// for that one is stale) and let go when a readable copy arrives.
type Quarantined struct {
	Kind    Name
	ID      string // "" where the record has none that can be read
	Version int64
	Reason  Reason
	// Place says where a person finds the value: "row 17, column amount (C17)", the name of a property; "" where the
	// whole record is meant. Value is what stood there, cut.
	Place string
	Value string
	// Raw is the record as received, cut to MaxQuarantineRaw bytes.
	Raw []byte
}

// MaxQuarantineRaw bounds what the mirror keeps of a record that could not be read, in bytes.
const MaxQuarantineRaw = 2048
