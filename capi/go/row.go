package aiueo

// #include "shim.h"
import "C"

import (
	"fmt"
	"math"
	"runtime"
	"sync/atomic"
	"unsafe"
)

// RowOptions are optional; the zero value (or nil) is all defaults.
type RowOptions struct {
	// Initiatives, finished, for models that count them.
	Initiatives *Initiatives
	// Detail and NoOverrides as in [ScoresOptions].
	Detail      bool
	NoOverrides bool
}

const (
	mostWords = 4096 // texts a row remembers before its memory is made anew
	mostKey   = 4096 // bytes of a customer's key
)

// Row scores one customer at a time: for a request. Made once and used again; setting values and
// scoring allocate nothing, and only Score crosses into C. A row belongs to one goroutine at a time;
// see [RowPool].
//
//	row.Reset()
//	row.SetNumber(logins, 12)
//	row.SetText(plan, "trial")
//	row.SetAsOf(today)
//	if err := row.Score(); err != nil { … }
//	u := row.Axis(aiueo.Utilization)
type Row struct{ *rowCore }

type rowCore struct {
	handle
	plan    *planCore
	options RowOptions
	batch   *batchCore
	scores  *scoresCore
	slots   []slot // by number of the metric
	key     *[mostKey]byte
	offsets *[2]int64
	asOf    Date        // of the row
	dated   Date        // of the batch, which keeps the date of the request before
	pooled  atomic.Bool // idle in a pool
	worn    bool
	columns map[string]cell
	call    *call
}

// slot is where a metric's value lies: one of number, day and word, in memory of the batch.
type slot struct {
	number   *float64
	day      *Date
	known    *byte // of day
	word     *int32
	observed *Date
	dated    *byte // of observed
	kind     string
	name     string
}

// cell is where a result lies.
type cell struct {
	number *float64
	level  *int16
	small  *uint8
	count  *uint16
	names  []string
}

// NewRow makes memory for one row and its scores. options may be nil.
func (p *Plan) NewRow(options *RowOptions) (*Row, error) {
	if err := p.acquire(); err != nil {
		return nil, err
	}
	defer p.release()
	if err := p.learnNumbers(); err != nil {
		return nil, err
	}
	core := &rowCore{plan: p.planCore, asOf: NoDate, dated: NoDate, columns: map[string]cell{}, call: begin()}
	if options != nil {
		core.options = *options
	}
	if kept := core.options.Initiatives; kept != nil { // for batches made anew
		if err := kept.acquire(); err != nil {
			return nil, err
		}
	}
	if err := core.make(p); err != nil {
		if kept := core.options.Initiatives; kept != nil {
			kept.release()
		}
		return nil, err
	}
	core.handle.init(rowKind, core.destroy)
	out := &Row{core}
	runtime.SetFinalizer(out, func(r *Row) { r.abandon() })
	return out, nil
}

func (r *rowCore) make(p *Plan) (err error) {
	r.scores, err = p.newScores(1, &ScoresOptions{r.options.Detail, r.options.NoOverrides})
	if err != nil {
		return err
	}
	if err = r.findColumns(); err == nil {
		err = r.renew(p)
	}
	if err != nil {
		r.scores.close()
	}
	return err
}

func (r *rowCore) destroy() {
	r.batch.close()
	r.scores.close()
	if kept := r.options.Initiatives; kept != nil {
		kept.release()
	}
}

// Close gives the row up. It must not be in use. It returns nil.
func (r *Row) Close() error { return r.close() }

// renew makes the row's memory, or makes it anew without the texts it remembered, and without what
// was set.
func (r *rowCore) renew(p *Plan) error {
	fresh, err := r.fresh(p)
	if err == nil {
		r.adopt(fresh)
	}
	return err
}

// fresh is other memory for the same row; adopt makes it the row's own.
func (r *rowCore) fresh(p *Plan) (*rowCore, error) {
	batch, err := p.newBatch(1, &BatchOptions{MissingColumnsUnknown: true, Initiatives: r.options.Initiatives})
	if err != nil {
		return nil, err
	}
	out := &rowCore{plan: r.plan, batch: batch}
	if err := out.reserveAll(); err != nil {
		batch.close()
		return nil, err
	}
	return out, nil
}

func (r *rowCore) adopt(fresh *rowCore) {
	if r.batch != nil {
		r.batch.close()
	}
	r.batch, r.slots, r.key, r.offsets = fresh.batch, fresh.slots, fresh.key, fresh.offsets
	r.asOf, r.dated, r.worn = NoDate, NoDate, false
}

