package aiueo

// #include "shim.h"
import "C"

import (
	"encoding/json"
	"runtime"
	"sync"
	"unsafe"
)

// EvidenceOptions are optional; the zero value (or nil) is all defaults.
type EvidenceOptions struct {
	// DropLeaks drops and counts what was observed after the day that evidence looks from. Otherwise
	// that is ErrBadValue.
	DropLeaks bool
	// MaxIntegers is how many integers, of 8 bytes in memory, a state may hold that ReadEvidence reads; beyond is
	// ErrLimitExceeded. 0: 134,217,728.
	MaxIntegers uint64
}

func (o *EvidenceOptions) c() C.aiueo_evidence_options {
	out := C.aiueo_evidence_options{struct_size: C.sizeof_aiueo_evidence_options}
	if o == nil {
		return out
	}
	if o.DropLeaks {
		out.flags |= C.AIUEO_EVIDENCE_DROP_LEAKS
	}
	out.max_integers = C.uint64_t(o.MaxIntegers)
	return out
}

// Evidence is what history says of a model: what became of customers that scored so and so, in
// whole numbers that add up. The same customers give the same bytes however they were divided,
// ordered and merged. Several goroutines may use it; their calls wait for each other.
type Evidence struct{ *evidenceCore }

type evidenceCore struct {
	handle
	sync.Mutex
	c    *C.aiueo_evidence
	plan *planCore
}

// NewEvidence makes evidence of nothing. options may be nil.
func (p *Plan) NewEvidence(options *EvidenceOptions) (*Evidence, error) {
	given := options.c()
	return p.makeEvidence(func(out **C.aiueo_evidence, k *call) C.int32_t {
		return C.aiueo_evidence_new(p.c, &given, out, &k.c.error)
	})
}

// ReadEvidence reads what [Evidence.Bytes] gave, for a plan that counts the same. Nothing in it is
// believed: ErrBadState says what is wrong, ErrInvalidArgument that it was counted with another
// model. options may be nil; they are for what is added.
func (p *Plan) ReadEvidence(state []byte, options *EvidenceOptions) (*Evidence, error) {
	given := options.c()
	return p.makeEvidence(func(out **C.aiueo_evidence, k *call) C.int32_t {
		return C.aiueo_evidence_read(p.c, unsafe.Pointer(unsafe.SliceData(state)), C.size_t(len(state)), &given, out,
			&k.c.error)
	})
}

func (p *Plan) makeEvidence(do func(out **C.aiueo_evidence, k *call) C.int32_t) (*Evidence, error) {
	if err := p.acquire(); err != nil {
		return nil, err
	}
	defer p.release()
	core := &evidenceCore{plan: p.planCore}
	var made *C.aiueo_evidence
	k := begin()
	if err := k.end(do(&made, k)); err != nil {
		return nil, err
	}
	core.c = made
	p.retain()
	core.handle.init(evidenceKind, core.destroy)
	out := &Evidence{core}
	runtime.SetFinalizer(out, func(e *Evidence) { e.abandon() })
	return out, nil
}

func (e *evidenceCore) destroy() {
	C.aiueo_evidence_free(e.c)
	e.c = nil
	e.plan.release()
}

// Close gives the evidence up. It returns nil.
func (e *Evidence) Close() error { return e.close() }

// use begins a call that nobody else may be in; the function ends it.
func (e *evidenceCore) use() (func(), error) {
	if err := e.acquire(); err != nil {
		return nil, err
	}
	e.Lock()
	return func() {
		e.Unlock()
		e.release()
	}, nil
}

// useTwo is use of two evidences, or of one that is given twice. The order is the same everywhere, so
// that two such calls never wait for each other.
func useTwo(first, second *evidenceCore) (func(), error) {
	if uintptr(unsafe.Pointer(second)) < uintptr(unsafe.Pointer(first)) {
		first, second = second, first
	}
	done, err := first.use()
	if err != nil || second == first {
		return done, err
	}
	doneToo, err := second.use()
	if err != nil {
		done()
		return nil, err
	}
	return func() {
		doneToo()
		done()
	}, nil
}

