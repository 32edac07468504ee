package aiueo

import (
	"math"
	"runtime"
	"sync"
)

// findColumns finds where results lie, once.
func (r *rowCore) findColumns() error {
	described, err := r.plan.known()
	if err != nil {
		return err
	}
	all := described.Columns
	if r.options.Detail {
		all = append(append([]ColumnDescription(nil), all...), described.DetailColumns...)
	}
	for _, one := range all {
		if one.Type == "text" || one.Type == "date" || one.Type == "flag" {
			continue // the customer, the date; whether overall is NaN
		}
		values, kind, err := r.scores.find(one.Name)
		if err != nil {
			return err
		}
		found := cell{names: one.Names}
		switch kind {
		case TypeFloat64:
			found.number = (*float64)(values)
		case TypeInt16:
			found.level = (*int16)(values)
		case TypeUint8:
			found.small = (*uint8)(values)
		case TypeUint16:
			found.count = (*uint16)(values)
		}
		r.columns[one.Name] = found
	}
	return nil
}

// Score scores the row as it is set. Results are read by the methods below, until the next Score.
func (r *Row) Score() error {
	if err := r.ready(); err != nil {
		return err
	}
	err := r.plan.scoreWith(r.call, r.batch.c, 0, 1, r.scores.c)
	runtime.KeepAlive(r)
	return err
}

// Axis is the axis's score, 0..100; NaN: insufficient, or not in use.
func (r *Row) Axis(a Axis) float64 {
	if a < 0 || a >= axes {
		return math.NaN()
	}
	return r.read(r.scores.axes[a])
}

// Overall is the overall score, 0..100; NaN: insufficient.
func (r *Row) Overall() float64 { return r.read(r.scores.overall) }

func (r *Row) read(value *float64) float64 {
	if value == nil || r.closed.Load() {
		return math.NaN()
	}
	out := *value
	runtime.KeepAlive(r)
	return out
}

// Number is a result by its name in the scores table, as in [Scores.Numbers] (and the counts of
// [Scores.Counts]); NaN too if there is none of that name.
func (r *Row) Number(name string) float64 {
	found := r.columns[name]
	if found.count != nil && !r.closed.Load() {
		out := float64(*found.count)
		runtime.KeepAlive(r)
		return out
	}
	return r.read(found.number)
}

// Level is a level by its name in the scores table, as in [Scores.Levels]; empty if the row has
// none, or there is none of that name.
func (r *Row) Level(name string) string {
	found := r.columns[name]
	if r.closed.Load() {
		return ""
	}
	code := -1
	switch {
	case found.level != nil:
		code = int(*found.level)
	case found.small != nil:
		code = int(*found.small)
	}
	runtime.KeepAlive(r)
	if code < 0 || code >= len(found.names) {
		return ""
	}
	return found.names[code]
}

// Explain says why the row's scores are what they are.
func (r *Row) Explain() (*Explanation, error) {
	out, err := r.ExplainJSON()
	if err != nil {
		return nil, err
	}
	return decode[Explanation](out)
}

// ExplainJSON is [Row.Explain] as the library's JSON.
func (r *Row) ExplainJSON() ([]byte, error) {
	if err := r.ready(); err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(r)
	return r.plan.explain(r.batch, 0)
}

// Gap says what the row lacks for the rung target of a ladder; with an empty target, for the next.
func (r *Row) Gap(ladder, target string) (*Gap, error) {
	out, err := r.GapJSON(ladder, target)
	if err != nil {
		return nil, err
	}
	return decode[Gap](out)
}

// GapJSON is [Row.Gap] as the library's JSON.
func (r *Row) GapJSON(ladder, target string) ([]byte, error) {
	if err := r.ready(); err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(r)
	return r.plan.gap(r.batch, 0, ladder, target)
}

// RowPool keeps rows of one plan for the goroutines of a service. What Get gives is like new: no
// value, no customer, no date.
type RowPool struct {
	plan    *Plan
	options RowOptions
	most    int
	mutex   sync.Mutex
	idle    []*Row
	closed  bool
}

// NewRowPool makes a pool that keeps at most so many idle rows. options may be nil.
func (p *Plan) NewRowPool(options *RowOptions, idle int) *RowPool {
	pool := &RowPool{plan: p, most: idle}
	if options != nil {
		pool.options = *options
	}
	return pool
}

// Get is an idle row, reset, or a new one. Give it back with Put.
func (p *RowPool) Get() (*Row, error) {
	p.mutex.Lock()
	for n := len(p.idle); n > 0; n = len(p.idle) {
		row := p.idle[n-1]
		p.idle = p.idle[:n-1]
		if row.closed.Load() {
			continue // by the one who put it back
		}
		p.mutex.Unlock()
		row.pooled.Store(false)
		row.Reset()
		row.asOf = NoDate
		return row, nil
	}
	closed := p.closed
	p.mutex.Unlock()
	if closed {
		return nil, ErrClosed
	}
	return p.plan.NewRow(&p.options)
}

// Put gives a row back. What it was given is forgotten with the next Get. After the pool's Close it
// closes the row. It does nothing with nil, a row that is closed, and one that was put back already.
func (p *RowPool) Put(row *Row) {
	if row == nil || row.rowCore == nil || row.closed.Load() || row.pooled.Swap(true) {
		return
	}
	p.mutex.Lock()
	if !p.closed && len(p.idle) < p.most {
		p.idle = append(p.idle, row)
		p.mutex.Unlock()
		return
	}
	p.mutex.Unlock()
	row.Close()
}

// Close closes the idle rows, and rows in use when they are put back. It returns nil.
func (p *RowPool) Close() error {
	p.mutex.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mutex.Unlock()
	for _, row := range idle {
		row.Close()
	}
	return nil
}
