package source

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/record"
)

// accountAge is how long an account that was read counts as known.
const accountAge = time.Hour

// ReadAccount reads the account's identity. It returns nil where the credential may not read it.
type ReadAccount func(context.Context) (*record.AccountIdentity, error)

// AccountWatch knows whose records a connector reads. A credential is a file that somebody may replace at any time, so
// the account is read again whenever the credential is another one, and before a page that the new one read is handed
// over: records of two accounts must not meet in one mirror.
type AccountWatch struct {
	environment Environment
	stated      string
	read        ReadAccount
	warned      map[string]bool

	account *record.AccountIdentity // nil before the first reading, and where it cannot be read
	readAt  time.Time               // the zero time before the first reading
	vouched int                     // the credential that the account was read with, by its number
	pinned  string                  // id of the account whose records the mirror holds, "" where it was never told
	// compared are the streams of which the mirror has taken the account for that of its records.
	compared map[string]bool

	mu         sync.Mutex
	credential [sha256.Size]byte
	number     int // counts the credentials that were used
}

// NewAccountWatch returns the watch of a connector. stated is the account's id by the configuration, or "".
func NewAccountWatch(stated string, env Environment, read ReadAccount) *AccountWatch {
	if env.Now == nil {
		env.Now = time.Now
	}
	return &AccountWatch{environment: env, stated: stated, read: read, warned: map[string]bool{}, compared: map[string]bool{}}
}

// Use notes what a call is made with, or what a login says of the account. It is safe for concurrent use.
func (w *AccountWatch) Use(credential string) {
	sum := sha256.Sum256([]byte(credential))
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.number == 0 || sum != w.credential {
		w.credential = sum
		w.number++
	}
}

func (w *AccountWatch) used() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.number
}

// Account returns the account that was read last, nil where none is known.
func (w *AccountWatch) Account() *record.AccountIdentity { return w.account }

// Identify reads the account where it is not known, is known for an hour, or the credential is another one, and has the
// mirror compare it with that of the stream's records. A Sync begins with it, before it reads anything else, and ends
// with it: the cursor of an empty answer of another account must not be kept. cursor is where the Sync stands.
func (w *AccountWatch) Identify(ctx context.Context, stream string, cursor Cursor, sink Sink) error {
	age := w.environment.Now().Sub(w.readAt)
	known := !w.readAt.IsZero() && age >= 0 && age < accountAge && w.used() == w.vouched
	if known && w.compared[stream] {
		return nil
	}
	if pinned, ok := sink.(Pinned); ok {
		w.pinned = pinned.AccountID()
	}
	if !known {
		if err := w.refresh(ctx); err != nil {
			return err
		}
	}
	if w.account != nil {
		if err := sink.Commit(ctx, record.Batch{Account: w.account, Cursor: cursor}); err != nil {
			w.readAt = time.Time{} // It is asked again: only a call shows that the credential is another one by then.
			return err
		}
	}
	w.compared[stream] = true
	return nil
}

// Vouch returns the account that a page was read from. It is called after the page was read and before it is handed
// over.
func (w *AccountWatch) Vouch(ctx context.Context) (*record.AccountIdentity, error) {
	before := w.vouched
	if w.used() == before {
		return w.account, nil
	}
	if err := w.refresh(ctx); err != nil {
		return nil, err
	}
	w.readAt = time.Time{} // The mirror may refuse the page, and then only a call shows that the credential is put back.
	if w.vouched > before+1 {
		// A credential in between may have read the page, and nobody knows whose that was.
		return nil, Errorf(ReasonConfig, "the credential changed more than once during a page; "+
			"the page is dropped, and the next sync reads it again")
	}
	return w.account, nil
}

func (w *AccountWatch) refresh(ctx context.Context) error {
	clear(w.compared)
	account, err := w.read(ctx)
	if err != nil {
		return err
	}
	tells, known := account != nil && account.ID != "", w.account != nil && w.account.ID != ""
	used := w.used() // the credential of the answer is the last one
	if err := w.checkStated(account); err != nil {
		return err
	}
	switch {
	case tells:
		w.account = account
		w.compare(*account)
	case known && used != w.vouched:
		return unproven("the credential is not the one of account %s, and the id of its own account cannot be read",
			w.account.ID)
	case !known && w.pinned != "":
		// A new process does not know with which credential the account was read.
		return unproven("the records are those of account %s, and the id of the credential's account cannot be read",
			w.pinned)
	case !known && w.vouched != 0 && used != w.vouched:
		return unproven("the credential has changed, and the id of its account cannot be read")
	case !known:
		w.account = account // It may say something else of itself.
		w.warnOnce("the account's id cannot be read; whether it is the account of the last sync cannot be checked")
	}
	w.vouched, w.readAt = used, w.environment.Now()
	return nil
}

