package aiueo

// #include "shim.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// ContractKind is what a [Contract] is.
type ContractKind int32

// The kinds of contracts.
const (
	KindContract ContractKind = C.AIUEO_CONTRACT
	KindTrial    ContractKind = C.AIUEO_TRIAL
)

// ContractOutcome is what was decided at the end of a contract (renewed, churned) or trial (converted,
// lapsed).
type ContractOutcome int32

// The outcomes.
const (
	StillOpen ContractOutcome = C.AIUEO_OPEN // not decided yet
	Renewed   ContractOutcome = C.AIUEO_RENEWED
	Churned   ContractOutcome = C.AIUEO_CHURNED
	Converted ContractOutcome = C.AIUEO_CONVERTED
	Lapsed    ContractOutcome = C.AIUEO_LAPSED
)

// NoMoney is an amount that is not known.
const NoMoney int64 = C.AIUEO_NO_MONEY

// Contract is one row of the contracts table. Money counts the currency's minor units
// ([Description.MinorDigits]); 0 is an amount, [NoMoney] is not known.
type Contract struct {
	Customer string
	Kind     ContractKind
	Start    Date
	End      Date // the day on which the decision takes effect; later than Start
	Outcome  ContractOutcome
	// MRRBefore and MRRAfter the end; after what churned or lapsed, NoMoney is 0.
	MRRBefore int64
	MRRAfter  int64
}

// Contracts are how each contract and trial ended, for [Evidence]. Add all rows,
// [Contracts.Finish], then share them: finished ones may be used by any number of goroutines.
// Before, they belong to one.
//
// A call that fails adds nothing. When memory runs out in the middle of one they are of no more
// use: close them and begin again.
type Contracts struct{ *contractsCore }

type contractsCore struct {
	handle
	c *C.aiueo_contracts
}

// NewContracts makes an empty table of contracts in the currency, the time zone and with the grace
// period of the plan's model.
func (p *Plan) NewContracts() (*Contracts, error) {
	if err := p.acquire(); err != nil {
		return nil, err
	}
	defer p.release()
	core := &contractsCore{}
	k := begin()
	if err := k.end(C.aiueo_contracts_new(p.c, &core.c, &k.c.error)); err != nil {
		return nil, err
	}
	core.handle.init(contractsKind, core.destroy)
	out := &Contracts{core}
	runtime.SetFinalizer(out, func(c *Contracts) { c.abandon() })
	return out, nil
}

func (c *contractsCore) destroy() {
	C.aiueo_contracts_free(c.c)
	c.c = nil
}

// Close gives the table up. It returns nil.
func (c *Contracts) Close() error { return c.close() }

// Add adds a row.
func (c *Contracts) Add(row Contract) error {
	if err := c.acquire(); err != nil {
		return err
	}
	defer c.release()
	given := C.aiueo_contract{struct_size: C.sizeof_aiueo_contract, kind: C.int32_t(row.Kind),
		start: C.int32_t(row.Start), end: C.int32_t(row.End), outcome: C.int32_t(row.Outcome),
		mrr_before: C.int64_t(row.MRRBefore), mrr_after: C.int64_t(row.MRRAfter)}
	k := begin()
	return k.end(C.aiueo_contracts_add(c.c, stringPointer(row.Customer), C.size_t(len(row.Customer)), &given,
		&k.c.error))
}

// AddStream adds all rows of an Arrow stream with the columns customer, start, end, outcome
// ("renewed", "churned", "converted", "lapsed"; nothing while it is open) and optionally kind
// ("contract", "trial"), mrr_before, mrr_after (major units), currency (the model's, or nothing; another
// is [ErrBadValue]). stream points to a C ArrowArrayStream, which is taken over and released, whatever
// the outcome.
func (c *Contracts) AddStream(stream unsafe.Pointer) error {
	if err := c.acquire(); err != nil {
		C.aiueo_go_release_stream((*C.struct_ArrowArrayStream)(stream))
		return err
	}
	defer c.release()
	k := begin()
	return k.end(C.aiueo_contracts_add_stream(c.c, (*C.struct_ArrowArrayStream)(stream), &k.c.error))
}

// Finish ends the rows: from now on the table is immutable, and can be given to [Evidence.Update].
// ErrDuplicateRow if a customer has the same contract twice; then it is of no more use.
func (c *Contracts) Finish() error {
	if err := c.acquire(); err != nil {
		return err
	}
	defer c.release()
	k := begin()
	return k.end(C.aiueo_contracts_finish(c.c, &k.c.error))
}

// Warnings are what is doubtful about finished contracts: those that overlap, that churned and yet
// went on, that lack an MRR.
func (c *Contracts) Warnings() ([]string, error) {
	if err := c.acquire(); err != nil {
		return nil, err
	}
	defer c.release()
	return texts(func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t {
		return C.aiueo_contracts_warnings(c.c, buffer, capacity, needed, &k.c.error)
	})
}
