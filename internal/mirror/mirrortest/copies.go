package mirrortest

import (
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// testCopies: a page that speaks of one id twice is one change, and no change again.
func testCopies(t *testing.T, open func(t *testing.T) mirror.Store) {
	quarantined := func(id string, version int64, raw string) record.Quarantined {
		return record.Quarantined{Kind: crm.Deals.Name(), ID: id, Version: version, Reason: record.BadAmount, Raw: []byte(raw)}
	}
	for name, test := range map[string]struct {
		batch record.Batch
		live  []string
	}{
		"the last of equally new ones":       {deals(deal("a", 5), edited("a", 5)), []string{"a@5*"}},
		"the newest, whatever its place":     {deals(deal("a", 6), edited("a", 5)), []string{"a@6"}},
		"three copies":                       {deals(deal("a", 5), edited("a", 5), deal("a", 5)), []string{"a@5"}},
		"the same copy twice":                {deals(deal("a", 5), deal("a", 5)), []string{"a@5"}},
		"beside another id":                  {deals(deal("a", 5), edited("b", 1), edited("a", 7)), []string{"a@7*", "b@1*"}},
		"a full pass":                        {in(3, deals(edited("a", 5), deal("a", 5))), []string{"a@5"}},
		"a stage":                            {record.Batch{Rows: record.Rows{crm.Stages.Of(crm.Stage{Head: record.Head{ID: "s"}, Label: "x"}, crm.Stage{Head: record.Head{ID: "s"}, Label: "y"})}}, []string{}},
		"a rep":                              {reps("1", "Ann", "1", "Bea", "2", "Ann"), []string{}},
		"an account":                         {record.Batch{Rows: record.Rows{crm.Accounts.Of(crm.Account{Head: record.Head{ID: "1", Version: 2}}, crm.Account{Head: record.Head{ID: "1", Version: 1}})}}, []string{}},
		"merged into two":                    {both(merged("a", 0, "b"), merged("a", 0, "c")), []string{}},
		"merged, and deleted":                {both(merged("a", 0, "b"), gone("a", 3)), []string{}},
		"unreadable in two ways":             {record.Batch{Quarantined: []record.Quarantined{quarantined("a", 4, "x"), quarantined("a", 4, "y")}}, []string{}},
		"unreadable now and in an old state": {record.Batch{Quarantined: []record.Quarantined{quarantined("a", 0, "x"), quarantined("a", 4, "y")}}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			first := total(mustCommit(t, s, source, test.batch))
			picture, before := LoadPicture(t, s, source)
			if diff := Diff(test.live, spell(picture)); diff != "" {
				t.Errorf("live deals (-want +got):\n%s", diff)
			}
			again := total(mustCommit(t, s, source, test.batch))
			_, after := LoadPicture(t, s, source)
			if after != before {
				t.Errorf("the same batch again moved the revision from %d to %d", before, after)
			}
			sum := 0
			for _, n := range first {
				sum += n
			}
			if want := map[mirror.Operation]int{mirror.Unchanged: sum}; Diff(want, again) != "" {
				t.Errorf("first %v, then %v", first, again)
			}
		})
	}
}

// testUnreadAccounts holds case C9: a link that the CRM did not tell is not a link that is gone.
func testUnreadAccounts(t *testing.T, open func(t *testing.T) mirror.Store) {
	linked := func(version int64, account string, unread bool) record.Batch {
		d := deal("a", version)
		d.Account, d.AccountUnread = account, unread
		return deals(d)
	}
	for name, test := range map[string]struct {
		batches []record.Batch
		want    string
	}{
		"a known link stays":            {[]record.Batch{linked(1, "x", false), linked(2, "", true)}, "x"},
		"of the same version too":       {[]record.Batch{linked(1, "x", false), linked(1, "", true)}, "x"},
		"twice":                         {[]record.Batch{linked(1, "x", false), linked(2, "", true), linked(3, "", true)}, "x"},
		"no link is a fact":             {[]record.Batch{linked(1, "x", false), linked(2, "", false)}, ""},
		"none was known":                {[]record.Batch{linked(1, "", true)}, ""},
		"it is told later":              {[]record.Batch{linked(1, "", true), linked(1, "x", false)}, "x"},
		"an old copy changes nothing":   {[]record.Batch{linked(5, "x", false), linked(4, "y", false), linked(3, "", true)}, "x"},
		"of a deal that was gone":       {[]record.Batch{linked(1, "x", false), gone("a", 2), linked(3, "", true)}, ""},
		"of a deal that was unreadable": {[]record.Batch{linked(1, "x", false), unreadable("a", 2), linked(3, "", true)}, "x"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			for _, batch := range test.batches {
				mustCommit(t, s, source, batch)
			}
			picture, _ := LoadPicture(t, s, source)
			if got, _ := picture.Records[Key{crm.Deals.Name(), "a"}].(crm.Deal); got.Account != test.want || got.AccountUnread {
				t.Errorf("got %+v, want account %q", got, test.want)
			}
		})
	}
}
