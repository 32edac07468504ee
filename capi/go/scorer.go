package aiueo

// #include "shim.h"
import "C"

import (
	"math"
	"runtime/cgo"
	"runtime/debug"
	"unsafe"
)

// AnyInputs as a scorer's number of inputs accepts any.
const AnyInputs = -1

// Scorer is a custom scorer: the function behind a component {"scorer": Name, "version": Version}.
// Give either Chunk or Row.
//
// The function is called on the goroutine that scores, possibly on several at once, and must not
// keep the slices it is given: they lie in memory of the library. It should depend on its inputs
// alone, or scores are no longer the same everywhere. What it captures lives until the plan and all
// that was made from it are closed.
type Scorer struct {
	Name string
	// Version must equal the model's; 0 means 1, the model's default.
	Version int
	// Inputs is how many metrics the scorer takes: AnyInputs, or the number. With 0 it is as with
	// AnyInputs.
	Inputs int
	// Chunk scores many rows at a time. An error fails the scoring call with ErrScorerFailed, and
	// is found in what that call returns by errors.Is and errors.As; ErrCancelled cancels it.
	Chunk func(*ScorerCall) error
	// Row scores one row: the values of the component's metrics in, 0..100 out, NaN where unknown.
	// It is called too where values are unknown. Simpler than Chunk, and slower: a call a row.
	Row func(inputs []float64) float64
}

// ScorerCall is a chunk of rows for a custom scorer.
type ScorerCall struct {
	// Inputs holds a slice for each of the component's metrics, in its order: numbers and money in
	// their unit, flags 0 or 1, dates in days since 1970-01-01; NaN is unknown.
	Inputs [][]float64
	// AsOf is the date of each row in days, NaN where it has none.
	AsOf []float64
	// Params is the component's "params", JSON text.
	Params string
	// Out gets the scores 0..100, NaN where unknown; anything else counts as invalid. All NaN at
	// first.
	Out []float64

	row []float64
}

func addScorers(core *planCore, scorers []Scorer) (*C.aiueo_scorers, error) {
	if len(scorers) == 0 {
		return nil, nil
	}
	var table *C.aiueo_scorers
	k := begin()
	if err := k.end(C.aiueo_scorers_new(&table, &k.c.error)); err != nil {
		return nil, err
	}
	for i := range scorers {
		one := scorers[i]
		if (one.Chunk == nil) == (one.Row == nil) {
			return table, argumentError("scorer %q needs either Chunk or Row", one.Name)
		}
		if one.Version == 0 {
			one.Version = 1
		}
		if one.Inputs == 0 {
			one.Inputs = AnyInputs
		}
		if one.Row != nil {
			one.Chunk = one.byRow
		}
		user := cgo.NewHandle(one.Chunk)
		core.scorers = append(core.scorers, user)
		k := begin()
		err := k.end(C.aiueo_go_scorers_add(table, stringPointer(one.Name), C.size_t(len(one.Name)),
			C.int32_t(one.Version), C.int32_t(one.Inputs), C.uintptr_t(user), &k.c.error))
		if err != nil {
			return table, err
		}
	}
	return table, nil
}

func (s Scorer) byRow(c *ScorerCall) error {
	c.row = append(c.row[:0], make([]float64, len(c.Inputs))...)
	for i := range c.Out {
		for k, column := range c.Inputs {
			c.row[k] = column[i]
		}
		c.Out[i] = s.Row(c.row)
	}
	return nil
}

//export aiueoGoScore
func aiueoGoScore(user C.uintptr_t, given *C.aiueo_scorer_call, why *C.aiueo_error) (status C.int32_t) {
	defer func() {
		if value := recover(); value != nil {
			status = leave(&PanicError{Value: value, Stack: debug.Stack()}, why)
		}
	}()
	score := cgo.Handle(user).Value().(func(*ScorerCall) error)
	rows := int(given.rows)
	c := ScorerCall{
		Inputs: make([][]float64, int(given.input_count)),
		AsOf:   unsafe.Slice((*float64)(given.as_of), rows),
		Params: C.GoStringN(given.params, C.int(given.params_length)),
		Out:    unsafe.Slice((*float64)(given.out), rows),
	}
	for i, column := range unsafe.Slice(given.inputs, len(c.Inputs)) {
		c.Inputs[i] = unsafe.Slice((*float64)(column), rows)
	}
	for i := range c.Out {
		c.Out[i] = math.NaN()
	}
	if err := score(&c); err != nil {
		return leave(err, why)
	}
	return C.AIUEO_OK
}

// leave gives a callback's error to the call that is under way on this thread, and its words to
// the library.
func leave(err error, why *C.aiueo_error) C.int32_t {
	kept := cgo.NewHandle(err)
	if C.aiueo_go_fail(C.uintptr_t(kept)) == 0 {
		kept.Delete()
	}
	if why != nil {
		message := unsafe.Slice((*byte)(unsafe.Pointer(&why.message[0])), len(why.message))
		n := copy(message[:len(message)-1], err.Error())
		message[n] = 0
	}
	if code, ok := codeOf(err); ok && code == ErrCancelled {
		return C.AIUEO_CANCELLED
	}
	return C.AIUEO_SCORER_FAILED
}
