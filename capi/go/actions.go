package aiueo

// #include "shim.h"
import "C"

import (
	"encoding/json"
	"runtime"
	"unsafe"
)

// ForActions is a plan of the same model and scorers that asks the model's triggers too, and the
// condition for the action "segment" (empty: none), such as "U < 40 && mrr > 1000". Batches and
// initiatives for those two actions are made from it; all other actions take them as well. Score,
// explain and make evidence with the plan itself. ErrBadModel says what is wrong with the condition.
func (p *Plan) ForActions(when string) (*Plan, error) {
	if err := p.acquire(); err != nil {
		return nil, err
	}
	defer p.release()
	core := &planCore{from: p.planCore}
	k := begin()
	if err := k.end(C.aiueo_plan_for_actions(p.c, stringPointer(when), C.size_t(len(when)), &core.c, &k.c.error)); err != nil {
		return nil, err
	}
	p.retain()
	core.handle.init(planKind, core.destroy)
	out := &Plan{core}
	runtime.SetFinalizer(out, func(p *Plan) { p.abandon() })
	return out, nil
}

// Actions are the names that [Plan.Act] takes, in the order in which a reader meets them.
func Actions() (out []string) {
	for number := C.int32_t(0); ; number++ {
		name := C.aiueo_action_name(number)
		if name == nil {
			return out
		}
		out = append(out, C.GoString(name))
	}
}

// ActionList is a list for people: whom to help with what, in the order in which it is to be read.
// It needs neither the batch nor the plan that it was made with, and any number of goroutines may
// use it.
type ActionList struct{ *actionsCore }

type actionsCore struct {
	handle
	c    *C.aiueo_actions
	head ActionHead
	rows int
}

// ActionHead is what is said above a list: what every action says, and its own figures as JSON.
type ActionHead struct {
	Action    string          `json:"action"`
	Model     string          `json:"model"`
	AsOf      string          `json:"as_of"`     // "2026-04-30"
	Customers int64           `json:"customers"` // with a snapshot in the 31 days up to then
	NotSeen   int64           `json:"not_seen"`  // without one
	Left      int64           `json:"left"`      // whose contract ended after their latest snapshot
	Sentence  Label           `json:"sentence"`  // the list in one sentence: "en", "ja"
	Cautions  []Label         `json:"cautions"`  // what the list does not say
	Raw       json.RawMessage `json:"-"`         // all of it, see [ActionHead.Decode]
}

// Decode reads the whole head into a structure of the caller's.
func (h *ActionHead) Decode(into any) error { return json.Unmarshal(h.Raw, into) }

// NextRow is a row of the action "next"; nil is not known, or not there.
type NextRow struct {
	Customer    string   `json:"customer"`
	AsOf        string   `json:"as_of"`
	Stage       string   `json:"stage"`
	Provisional *string  `json:"provisional"`
	Target      *string  `json:"target"`     // nil: on the top rung
	Conditions  *int64   `json:"conditions"` // that are to change
	Unknown     *int64   `json:"unknown"`    // of those
	Reason      *string  `json:"reason"`
	ReasonJa    *string  `json:"reason_ja"`
	Play        *string  `json:"play"` // nil: none of the model answers it
	Owner       *string  `json:"owner"`
	Channel     *string  `json:"channel"`
	Effort      *float64 `json:"effort"`
	MRR         *float64 `json:"mrr"`
	Ends        *string  `json:"ends"` // the contract
	// Of its level, at the horizon; nil without evidence that says it.
	ExpectedNRR      *float64 `json:"expected_nrr"`
	ExpectedNRRLower *float64 `json:"expected_nrr_lower"`
	ExpectedNRRUpper *float64 `json:"expected_nrr_upper"`
	Member           *string  `json:"member"`
	Team             *string  `json:"team"`
}

// TriggerRow is a row of the action "triggers": a message to send, or not to send on purpose.
type TriggerRow struct {
	Key        string   `json:"key"` // the same in every run: what was sent by it is not sent again
	Customer   string   `json:"customer"`
	Initiative string   `json:"initiative"` // the trigger's name
	Date       string   `json:"date"`
	Variant    *string  `json:"variant"`
	Holdout    bool     `json:"holdout"` // not to be sent, to compare with; to be recorded
	Play       string   `json:"play"`
	Owner      *string  `json:"owner"`
	Channel    *string  `json:"channel"`
	Effort     *float64 `json:"effort"`
	Reason     string   `json:"reason"`
	Period     *string  `json:"period"` // nil: once in a customer's life
	Stage      *string  `json:"stage"`
	MRR        *float64 `json:"mrr"`
	Member     *string  `json:"member"`
	Team       *string  `json:"team"`
}

