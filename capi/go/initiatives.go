package aiueo

// #include "shim.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// Initiatives are what was done for customers (meetings, mails, training), for models with metrics
// "from": "initiatives". Add all rows, [Initiatives.Finish], then share them: finished ones may be
// used by any number of goroutines. Before, they belong to one.
//
// When memory runs out, or (unless [Initiatives.KeepAll] was called) a stream fails, in the middle of
// the rows, they are of no more use: close them and begin again.
type Initiatives struct{ *initiativesCore }

type initiativesCore struct {
	handle
	c    *C.aiueo_initiatives
	plan *planCore
}

// NewInitiatives makes an empty table of initiatives.
func (p *Plan) NewInitiatives() (*Initiatives, error) {
	if err := p.acquire(); err != nil {
		return nil, err
	}
	defer p.release()
	core := &initiativesCore{plan: p.planCore}
	k := begin()
	if err := k.end(C.aiueo_initiatives_new(p.c, &core.c, &k.c.error)); err != nil {
		return nil, err
	}
	p.retain()
	core.handle.init(initiativesKind, core.destroy)
	out := &Initiatives{core}
	runtime.SetFinalizer(out, func(i *Initiatives) { i.abandon() })
	return out, nil
}

func (i *initiativesCore) destroy() {
	C.aiueo_initiatives_free(i.c)
	i.c = nil
	i.plan.release()
}

// Close gives the table up; batches that use it keep it. It returns nil.
func (i *Initiatives) Close() error { return i.close() }

// KeepAll keeps every row, with its variant and holdout, and not only what the model counts: evidence
// needs that ([Evidence.UpdateFrom]), batches take them as before. Call it before the first row, else
// it is ErrInvalidState. From then on a call that fails adds nothing; at most 4,096 different
// initiatives, and as many variants, are held (ErrLimitExceeded).
func (i *Initiatives) KeepAll() error {
	if err := i.acquire(); err != nil {
		return err
	}
	defer i.release()
	k := begin()
	return k.end(C.aiueo_initiatives_keep_all(i.c, &k.c.error))
}

// Initiative is one row: what was done for a customer, and when.
type Initiative struct {
	Customer   string
	Initiative string
	Date       Date
	Attended   Date // NoDate: they did not
	Responded  Date // NoDate: they did not
}

// Add adds a row. For dates that there are not, give [NoDate] (0 is 1970-01-01).
func (i *Initiatives) Add(row Initiative) error {
	if err := i.acquire(); err != nil {
		return err
	}
	defer i.release()
	k := begin()
	return k.end(C.aiueo_initiatives_add(i.c, stringPointer(row.Customer), C.size_t(len(row.Customer)),
		stringPointer(row.Initiative), C.size_t(len(row.Initiative)), C.int32_t(row.Date), C.int32_t(row.Attended),
		C.int32_t(row.Responded), &k.c.error))
}

// InitiativeRow is a row with all that it can have.
type InitiativeRow struct {
	Customer   string
	Initiative string
	Date       Date
	Attended   Date   // NoDate: they did not
	Responded  Date   // NoDate: they did not
	Variant    string // which of the ways it was done; "": none is named
	Holdout    bool   // left out on purpose, to compare with
}

// AddRow adds a row. Variant and Holdout are forgotten unless [Initiatives.KeepAll] was called.
func (i *Initiatives) AddRow(row InitiativeRow) error {
	if err := i.acquire(); err != nil {
		return err
	}
	defer i.release()
	holdout := C.int32_t(0)
	if row.Holdout {
		holdout = 1
	}
	k := begin()
	return k.end(C.aiueo_go_initiatives_add_row(i.c, stringPointer(row.Customer), C.size_t(len(row.Customer)),
		stringPointer(row.Initiative), C.size_t(len(row.Initiative)), C.int32_t(row.Date), C.int32_t(row.Attended),
		C.int32_t(row.Responded), stringPointer(row.Variant), C.size_t(len(row.Variant)), holdout, &k.c.error))
}

// AddStream adds all rows of an Arrow stream with the columns customer, initiative, date and
// optionally attended, responded; and after [Initiatives.KeepAll] optionally variant and holdout (a
// flag). stream points to a C ArrowArrayStream, which is taken over and released, whatever the
// outcome.
func (i *Initiatives) AddStream(stream unsafe.Pointer) error {
	if err := i.acquire(); err != nil {
		C.aiueo_go_release_stream((*C.struct_ArrowArrayStream)(stream))
		return err
	}
	defer i.release()
	k := begin()
	return k.end(C.aiueo_initiatives_add_stream(i.c, (*C.struct_ArrowArrayStream)(stream), &k.c.error))
}

// Finish ends the rows: from now on the table is immutable, and can be given to batches, and
// to [Evidence.UpdateFrom] if all rows are kept.
func (i *Initiatives) Finish() error {
	if err := i.acquire(); err != nil {
		return err
	}
	defer i.release()
	k := begin()
	return k.end(C.aiueo_initiatives_finish(i.c, &k.c.error))
}

// Warnings are what is doubtful about finished initiatives: those that the model counts and no row
// has, perhaps for a slip in a name, each with the name that is nearest.
func (i *Initiatives) Warnings() ([]string, error) {
	if err := i.acquire(); err != nil {
		return nil, err
	}
	defer i.release()
	return texts(func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t {
		return C.aiueo_initiatives_warnings(i.c, buffer, capacity, needed, &k.c.error)
	})
}
