package hubspot

import (
	"context"

	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
)

// asked is a page that was asked for. Each one is asked for as soon as the page before it came, so that it is under way
// while that page is decoded and committed and the companies of its deals are read. The cursor knows nothing of it: it
// moves with the commits.
type asked struct {
	done   chan struct{}
	answer api.Page
	err    error
}

// ask asks for the page of a listing behind a token.
func (r *run) ask(ctx context.Context, l listing, after string) *asked {
	a := &asked{done: make(chan struct{})}
	go func() {
		defer close(a.done)
		a.answer, a.err = r.api.List(ctx, r.object.Name, l.archived, l.properties, after)
	}()
	return a
}

// wait returns the page when it is there.
func (a *asked) wait() (api.Page, error) {
	<-a.done
	return a.answer, a.err
}
