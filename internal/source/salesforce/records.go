package salesforce

import (
	"encoding/json"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// place is where a record stands in the order of a query.
type place struct {
	stamp int64
	id    string // as received: it is compared by the org, never here
}

// page is a decoded page of records.
type page struct {
	batch record.Batch
	// last is the last record whose place can be read; the zero place where there is none.
	last place
}

// head is what every mirrored record has.
type head struct {
	id      string
	version int64
}

// decode reads the records of a page. One that cannot be read is quarantined and spoils no other.
func (o *object) decode(rows []json.RawMessage) (page, error) {
	var p page
	err := eachRecord(o.kind, rows, &p.batch, func(f *fields) head {
		h := head{version: f.instant("SystemModstamp").Milli()}
		id, ok := source.LongRecordID(f.text("Id"))
		if !ok {
			f.fault = source.Fault{Reason: record.BadID, Place: "Id", Value: f.text("Id")}
			return h
		}
		h.id = id
		if h.version == 0 {
			f.failAt(record.BadDate, "SystemModstamp")
			return h
		}
		p.last = place{stamp: h.version, id: f.text("Id")}
		o.readRecord(f, h, &p)
		return h
	})
	return p, err
}

// readRecord reads a record whose head could be read.
func (o *object) readRecord(f *fields, h head, p *page) {
	deleted := f.flag("IsDeleted", record.BadShape)
	switch {
	case f.failed():
	case deleted:
		p.batch.Removals = append(p.batch.Removals, o.removal(f, h))
	default:
		o.read(o, f, record.Head{ID: h.id, Version: h.version, Dimensions: f.dimensions(o.mapped)}, &p.batch.Rows)
	}
}

// removal reads a deleted record. Nothing else of it is looked at: Salesforce nulls some fields on deletion.
func (o *object) removal(f *fields, h head) record.Removal {
	removal := record.Removal{Kind: o.kind, ID: h.id, Reason: record.RemovedDeleted, Version: h.version}
	if survivor, ok := source.LongRecordID(f.text("MasterRecordId")); ok {
		removal.Reason, removal.MergedInto = record.RemovedMerged, survivor
	}
	return removal
}

// readDeal reads a live opportunity. Its outcome is its own: stages are shared by all record types and may be renamed.
func readDeal(o *object, f *fields, h record.Head) crm.Deal {
	d := crm.Deal{
		Head:     h,
		Pipeline: f.reference("RecordTypeId"), Stage: value.CleanLabel(f.text("StageName")),
		Rep: f.reference("OwnerId"), Account: f.reference("AccountId"),
		Probability:  f.percent("Probability"),
		Created:      f.instant("CreatedDate"),
		Closed:       f.date("CloseDate"),
		StageEntered: f.instant("LastStageChangeDate"),
		Name:         f.text("Name"),
	}
	d.ForecastCategory = f.forecastCategory()
	d.Amount, d.AmountKnown = f.money(o.amount.field)
	d.Currency = o.amount.currency(f)
	if d.Pipeline == masterRecordType {
		d.Pipeline = ""
	}
	if d.Stage == "" {
		f.failAt(record.BadStage, "StageName")
	}
	won, closed := f.flag("IsWon", record.BadOutcome), f.flag("IsClosed", record.BadOutcome)
	switch {
	case won:
		d.Outcome = crm.OutcomeWon
	case closed:
		d.Outcome = crm.OutcomeLost
	default:
		d.Outcome = crm.OutcomeOpen
	}
	return d
}

// dimensions returns the mapped label values that the record has.
func (f *fields) dimensions(mapped []dimension) value.Dimensions {
	var dimensions value.Dimensions
	for _, d := range mapped {
		label := source.MapValue(d.mapping, f.text(d.path))
		if label == "" {
			continue
		}
		if dimensions == nil {
			dimensions = value.Dimensions{}
		}
		dimensions[d.name] = label
	}
	return dimensions
}

const (
	// A page with many unreadable records is not a page of bad records, but one that we do not understand.
	minForVerdict = 10
	maxBadShare   = 0.5
)

// eachRecord hands every record to read, which adds it to the batch, and quarantines those that it could not read.
func eachRecord(kind record.Name, rows []json.RawMessage, batch *record.Batch, read func(*fields) head) error {
	bad := 0
	for _, raw := range rows {
		f := parseFields(raw)
		h := head{}
		if !f.failed() {
			h = read(f)
		}
		if f.failed() {
			bad++
			batch.Quarantined = append(batch.Quarantined, f.fault.Quarantine(kind, h.id, h.version, raw))
		}
	}
	if len(rows) >= minForVerdict && float64(bad) > maxBadShare*float64(len(rows)) {
		return source.Errorf(source.ReasonDecode, "%d of %d %s of a page cannot be read", bad, len(rows), kind)
	}
	return nil
}