// unproven is the error of a credential whose account may be another one.
func unproven(format string, args ...any) error {
	e := Errorf(ReasonConfig, format, args...)
	e.Hint = "let the credential read the account's details; until then the previous numbers are kept"
	return e
}

// Check reads the account for a Report.
func (w *AccountWatch) Check(ctx context.Context, report *Report) error {
	account, err := w.read(ctx)
	if err != nil {
		return err
	}
	if account != nil {
		report.Account, report.Differences = account, w.environment.Differences(*account)
	}
	return w.checkStated(account)
}

// checkStated refuses an account that is not the one that the configuration states.
func (w *AccountWatch) checkStated(account *record.AccountIdentity) error {
	switch {
	case w.stated == "" || account != nil && account.ID == w.stated:
		return nil
	case account == nil:
		return &Error{
			Reason: ReasonConfig,
			Err:    fmt.Errorf("the configuration sets account %s, but the id of the account cannot be read", w.stated),
			Hint:   "let the credential read the account's details, or remove account from the source",
		}
	}
	return &Error{
		Reason: ReasonConfig,
		Err: fmt.Errorf("the credential belongs to account %s, but the configuration sets account %s; no data of "+
			"account %s is taken over", account.ID, w.stated, account.ID),
		Hint: fmt.Sprintf("restore the credential of account %s, or set account: %q at the source to read that "+
			"account; its mirror is then rebuilt", w.stated, account.ID),
	}
}

// compare warns once of each way in which the account differs from the configuration.
func (w *AccountWatch) compare(account record.AccountIdentity) {
	for _, difference := range w.environment.Differences(account) {
		w.warnOnce(difference)
	}
}

func (w *AccountWatch) warnOnce(what string) {
	if !w.warned[what] && w.environment.Logger != nil {
		w.environment.Logger.Warn(what) //nolint:sloglint // A sentence of Differences; it holds what to change.
	}
	w.warned[what] = true
}

// Differences says in which ways an account's calendar is another than the configured one. Numbers are then right by
// the configuration and differ from those on the account's own screens.
func (e Environment) Differences(account record.AccountIdentity) []string {
	var differences []string
	location := e.zone()
	if zone := account.TimeZone; zone != "" {
		theirs, err := time.LoadLocation(zone)
		switch {
		case err != nil:
			differences = append(differences, fmt.Sprintf("the account's time zone %q is unknown here; it is not "+
				"compared with the configured %s", zone, location))
		case !e.sameTime(location, theirs):
			differences = append(differences, fmt.Sprintf("the account's time zone is %s and the configured one %s: days, "+
				"months and quarters begin at other times than in the CRM; set timezone: %s to follow "+
				"the account", zone, location, zone))
		}
	}
	if theirs := time.Month(account.FiscalYearStart); theirs >= time.January && theirs <= time.December &&
		e.FiscalYearStart != 0 && theirs != e.FiscalYearStart {
		differences = append(differences, fmt.Sprintf("the account's fiscal year begins in %s and the configured one in "+
			"%s: quarters and years differ from those in the CRM; set fiscal_year_start_month: %d to "+
			"follow the account", theirs, e.FiscalYearStart, theirs))
	}
	return differences
}

// sameTime reports whether two zones show the same clock in the present and the previous fiscal year. Names do not
// tell: Europe/Vienna is another name than Europe/Berlin and the same time.
func (e Environment) sameTime(a, b *time.Location) bool {
	now := time.Now
	if e.Now != nil {
		now = e.Now
	}
	start := max(e.FiscalYearStart, time.January)
	year, month, _ := now().UTC().Date()
	if month < start {
		year--
	}
	end := time.Date(year+1, start, 1, 0, 0, 0, 0, time.UTC)
	for at := time.Date(year-1, start, 1, 0, 0, 0, 0, time.UTC); at.Before(end); at = at.Add(time.Hour) {
		_, ours := at.In(a).Zone()
		_, theirs := at.In(b).Zone()
		if ours != theirs {
			return false
		}
	}
	return true
}

// zone returns the reporting time zone.
func (e *Environment) zone() *time.Location {
	if e.Location == nil {
		return time.UTC
	}
	return e.Location
}
