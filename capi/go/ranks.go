package aiueo

// #include "shim.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// Rank is one row of the ranks table: the judgement of a member of the team.
type Rank struct {
	Customer string
	AsOf     Date
	Rank     string // one of the model's study.ranks
	By       string // the member; "" if nobody is named
}

// Ranks are which rank members of the team gave each customer, and when, for [Evidence]. Add all
// rows, [Ranks.Finish], then share them: finished ones may be used by any number of goroutines.
// Before, they belong to one.
//
// A call that fails adds nothing. When memory runs out in the middle of one they are of no more
// use: close them and begin again.
type Ranks struct{ *ranksCore }

type ranksCore struct {
	handle
	c *C.aiueo_ranks
}

// NewRanks makes an empty table of ranks for the model's study.ranks and time zone.
func (p *Plan) NewRanks() (*Ranks, error) {
	if err := p.acquire(); err != nil {
		return nil, err
	}
	defer p.release()
	core := &ranksCore{}
	k := begin()
	if err := k.end(C.aiueo_ranks_new(p.c, &core.c, &k.c.error)); err != nil {
		return nil, err
	}
	core.handle.init(ranksKind, core.destroy)
	out := &Ranks{core}
	runtime.SetFinalizer(out, func(r *Ranks) { r.abandon() })
	return out, nil
}

func (r *ranksCore) destroy() {
	C.aiueo_ranks_free(r.c)
	r.c = nil
}

// Close gives the table up. It returns nil.
func (r *Ranks) Close() error { return r.close() }

// Add adds a row. ErrBadValue, with the nearest, for a rank that is not the model's.
func (r *Ranks) Add(row Rank) error {
	if err := r.acquire(); err != nil {
		return err
	}
	defer r.release()
	k := begin()
	return k.end(C.aiueo_ranks_add(r.c, stringPointer(row.Customer), C.size_t(len(row.Customer)), C.int32_t(row.AsOf),
		stringPointer(row.Rank), C.size_t(len(row.Rank)), stringPointer(row.By), C.size_t(len(row.By)), &k.c.error))
}

// AddStream adds all rows of an Arrow stream with the columns customer, as_of, rank and optionally
// by. stream points to a C ArrowArrayStream, which is taken over and released, whatever the outcome.
func (r *Ranks) AddStream(stream unsafe.Pointer) error {
	if err := r.acquire(); err != nil {
		C.aiueo_go_release_stream((*C.struct_ArrowArrayStream)(stream))
		return err
	}
	defer r.release()
	k := begin()
	return k.end(C.aiueo_ranks_add_stream(r.c, (*C.struct_ArrowArrayStream)(stream), &k.c.error))
}

// Finish ends the rows: from now on the table is immutable, and can be given to
// [Evidence.UpdateFrom]. ErrDuplicateRow if a member ranked a customer twice on one day; then it is
// of no more use.
func (r *Ranks) Finish() error {
	if err := r.acquire(); err != nil {
		return err
	}
	defer r.release()
	k := begin()
	return k.end(C.aiueo_ranks_finish(r.c, &k.c.error))
}