// ready is before a call that reads the row. A batch cannot give its date back: of a row that has none
// of its own, what was set goes to memory without one.
func (r *rowCore) ready() error {
	if r.closed.Load() {
		return ErrClosed
	}
	if r.asOf == r.dated {
		return nil
	}
	fresh, err := r.fresh(&Plan{r.plan})
	if err != nil {
		return err
	}
	if err := fresh.copyFrom(r); err != nil {
		fresh.batch.close()
		return err
	}
	r.adopt(fresh)
	return nil
}

// copyFrom sets all that is set in another row of the same plan, but for its date.
func (r *rowCore) copyFrom(other *rowCore) error {
	for i := range r.slots {
		to, from := &r.slots[i], &other.slots[i]
		switch {
		case to.number != nil:
			*to.number = *from.number
		case to.day != nil:
			*to.day, *to.known = *from.day, *from.known
		case to.word != nil:
			for text, id := range other.batch.words {
				if id == *from.word {
					learnt, err := r.batch.learn(text)
					if err != nil {
						return err
					}
					*to.word = learnt
				}
			}
		}
		if to.observed != nil {
			*to.observed, *to.dated = *from.observed, *from.dated
		}
	}
	*r.key, *r.offsets = *other.key, *other.offsets
	return nil
}

func (r *rowCore) reserveAll() error {
	r.key = (*[mostKey]byte)(r.batch.malloc(mostKey))
	r.offsets = (*[2]int64)(r.batch.malloc(16))
	customer := C.aiueo_column{struct_size: C.sizeof_aiueo_column, _type: C.AIUEO_TYPE_TEXT64, length: 1,
		offsets: unsafe.Pointer(r.offsets), bytes: (*C.char)(unsafe.Pointer(r.key)), bytes_size: mostKey}
	k := begin()
	if err := k.end(C.aiueo_batch_bind(r.batch.c, stringPointer("customer"), 8, &customer, &k.c.error)); err != nil {
		return err
	}
	for _, one := range r.plan.description.Metrics {
		number := r.plan.numbers[one.Name]
		if one.From != "column" || number < 0 {
			continue
		}
		for len(r.slots) <= int(number) {
			r.slots = append(r.slots, slot{})
		}
		if err := r.reserveSlot(&r.slots[number], one); err != nil {
			return err
		}
	}
	return nil
}

func (r *rowCore) reserveSlot(s *slot, of MetricDescription) error {
	s.kind, s.name = of.Type, of.Name
	kind := TypeFloat64
	switch of.Type {
	case "category":
		kind = TypeInt32
	case "date":
		kind = TypeDate32
	}
	values, known, err := r.batch.reserve(of.Name, kind)
	if err != nil {
		return err
	}
	switch kind {
	case TypeInt32:
		s.word = (*int32)(values)
	case TypeDate32:
		s.day, s.known = (*Date)(values), (*byte)(known)
	default:
		s.number = (*float64)(values)
		*s.number = math.NaN()
		*(*byte)(known) = 1
	}
	if of.MaxAgeDays != nil {
		values, known, err := r.batch.reserve(of.Name+"@", TypeDate32)
		if err != nil {
			return err
		}
		s.observed, s.dated = (*Date)(values), (*byte)(known)
	}
	return nil
}

// malloc is zeroed memory of C that is freed with the batch.
func (b *batchCore) malloc(size int) unsafe.Pointer {
	out := C.calloc(1, C.size_t(size))
	b.memory = append(b.memory, out)
	return out
}

// Reset makes the row unknown: all values, the customer; the date stays.
func (r *Row) Reset() {
	if r.closed.Load() {
		return
	}
	if r.worn {
		asOf := r.asOf
		if r.renew(&Plan{r.plan}) == nil { // else the old memory goes on
			r.SetAsOf(asOf)
			return
		}
	}
	for i := range r.slots {
		s := &r.slots[i]
		switch {
		case s.number != nil:
			*s.number = math.NaN()
		case s.word != nil:
			*s.word = -1
		case s.day != nil:
			*s.known = 0
		}
		if s.dated != nil {
			*s.dated = 0
		}
	}
	r.offsets[1] = 0
	runtime.KeepAlive(r)
}

// Metric is the number of a metric, as [Plan.Metric] gives it.
func (r *Row) Metric(name string) (Metric, error) { return r.plan.number(name) }

func (r *Row) slot(metric Metric, what string) (*slot, error) {
	if r.closed.Load() {
		return nil, ErrClosed
	}
	if int(metric) >= len(r.slots) || metric < 0 || r.slots[metric].kind == "" {
		return nil, argumentError("%d is no metric's number", metric)
	}
	s := &r.slots[metric]
	if what == "" {
		return s, nil
	}
	return nil, &Error{Code: ErrBadValue, Message: fmt.Sprintf("metric %q is a %s and cannot be set to %s", s.name, s.kind, what)}
}

