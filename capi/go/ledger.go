package aiueo

// #include "shim.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// LedgerRow is one row of the ledger: a subscription.
type LedgerRow struct {
	Customer string
	Start    Date
	End      Date  // the first day without it; [NoDate] while it is open
	MRR      int64 // in the currency's minor units ([Description.MinorDigits])
}

// Ledger is which MRR each customer paid from when to when, for [Evidence]; rows of a customer that
// overlap add up. Add all rows, [Ledger.Finish], then share it: a finished one may be used by any
// number of goroutines. Before, it belongs to one.
//
// A call that fails adds nothing. When memory runs out in the middle of one it is of no more use:
// close it and begin again.
type Ledger struct{ *ledgerCore }

type ledgerCore struct {
	handle
	c *C.aiueo_ledger
}

// NewLedger makes an empty ledger in the currency and the time zone of the plan's model.
func (p *Plan) NewLedger() (*Ledger, error) {
	if err := p.acquire(); err != nil {
		return nil, err
	}
	defer p.release()
	core := &ledgerCore{}
	k := begin()
	if err := k.end(C.aiueo_ledger_new(p.c, &core.c, &k.c.error)); err != nil {
		return nil, err
	}
	core.handle.init(ledgerKind, core.destroy)
	out := &Ledger{core}
	runtime.SetFinalizer(out, func(l *Ledger) { l.abandon() })
	return out, nil
}

func (l *ledgerCore) destroy() {
	C.aiueo_ledger_free(l.c)
	l.c = nil
}

// Close gives the ledger up. It returns nil.
func (l *Ledger) Close() error { return l.close() }

// Add adds a row.
func (l *Ledger) Add(row LedgerRow) error {
	if err := l.acquire(); err != nil {
		return err
	}
	defer l.release()
	k := begin()
	return k.end(C.aiueo_ledger_add(l.c, stringPointer(row.Customer), C.size_t(len(row.Customer)), C.int32_t(row.Start),
		C.int32_t(row.End), C.int64_t(row.MRR), &k.c.error))
}

// AddStream adds all rows of an Arrow stream with the columns customer, start, end (nothing while it
// is open), mrr (major units) and optionally currency (the model's, or nothing; another is
// [ErrBadValue]). stream points to a C ArrowArrayStream, which is taken over and released, whatever the
// outcome.
func (l *Ledger) AddStream(stream unsafe.Pointer) error {
	if err := l.acquire(); err != nil {
		C.aiueo_go_release_stream((*C.struct_ArrowArrayStream)(stream))
		return err
	}
	defer l.release()
	k := begin()
	return k.end(C.aiueo_ledger_add_stream(l.c, (*C.struct_ArrowArrayStream)(stream), &k.c.error))
}

// Finish ends the rows: from now on the ledger is immutable, and can be given to
// [Evidence.UpdateFrom].
func (l *Ledger) Finish() error {
	if err := l.acquire(); err != nil {
		return err
	}
	defer l.release()
	k := begin()
	return k.end(C.aiueo_ledger_finish(l.c, &k.c.error))
}
