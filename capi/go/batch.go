package aiueo

// #include "shim.h"
import "C"

import (
	"runtime"
	"strings"
	"unsafe"
)

// BatchOptions are optional; the zero value (or nil) is all defaults.
type BatchOptions struct {
	// AsOf is one date for all rows. The zero value is none (the column "as_of" then says, if there
	// is one); for 1970-01-01 bind a column.
	AsOf Date
	// MissingColumnsUnknown: a column that the plan needs may be absent, and its rows are unknown.
	// Otherwise that is ErrBadColumn.
	MissingColumnsUnknown bool
	// AllMetrics keeps the columns of metrics that scoring does not read, too: [Evidence] looks at
	// segments and at what the model does not use.
	AllMetrics bool
	// FirstRow is the number of the table's rows before this batch, for messages.
	FirstRow int
	// NullTexts are texts that mean unknown ("NA", "None"), beside the empty one. ErrInvalidArgument
	// for one with a line break.
	NullTexts []string
	// Initiatives, finished, for models that count them.
	Initiatives *Initiatives
}

// c is the options as C has them; the function frees their memory and ends the use of the
// initiatives.
func (o *BatchOptions) c() (out C.aiueo_batch_options, done func(), err error) {
	out.struct_size = C.sizeof_aiueo_batch_options
	done = func() {}
	if o == nil {
		return out, done, nil
	}
	if o.MissingColumnsUnknown {
		out.flags |= C.AIUEO_BATCH_MISSING_COLUMNS_UNKNOWN
	}
	if o.AllMetrics {
		out.flags |= C.AIUEO_BATCH_ALL_METRICS
	}
	if o.AsOf != 0 && o.AsOf != NoDate {
		out.as_of, out.has_as_of = C.int32_t(o.AsOf), 1
	}
	out.first_row = C.int64_t(o.FirstRow)
	var texts strings.Builder
	for _, one := range o.NullTexts {
		if strings.Contains(one, "\n") { // which ends a text, in C
			return out, done, argumentError("the null text %q has a line break; give a text for each line", one)
		}
		texts.WriteString(one)
		texts.WriteByte('\n')
	}
	if o.Initiatives != nil {
		if err := o.Initiatives.acquire(); err != nil {
			return out, done, err
		}
		out.initiatives = o.Initiatives.c
	}
	chars, free := cstring(texts.String())
	out.null_texts, out.null_texts_length = chars, C.size_t(texts.Len())
	return out, func() {
		free()
		if o.Initiatives != nil {
			o.Initiatives.release()
		}
	}, nil
}

// Batch is columns of snapshots, bound to a plan. Columns come into it in two ways, neither of which
// leaves the library a pointer to Go memory:
//
//   - [Bind] and the Bind methods copy;
//   - [Reserve] hands out the batch's own memory to be filled: the way to use a batch again and
//     again.
//
// A batch has one writer; when it is filled, any number of goroutines may score disjoint ranges of
// its rows. Columns are a metric each, and "customer", "as_of", "parent" and "METRIC@" (the date on
// which a metric was observed).
type Batch struct{ *batchCore }

type batchCore struct {
	handle
	c      *C.aiueo_batch
	plan   *planCore
	rows   int
	memory []unsafe.Pointer // from malloc, for columns that were copied
	words  map[string]int32 // texts that have ids
}

// NewBatch makes a batch of so many rows, without columns. options may be nil.
func (p *Plan) NewBatch(rows int, options *BatchOptions) (*Batch, error) {
	core, err := p.newBatch(rows, options)
	if err != nil {
		return nil, err
	}
	return core.wrap(), nil
}

func (p *Plan) newBatch(rows int, options *BatchOptions) (*batchCore, error) {
	if err := p.acquire(); err != nil {
		return nil, err
	}
	defer p.release()
	given, done, err := options.c()
	if err != nil {
		return nil, err
	}
	defer done()
	core := &batchCore{plan: p.planCore, rows: rows}
	k := begin()
	if err := k.end(C.aiueo_batch_new(p.c, C.AIUEO_SNAPSHOTS, C.int64_t(rows), &given, &core.c, &k.c.error)); err != nil {
		return nil, err
	}
	p.retain()
	core.handle.init(batchKind, core.destroy)
	return core, nil
}

func (b *batchCore) wrap() *Batch {
	out := &Batch{b}
	runtime.SetFinalizer(out, func(b *Batch) { b.abandon() })
	return out
}

func (b *batchCore) destroy() {
	C.aiueo_batch_free(b.c)
	b.c = nil
	for _, one := range b.memory {
		C.free(one)
	}
	b.memory = nil
	b.plan.release()
}

// Close gives the batch up, and with it all slices of its memory. It returns nil.
func (b *Batch) Close() error { return b.close() }

// crossing is the cheapest call into C, for measurements.
func (b *batchCore) crossing() int { return int(C.aiueo_batch_rows(b.c)) }

// Rows is how many rows the batch has.
func (b *Batch) Rows() int { return b.rows }