// Update counts all snapshots of some customers: every row of a customer is in this batch, in any
// order, and a customer is counted once in all. The batch has customer, as_of and
// [BatchOptions.AllMetrics]; scores are of all its rows, with Detail and NoOverrides; contracts are
// finished. After an error nothing of this call is counted.
func (e *Evidence) Update(batch *Batch, scores *Scores, contracts *Contracts) error {
	return e.UpdateFrom(batch, scores, Histories{Contracts: contracts})
}

// Histories are what is known of the customers beside their snapshots; all finished. A table that is
// nil is unknown, not empty. Those of other customers are not looked at.
type Histories struct {
	Contracts   *Contracts   // needed
	Initiatives *Initiatives // with all rows: [Initiatives.KeepAll]
	Ranks       *Ranks       // made for the same ranks as the plan's
	Ledger      *Ledger      // in the plan's currency; nil: the contracts say what customers paid
	// DataUntil is the last day that contracts and ledger tell of, often [Batch.LatestAsOf] of the
	// latest batch. The zero value and [NoDate] are none: then nothing is counted of money over time.
	DataUntil Date
}

// with runs do with the tables as the library takes them, none of which is closed meanwhile.
func (h *Histories) with(do func(*C.aiueo_histories) error, uses ...*handle) error {
	if h.Contracts != nil {
		uses = append(uses, &h.Contracts.handle)
	}
	if h.Initiatives != nil {
		uses = append(uses, &h.Initiatives.handle)
	}
	if h.Ranks != nil {
		uses = append(uses, &h.Ranks.handle)
	}
	if h.Ledger != nil {
		uses = append(uses, &h.Ledger.handle)
	}
	for _, one := range uses {
		if err := one.acquire(); err != nil {
			return err
		}
		defer one.release()
	}
	given := C.aiueo_histories{struct_size: C.sizeof_aiueo_histories}
	if h.Contracts != nil {
		given.contracts = h.Contracts.c
	}
	if h.Initiatives != nil {
		given.initiatives = h.Initiatives.c
	}
	if h.Ranks != nil {
		given.ranks = h.Ranks.c
	}
	if h.Ledger != nil {
		given.ledger = h.Ledger.c
	}
	if h.DataUntil != 0 && h.DataUntil != NoDate {
		given.data_until, given.has_data_until = C.int32_t(h.DataUntil), 1
	}
	return do(&given)
}

// UpdateFrom is [Evidence.Update] with all that is known. ErrInvalidState also for initiatives that
// hold only what the model counts, ErrInvalidArgument for ranks of other names than those of the
// evidence's plan, for a ledger in another currency's minor units, for one without DataUntil, and for
// another DataUntil than in updates before.
func (e *Evidence) UpdateFrom(batch *Batch, scores *Scores, known Histories) error {
	done, err := e.use()
	if err != nil {
		return err
	}
	defer done()
	return known.with(func(given *C.aiueo_histories) error {
		k := begin()
		return k.end(C.aiueo_evidence_update_from(e.c, batch.c, scores.c, given, &k.c.error))
	}, &batch.handle, &scores.handle)
}

// CountUnseen counts the money over time of all customers of ledger and contracts that no update has
// seen, because they have no snapshots: once, after the last update, with the same histories. It
// needs DataUntil. Whom it has counted is remembered: a second call adds nothing. Who was in what was
// merged or read is not known, so of evidence in parts each calls it with the rows of its own
// customers. After an error nothing of this call is counted.
func (e *Evidence) CountUnseen(known Histories) error {
	done, err := e.use()
	if err != nil {
		return err
	}
	defer done()
	return known.with(func(given *C.aiueo_histories) error {
		k := begin()
		return k.end(C.aiueo_evidence_count_unseen(e.c, given, &k.c.error))
	})
}

