package stored

import (
	"bytes"
	"maps"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Progress is where a stream stands.
type Progress struct {
	// Role is what the generation is to its stream, and KeptSince when it ceased to be the one at work.
	Role      Role
	KeptSince int64
	// Claim is what the records are said to say.
	Claim  Claim
	Cursor []byte
	// FinishedCursor is that of the last Finish.
	FinishedCursor []byte
	// Pass is the newest full pass, Commits how many there were under this identity.
	Pass    int64
	Commits int64
	// Revision is that of the last commit that changed something, Finished that of the picture of the last Finish.
	Revision int64
	Finished int64
	// CompletedAt is when the last Finish was, in milliseconds since 1970; 0 before the first.
	CompletedAt int64
	// Tidied is the revision up to which nothing is kept that only an earlier picture needed.
	Tidied int64
	// Account is what the account says of itself, AccountBefore what it said at the last Finish, which counts while
	// AccountRevision is newer than that.
	Account         record.AccountIdentity
	AccountBefore   record.AccountIdentity
	AccountRevision int64
	// Counts are those of the last commit, Picture those of the last Finish.
	Counts  Counts
	Picture Counts
}

// Counts are the counts of a stream by kind.
type Counts map[record.Name]Count

// Count counts the records of one kind.
type Count struct {
	// Live counts the records that readers see, Newest is the newest version among them.
	Live   int   `json:"live,omitempty"`
	Newest int64 `json:"newest,omitempty"`
	// Hidden counts the stored records that are in quarantine.
	Hidden int `json:"hidden,omitempty"`
	// Gone counts the tombstones, Merged those that say where the record went.
	Gone   int `json:"gone,omitempty"`
	Merged int `json:"merged,omitempty"`
	// Names counts the labels that were given.
	Names       int                   `json:"names,omitempty"`
	Quarantined map[record.Reason]int `json:"quarantined,omitempty"`
}

// AddQuarantined counts so many more records that could not be read for a reason.
func (c *Count) AddQuarantined(reason record.Reason, n int) {
	if c.Quarantined == nil {
		c.Quarantined = map[record.Reason]int{}
	}
	if c.Quarantined[reason] += n; c.Quarantined[reason] == 0 {
		delete(c.Quarantined, reason)
	}
}

// Clone returns a copy that shares nothing.
func (c Counts) Clone() Counts {
	clone := maps.Clone(c)
	for kind, count := range clone {
		count.Quarantined = maps.Clone(count.Quarantined)
		clone[kind] = count
	}
	return clone
}

// Untidy reports whether something may be kept that only an earlier picture needed.
func (p *Progress) Untidy() bool { return p.Tidied < p.Finished }

// Completed reports whether a cycle has ended.
func (p *Progress) Completed() bool { return p.CompletedAt != 0 }

// State returns what a store tells of the generation, as one that is served. It counts the kinds that the program knows.
func (p *Progress) State(kinds []record.Kind) mirror.State {
	if p.Commits == 0 && !p.Completed() {
		return mirror.State{}
	}
	state := mirror.State{
		Cursor: bytes.Clone(p.Cursor), FinishedCursor: bytes.Clone(p.FinishedCursor), Complete: p.Completed(),
		Records: map[record.Name]int{}, Watermark: map[record.Name]int64{},
		Quarantined: map[record.Name]map[record.Reason]int{},
		Account:     p.Account, Pending: p.Claim.Pending(),
	}
	counts := p.Counts
	if p.Completed() {
		counts = p.Picture
		state.CompletedAt = time.UnixMilli(p.CompletedAt).UTC()
	}
	for _, k := range kinds {
		count := counts[k.Name()]
		state.Records[k.Name()] = count.Live
		if count.Live > 0 {
			state.Watermark[k.Name()] = count.Newest
		}
		if len(count.Quarantined) > 0 {
			state.Quarantined[k.Name()] = maps.Clone(count.Quarantined)
		}
	}
	return state
}

// Served returns the revision of the picture that readers get, 0 before the first Finish.
func (p *Progress) Served() mirror.Revision {
	if !p.Completed() {
		return 0
	}
	return mirror.Revision(p.Finished)
}

// Shown returns what the account said of itself at the last Finish, and the revision at which it said so.
func (p *Progress) Shown() (account record.AccountIdentity, revision int64) {
	if p.AccountRevision > p.Finished {
		return p.AccountBefore, p.Finished
	}
	return p.Account, p.AccountRevision
}

// Finish ends a cycle at a cursor.
func (p *Progress) Finish(cursor []byte, now time.Time) {
	p.Claim = p.Claim.Finished()
	p.Cursor, p.FinishedCursor = cursor, cursor
	p.Finished = p.Revision
	p.CompletedAt = now.UnixMilli()
	p.Picture = p.Counts.Clone()
}

// Take takes over what a batch says of its account and reports whether that is news. It refuses another account.
func (p *Progress) Take(account record.AccountIdentity) (news bool, err error) {
	pinned := p.Account.ID
	if account.ID == "" {
		account.ID = pinned
	}
	if pinned != "" && account.ID != pinned {
		return false, &mirror.AccountError{Pinned: pinned, Got: account.ID}
	}
	if account == p.Account {
		return false, nil
	}
	if p.AccountRevision <= p.Finished {
		p.AccountBefore = p.Account
	}
	p.Account = account
	return true, nil
}

// Bump returns the revision that rows get which this commit changes. Before the first Finish it is 0: nobody can have
// read the stream, so nobody will ask what changed.
func (p *Progress) Bump() int64 {
	if !p.Completed() {
		return 0
	}
	return p.Revision + 1
}