// SegmentRow is a row of the action "segment".
type SegmentRow struct {
	Customer string   `json:"customer"`
	AsOf     string   `json:"as_of"`
	Stage    *string  `json:"stage"`
	Band     *string  `json:"band"`
	Overall  *float64 `json:"overall"`
	MRR      *float64 `json:"mrr"`
	Ends     *string  `json:"ends"`
	Reason   string   `json:"reason"`
	Member   *string  `json:"member"`
	Team     *string  `json:"team"`
}

// Act makes the list of one of [Actions]. batch is made from this plan with
// [BatchOptions.AllMetrics], with the columns customer and as_of; its initiatives, finished and made
// with [Initiatives.KeepAll], say what was sent before. evidence of the same model is for the
// actions that rest on findings, and may be nil. options are the action's own, as whatever encodes
// to a JSON object of them; nil is none.
//
// ErrNotFound for a name that is none (with a suggestion), and where no customer has a snapshot
// then; ErrInvalidArgument for an option, and for a batch of another plan ("triggers" and "segment"
// want one of [Plan.ForActions]).
func (p *Plan) Act(name string, batch *Batch, evidence *Evidence, options any) (*ActionList, error) {
	var given []byte
	if options != nil {
		var err error
		if given, err = json.Marshal(options); err != nil {
			return nil, argumentError("the options of action %q cannot be encoded: %v", name, err)
		}
	}
	for _, one := range []*handle{&p.handle, &batch.handle} {
		if err := one.acquire(); err != nil {
			return nil, err
		}
		defer one.release()
	}
	var seen *C.aiueo_evidence
	if evidence != nil {
		done, err := evidence.use()
		if err != nil {
			return nil, err
		}
		defer done()
		seen = evidence.c
	}
	core := &actionsCore{}
	k := begin()
	err := k.end(C.aiueo_plan_act(p.c, stringPointer(name), C.size_t(len(name)), batch.c, seen, bytePointer(given),
		C.size_t(len(given)), &core.c, &k.c.error))
	if err != nil {
		return nil, err
	}
	core.handle.init(actionsKind, core.destroy)
	out := &ActionList{core}
	runtime.SetFinalizer(out, func(a *ActionList) { a.abandon() })
	if err := core.read(); err != nil {
		out.Close()
		return nil, err
	}
	return out, nil
}

func (a *actionsCore) read() error {
	raw, err := text(func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t {
		return C.aiueo_actions_head(a.c, buffer, capacity, needed, &k.c.error)
	})
	if err != nil {
		return err
	}
	head, err := decode[ActionHead](raw)
	if err != nil {
		return err
	}
	a.head = *head
	a.head.Raw = raw
	var rows C.int64_t
	k := begin()
	if err := k.end(C.aiueo_actions_count(a.c, &rows, &k.c.error)); err != nil {
		return err
	}
	a.rows = int(rows)
	return nil
}

func (a *actionsCore) destroy() {
	C.aiueo_actions_free(a.c)
	a.c = nil
}

// Close gives the list up. It may be called twice. It returns nil.
func (a *ActionList) Close() error { return a.close() }

// Head is what is said above the list. It is there after Close, too.
func (a *ActionList) Head() *ActionHead { return &a.head }

// Len is the number of rows.
func (a *ActionList) Len() int { return a.rows }

// RowsJSON are the rows from ≤ row < to as a JSON array of objects, a member for each column.
// ErrInvalidArgument for rows that the list has not.
func (a *ActionList) RowsJSON(from, to int) ([]byte, error) {
	if err := a.acquire(); err != nil {
		return nil, err
	}
	defer a.release()
	return text(func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t {
		return C.aiueo_actions_rows(a.c, C.int64_t(from), C.int64_t(to)-C.int64_t(from), buffer, capacity, needed,
			&k.c.error)
	})
}

// ActionRows are the rows from ≤ row < to as structures such as [NextRow], one of the caller's, or
// map[string]any.
func ActionRows[T any](of *ActionList, from, to int) ([]T, error) {
	raw, err := of.RowsJSON(from, to)
	if err != nil {
		return nil, err
	}
	out, err := decode[[]T](raw)
	if err != nil {
		return nil, err
	}
	return *out, nil
}

// ExportArrow writes the whole list as an Arrow record batch of its own. schema and array are the
// caller's to release, and do not need the list.
func (a *ActionList) ExportArrow(schema, array unsafe.Pointer) error {
	if err := a.acquire(); err != nil {
		return err
	}
	defer a.release()
	k := begin()
	return k.end(C.aiueo_actions_export(a.c, (*C.struct_ArrowSchema)(schema), (*C.struct_ArrowArray)(array), &k.c.error))
}