// use is acquire for a call whose result is an error.
func (b *batchCore) use(do func(k *call) C.int32_t) error {
	if err := b.acquire(); err != nil {
		return err
	}
	defer b.release()
	k := begin()
	return k.end(do(k))
}

// Find is the last row of a customer (the latest date), by the text of its key. ErrNotFound if
// there is none.
func (b *Batch) Find(customer string) (int, error) {
	var row C.int64_t
	err := b.use(func(k *call) C.int32_t {
		return C.aiueo_batch_find(b.c, stringPointer(customer), C.size_t(len(customer)), &row, &k.c.error)
	})
	return int(row), err
}

// LatestAsOf is the latest date of all rows. ErrNotFound, and [NoDate], if there is no row, or no
// date.
func (b *Batch) LatestAsOf() (Date, error) {
	day := C.int32_t(NoDate)
	err := b.use(func(k *call) C.int32_t { return C.aiueo_batch_latest_as_of(b.c, &day, &k.c.error) })
	return Date(day), err
}

// CheckRows says whether every row has a key and a date, and no customer two rows for one date:
// nil, ErrBadValue or ErrDuplicateRow.
func (b *Batch) CheckRows() error {
	return b.use(func(k *call) C.int32_t { return C.aiueo_batch_check_rows(b.c, &k.c.error) })
}

// Own gives every metric that has no column yet memory of the batch, all unknown, to be filled by
// SetNumber, SetText, SetObserved. For single rows, [Row] is faster and simpler.
func (b *Batch) Own() error {
	return b.use(func(k *call) C.int32_t { return C.aiueo_batch_own(b.c, &k.c.error) })
}

// SetNumber sets a value of a column made by Own: a number, money in major units, a flag (0 or 1),
// a date in days; NaN is unknown.
func (b *Batch) SetNumber(metric Metric, row int, value float64) error {
	return b.use(func(k *call) C.int32_t {
		return C.aiueo_batch_set_number(b.c, C.int32_t(metric), C.int64_t(row), C.double(value), &k.c.error)
	})
}

// SetText sets a category of a column made by Own; empty is unknown.
func (b *Batch) SetText(metric Metric, row int, value string) error {
	return b.use(func(k *call) C.int32_t {
		return C.aiueo_batch_set_text(b.c, C.int32_t(metric), C.int64_t(row), stringPointer(value),
			C.size_t(len(value)), &k.c.error)
	})
}

// SetObserved says when a value of a column made by Own was observed; NoDate is unknown.
func (b *Batch) SetObserved(metric Metric, row int, date Date) error {
	return b.use(func(k *call) C.int32_t {
		return C.aiueo_batch_set_observed(b.c, C.int32_t(metric), C.int64_t(row), C.int32_t(date), &k.c.error)
	})
}

// SetRow sets many metrics of a row of columns made by Own, in one call: values[k] for metrics[k],
// as in SetNumber; a category's value is an id of [Batch.TextID], −1 or NaN unknown. observed is nil,
// or has for each entry the day it was observed, NoDate = not known. Metrics that are not named keep
// what they have. All or nothing: an error names the entry, from 0, and the row is as before.
func (b *Batch) SetRow(row int, metrics []Metric, values []float64, observed []Date) error {
	if len(values) != len(metrics) || observed != nil && len(observed) != len(metrics) {
		return argumentError("there are %d metrics, %d values and %d days of observation", len(metrics), len(values), len(observed))
	}
	return b.use(func(k *call) C.int32_t {
		return C.aiueo_batch_set_row(b.c, C.int64_t(row), (*C.int32_t)(unsafe.SliceData(metrics)),
			(*C.double)(unsafe.SliceData(values)), (*C.int32_t)(unsafe.SliceData(observed)), C.size_t(len(metrics)), &k.c.error)
	})
}

// SetAsOf sets one date for all rows.
func (b *Batch) SetAsOf(date Date) error {
	return b.use(func(k *call) C.int32_t { return C.aiueo_batch_set_as_of(b.c, C.int32_t(date), &k.c.error) })
}

// TextID is the id of a category's text in this batch, for columns reserved with
// [Batch.Categories]; −1, unknown, for the empty text. Texts are remembered: asking again is cheap,
// and a batch that is used for ever should not be asked for ever new ones.
func (b *Batch) TextID(word string) (int32, error) {
	if word == "" {
		return -1, nil
	}
	if id, ok := b.words[word]; ok {
		return id, nil
	}
	return b.learn(word)
}

func (b *batchCore) learn(word string) (int32, error) {
	var id C.int32_t
	err := b.use(func(k *call) C.int32_t {
		return C.aiueo_batch_text(b.c, stringPointer(word), C.size_t(len(word)), &id, &k.c.error)
	})
	if err != nil {
		return -1, err
	}
	if b.words == nil {
		b.words = map[string]int32{}
	}
	b.words[strings.Clone(word)] = int32(id)
	return int32(id), nil
}