// Merge adds what other counted of other customers; other is only read. ErrInvalidArgument if it
// counted other things, or is the same; the plans may be different ones.
func (e *Evidence) Merge(other *Evidence) error {
	done, err := useTwo(e.evidenceCore, other.evidenceCore)
	if err != nil {
		return err
	}
	defer done()
	k := begin()
	return k.end(C.aiueo_evidence_merge(e.c, other.c, &k.c.error))
}

// Bytes is the state: what [Plan.ReadEvidence] reads.
func (e *Evidence) Bytes() ([]byte, error) {
	return e.text(func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t {
		return C.aiueo_evidence_write(e.c, buffer, capacity, needed, &k.c.error)
	})
}

func (e *evidenceCore) text(fetch func(*C.char, C.size_t, *C.size_t, *call) C.int32_t) ([]byte, error) {
	done, err := e.use()
	if err != nil {
		return nil, err
	}
	defer done()
	return text(fetch)
}

// EvidenceCounts say how much was counted.
type EvidenceCounts struct {
	Rows            int64 `json:"rows"`             // snapshots
	Customers       int64 `json:"customers"`        // with snapshots
	Ends            int64 `json:"ends"`             // their decided contracts and trials
	Open            int64 `json:"open"`             // their open ones
	Observed        int64 `json:"observed"`         // pairs of an end and a lead with a snapshot in time
	Unobserved      int64 `json:"unobserved"`       // pairs without one
	LeadTooLong     int64 `json:"lead_too_long"`    // pairs whose lead is not shorter than the contract
	Leaked          int64 `json:"leaked"`           // pairs dropped as leaks
	WithoutContract int64 `json:"without_contract"` // customers
	CustomerMonths  int64 `json:"customer_months"`  // pairs of a customer and a month with a snapshot
	PendingCalls    int64 `json:"pending_calls"`    // whose customer was not seen since they could be answered
	RanksSeen       int64 `json:"ranks_seen"`       // members' ranks with a snapshot in the 31 days before them
	RanksUnseen     int64 `json:"ranks_unseen"`     // without one
	CustomersRanked int64 `json:"customers_ranked"` // customers of the former
	Payers          int64 `json:"payers"`           // customers that the ledger, or without one the contracts, tell of
	PayersUnseen    int64 `json:"payers_unseen"`    // customers without snapshots, whose money is counted
	NeverActive     int64 `json:"never_active"`     // payers active at no month's close
	Unpriced        int64 `json:"unpriced"`         // customers left out: the MRR of a contract is not known
	Overdue         int64 `json:"overdue"`          // contracts whose end is past and who are not decided
	BegunUnseen     int64 `json:"begun_unseen"`     // customers first seen too late to tell when onboarding was completed
}

// Counts says how much was counted.
func (e *Evidence) Counts() (*EvidenceCounts, error) {
	out, err := e.text(func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t {
		return C.aiueo_evidence_counts(e.c, buffer, capacity, needed, &k.c.error)
	})
	if err != nil {
		return nil, err
	}
	return decode[EvidenceCounts](out)
}

// Studies are the names that [Evidence.Study] takes, in the order in which a reader meets them.
func Studies() (out []string) {
	for number := C.int32_t(0); ; number++ {
		name := C.aiueo_study_name(number)
		if name == nil {
			return out
		}
		out = append(out, C.GoString(name))
	}
}

// Study asks the evidence one of [Studies]. options are the study's own, as whatever encodes to a
// JSON object of them; nil is none. ErrNotFound, with a suggestion, for a name that is none.
func (e *Evidence) Study(name string, options any) (*Finding, error) {
	var given []byte
	if options != nil {
		var err error
		if given, err = json.Marshal(options); err != nil {
			return nil, argumentError("the options of study %q cannot be encoded: %v", name, err)
		}
	}
	out, err := e.text(func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t {
		return C.aiueo_evidence_study(e.c, stringPointer(name), C.size_t(len(name)), bytePointer(given),
			C.size_t(len(given)), buffer, capacity, needed, &k.c.error)
	})
	if err != nil {
		return nil, err
	}
	found, err := decode[Finding](out)
	if err != nil {
		return nil, err
	}
	found.Raw = out
	return found, nil
}
