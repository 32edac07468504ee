package aiueo

import (
	"sync"
	"sync/atomic"
)

// Handles counts what is open: made and not yet closed or collected. A number that only grows is a
// Close that was forgotten. A row counts a batch and scores of its own beside itself.
type Handles struct {
	Plans, Batches, Scores, Rows, Summaries, Initiatives, Contracts, Ledgers, Ranks, Evidence, Streams, Duplicates, Actions, Changes int64
	// Leaked handles were given up without Close after slices of their memory had been handed out;
	// that memory stays, because such a slice may still be read.
	Leaked int64
}

type kind int

const (
	planKind kind = iota
	batchKind
	scoresKind
	rowKind
	summaryKind
	initiativesKind
	contractsKind
	ledgerKind
	ranksKind
	evidenceKind
	streamKind
	duplicatesKind
	actionsKind
	changesKind
	kinds
)

var open [kinds]atomic.Int64

// OpenHandles counts the handles of this process.
func OpenHandles() Handles {
	left.Lock()
	defer left.Unlock()
	return Handles{
		Plans:       open[planKind].Load(),
		Batches:     open[batchKind].Load(),
		Scores:      open[scoresKind].Load(),
		Rows:        open[rowKind].Load(),
		Summaries:   open[summaryKind].Load(),
		Initiatives: open[initiativesKind].Load(),
		Contracts:   open[contractsKind].Load(),
		Ledgers:     open[ledgerKind].Load(),
		Ranks:       open[ranksKind].Load(),
		Evidence:    open[evidenceKind].Load(),
		Streams:     open[streamKind].Load(),
		Duplicates:  open[duplicatesKind].Load(),
		Actions:     open[actionsKind].Load(),
		Changes:     open[changesKind].Load(),
		Leaked:      int64(len(left.behind)),
	}
}

// left keeps what was given up with slices of its memory about: that is not freed.
var left struct {
	sync.Mutex
	behind []*handle
}

// handle counts who needs an object of the library: its owner until Close, each call in progress,
// and each object made from it. The last one frees it, so that Close is safe beside a call in
// another goroutine.
type handle struct {
	refs   atomic.Int64
	closed atomic.Bool
	viewed atomic.Bool // slices of C memory have been handed out
	kind   kind
	free   func()
}

func (h *handle) init(kind kind, free func()) {
	h.kind, h.free = kind, free
	h.refs.Store(1)
	open[kind].Add(1)
}

// acquire begins a use; release ends it.
func (h *handle) acquire() error {
	if h.closed.Load() {
		return ErrClosed
	}
	for {
		n := h.refs.Load()
		if n == 0 {
			return ErrClosed
		}
		if h.refs.CompareAndSwap(n, n+1) {
			return nil
		}
	}
}

// retain begins a use by somebody who is sure to have one already.
func (h *handle) retain() { h.refs.Add(1) }

func (h *handle) release() {
	if h.refs.Add(-1) == 0 {
		h.free()
		open[h.kind].Add(-1)
	}
}

func (h *handle) close() error {
	if !h.closed.Swap(true) {
		h.release()
	}
	return nil
}

// abandon is the finaliser's Close: for an object that nobody can reach any more, though somebody
// may hold a slice of its memory.
func (h *handle) abandon() {
	if h.closed.Load() {
		return
	}
	if h.viewed.Load() {
		left.Lock()
		left.behind = append(left.behind, h)
		left.Unlock()
		return
	}
	h.close()
}