// SetNumber sets a number, or money in major units; NaN is unknown. Flags take 0 and 1, dates days
// since 1970-01-01.
func (r *Row) SetNumber(metric Metric, value float64) error {
	if metric >= 0 && int(metric) < len(r.slots) && !r.closed.Load() {
		if s := &r.slots[metric]; s.number != nil {
			*s.number = value
			runtime.KeepAlive(r)
			return nil
		} else if s.day != nil {
			return r.setDays(s, value)
		}
	}
	if metric == Unread {
		return nil
	}
	return r.wrong(metric, "a number")
}

func (r *Row) setDays(s *slot, value float64) error {
	if value != value {
		*s.known = 0
		runtime.KeepAlive(r)
		return nil
	}
	if value != math.Trunc(value) || math.Abs(value) > math.MaxInt32 {
		return &Error{Code: ErrBadValue, Message: fmt.Sprintf("metric %q: %v is no number of days", s.name, value)}
	}
	*s.day, *s.known = Date(value), 1
	runtime.KeepAlive(r)
	return nil
}

func (r *Row) wrong(metric Metric, what string) error {
	_, err := r.slot(metric, what)
	return err
}

// SetFlag sets a flag.
func (r *Row) SetFlag(metric Metric, value bool) error {
	number := 0.0
	if value {
		number = 1
	}
	if metric >= 0 && int(metric) < len(r.slots) && r.slots[metric].kind != "flag" {
		return r.wrong(metric, "a flag")
	}
	return r.SetNumber(metric, number)
}

// SetDate sets a date; [NoDate] is unknown.
func (r *Row) SetDate(metric Metric, value Date) error {
	if metric >= 0 && int(metric) < len(r.slots) && !r.closed.Load() {
		if s := &r.slots[metric]; s.day != nil {
			setDate(s.day, s.known, value)
			runtime.KeepAlive(r)
			return nil
		}
	}
	if metric == Unread {
		return nil
	}
	return r.wrong(metric, "a date")
}

func setDate(day *Date, known *byte, value Date) {
	if value == NoDate {
		*known = 0
		return
	}
	*day, *known = value, 1
}

// SetText sets a category; empty is unknown. It allocates when a text is new to the row.
func (r *Row) SetText(metric Metric, value string) error {
	if metric >= 0 && int(metric) < len(r.slots) && !r.closed.Load() {
		if s := &r.slots[metric]; s.word != nil {
			return r.setWord(s, value)
		}
	}
	if metric == Unread {
		return nil
	}
	return r.wrong(metric, "a category")
}

func (r *Row) setWord(s *slot, value string) error {
	id := int32(-1)
	if value != "" {
		known, ok := r.batch.words[value]
		if !ok {
			var err error
			if known, err = r.batch.learn(value); err != nil {
				return err
			}
			r.worn = len(r.batch.words) >= mostWords
		}
		id = known
	}
	*s.word = id
	runtime.KeepAlive(r)
	return nil
}

// SetObserved says when a metric's value was observed; [NoDate] is unknown. For a metric without
// "max_age_days" it does nothing.
func (r *Row) SetObserved(metric Metric, date Date) error {
	if metric == Unread {
		return nil
	}
	s, err := r.slot(metric, "")
	if err != nil {
		return err
	}
	if s.observed != nil {
		setDate(s.observed, s.dated, date)
		runtime.KeepAlive(r)
	}
	return nil
}

// SetCustomer sets the customer's key, which metrics from initiatives and explanations need.
// ErrBadValue if it has more than 4,096 bytes.
func (r *Row) SetCustomer(key string) error {
	if r.closed.Load() {
		return ErrClosed
	}
	if len(key) > mostKey {
		return &Error{Code: ErrBadValue, Message: fmt.Sprintf("the customer's key has %d bytes; at most %d are read here", len(key), mostKey)}
	}
	r.offsets[1] = int64(copy(r.key[:], key))
	runtime.KeepAlive(r)
	return nil
}

// SetAsOf sets the date of the row. It stays until it is set again: a call into C only when it
// changes. [NoDate] is no change.
func (r *Row) SetAsOf(date Date) error {
	if r.closed.Load() {
		return ErrClosed
	}
	if date == NoDate || date == r.asOf {
		return nil
	}
	if date != r.dated {
		k := begin()
		if err := k.end(C.aiueo_batch_set_as_of(r.batch.c, C.int32_t(date), &k.c.error)); err != nil {
			return err
		}
	}
	r.asOf, r.dated = date, date
	runtime.KeepAlive(r)
	return nil
}

// AsOf is the date of the row; [NoDate] before it is set.
func (r *Row) AsOf() Date { return r.asOf }
