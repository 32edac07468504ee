package aiueo

// #include "shim.h"
import "C"

import (
	"runtime"
	"sync"
	"unsafe"
)

// Axis is one of the five axes, or touch.
type Axis int

// The axes, あいうえお, and touch.
const (
	Account        Axis = C.AIUEO_ACCOUNT        // あ who the customer is: contract, segment
	Implementation Axis = C.AIUEO_IMPLEMENTATION // い whether it is set up
	Utilization    Axis = C.AIUEO_UTILIZATION    // う what the customer does with the product
	Engagement     Axis = C.AIUEO_ENGAGEMENT     // え whether they trust us
	Outcome        Axis = C.AIUEO_OUTCOME        // お the result they bought it for
	Touch          Axis = C.AIUEO_TOUCH          // 伴走 what we do for the customer
	axes                = 6
)

// String is the axis's name in models and tables: "A", "I", "U", "E", "O", "touch".
func (a Axis) String() string {
	if a < 0 || a >= axes {
		return "none"
	}
	return [axes]string{"A", "I", "U", "E", "O", "touch"}[a]
}

// ScoresOptions are optional; the zero value (or nil) is all defaults.
type ScoresOptions struct {
	// Detail keeps coverage, bounds and components of each axis, the steps and their scores, and
	// for each row the counts of stale, invalid and unseen values.
	Detail bool
	// NoOverrides scores without the managers' word, as evidence sees it.
	NoOverrides bool
}

func (o *ScoresOptions) flags() (out C.uint32_t) {
	if o == nil {
		return 0
	}
	if o.Detail {
		out |= C.AIUEO_SCORES_DETAIL
	}
	if o.NoOverrides {
		out |= C.AIUEO_SCORES_NO_OVERRIDES
	}
	return out
}

// Scores are the results of rows, by columns. Slices of them view the library's memory: they change
// with the next scoring into the same scores, and must not be read after Close. Keep the Scores as
// long as such a slice, and close it when done; the Copy methods give slices that live on their own.
type Scores struct{ *scoresCore }

type scoresCore struct {
	handle
	c       *C.aiueo_scores
	plan    *planCore
	rows    int
	axes    [axes]*float64
	overall *float64
}

// NewScores makes memory for the results of so many rows. options may be nil.
func (p *Plan) NewScores(rows int, options *ScoresOptions) (*Scores, error) {
	core, err := p.newScores(rows, options)
	if err != nil {
		return nil, err
	}
	out := &Scores{core}
	runtime.SetFinalizer(out, func(s *Scores) { s.abandon() })
	return out, nil
}

func (p *Plan) newScores(rows int, options *ScoresOptions) (*scoresCore, error) {
	if err := p.acquire(); err != nil {
		return nil, err
	}
	defer p.release()
	core := &scoresCore{plan: p.planCore, rows: rows}
	given := C.aiueo_scores_options{struct_size: C.sizeof_aiueo_scores_options, flags: options.flags()}
	k := begin()
	if err := k.end(C.aiueo_scores_new(p.c, C.int64_t(rows), &given, &core.c, &k.c.error)); err != nil {
		return nil, err
	}
	for a := range core.axes {
		var values *C.double
		if C.aiueo_scores_axis(core.c, C.int32_t(a), &values, nil) == C.AIUEO_OK { // else not in use
			core.axes[a] = (*float64)(values)
		}
	}
	if values, _, err := core.find("overall"); err == nil {
		core.overall = (*float64)(values)
	}
	p.retain()
	core.handle.init(scoresKind, core.destroy)
	return core, nil
}

func (s *scoresCore) destroy() {
	C.aiueo_scores_free(s.c)
	s.c = nil
	s.axes, s.overall = [axes]*float64{}, nil
	s.plan.release()
}

// Close gives the scores up, and with them all slices of their memory. It returns nil.
func (s *Scores) Close() error { return s.close() }

// Rows is how many rows there is memory for.
func (s *Scores) Rows() int { return s.rows }

// Score scores a whole batch into scores of its own.
func (p *Plan) Score(b *Batch) (*Scores, error) {
	out, err := p.NewScores(b.rows, nil)
	if err != nil {
		return nil, err
	}
	if err := p.ScoreRows(b, 0, b.rows, out); err != nil {
		out.Close()
		return nil, err
	}
	return out, nil
}

// ScoreInto scores a whole batch into scores of at least as many rows. It allocates nothing.
func (p *Plan) ScoreInto(b *Batch, s *Scores) error { return p.ScoreRows(b, 0, b.rows, s) }

// ScoreRows scores the rows [begin, end) of a batch into the same rows of the scores; begin is a
// multiple of 64. Goroutines may score disjoint ranges of one batch into one Scores at once: the
// scores have the same bits whatever the ranges. It allocates nothing.
func (p *Plan) ScoreRows(b *Batch, begin, end int, s *Scores) error {
	if p.closed.Load() {
		return ErrClosed
	}
	if b.plan != p.planCore || s.plan != p.planCore {
		return argumentError("the batch and the scores must be made by the plan that scores")
	}
	if err := b.acquire(); err != nil {
		return err
	}
	defer b.release()
	if err := s.acquire(); err != nil {
		return err
	}
	defer s.release()
	return p.score(b.c, begin, end, s.c)
}

// score is called by somebody who keeps the plan, the batch and the scores.
func (p *planCore) score(b *C.aiueo_batch, from, to int, s *C.aiueo_scores) error {
	k := begin()
	err := p.scoreWith(k, b, from, to, s)
	calls.Put(k)
	return err
}

func (p *planCore) scoreWith(k *call, b *C.aiueo_batch, from, to int, s *C.aiueo_scores) error {
	return k.result(C.aiueo_go_score(p.c, b, C.int64_t(from), C.int64_t(to), s, k.pointer()))
}

// ScoreParallel is ScoreInto by so many goroutines, each with its part of the rows. The first error
// is returned, when all have ended.
func (p *Plan) ScoreParallel(b *Batch, s *Scores, goroutines int) error {
	part := (b.rows/max(goroutines, 1) + 63) / 64 * 64
	if part == 0 || part >= b.rows {
		return p.ScoreInto(b, s)
	}
	var (
		all   sync.WaitGroup
		once  sync.Once
		first error
	)
	for from := 0; from < b.rows; from += part {
		all.Add(1)
		go func(from, to int) {
			defer all.Done()
			if err := p.ScoreRows(b, from, to, s); err != nil {
				once.Do(func() { first = err })
			}
		}(from, min(from+part, b.rows))
	}
	all.Wait()
	return first
}

// Axis views an axis's scores, 0..100, NaN where insufficient; nil if the model does not use it,
// or the scores are closed.
func (s *Scores) Axis(a Axis) []float64 {
	if a < 0 || a >= axes {
		return nil
	}
	return s.view(s.axes[a])
}

// Overall views the overall scores, 0..100, NaN where insufficient; nil if the scores are closed.
func (s *Scores) Overall() []float64 { return s.view(s.overall) }

func (s *Scores) view(values *float64) []float64 {
	if values == nil || s.closed.Load() {
		return nil
	}
	s.viewed.Store(true)
	return unsafe.Slice(values, s.rows)
}

// find is called by somebody who keeps the scores.
func (s *scoresCore) find(name string) (unsafe.Pointer, ColumnType, error) {
	var values unsafe.Pointer
	var kind C.int32_t
	k := begin()
	err := k.end(C.aiueo_scores_column(s.c, stringPointer(name), C.size_t(len(name)), &kind, &values, &k.c.error))
	return values, ColumnType(kind), err
}

func (s *Scores) column(name, what string, want ...ColumnType) (unsafe.Pointer, ColumnType, error) {
	if err := s.acquire(); err != nil {
		return nil, TypeNone, err
	}
	defer s.release()
	values, kind, err := s.find(name)
	if err != nil {
		return nil, kind, err
	}
	for _, one := range want {
		if one == kind {
			return values, kind, nil
		}
	}
	return nil, kind, columnError(ErrBadColumn, name, "it does not hold %s", what)
}

// Numbers views a column of numbers by its name in the scores table: "U", "touch", "overall",
// "coverage", "lower", "upper", and with detail "U.coverage", "U.lower", "U.upper", "U.COMPONENT",
// of a model with steps "process.score" and "success.score" ("touch" is accompany's).
// NaN is insufficient, or unknown. ErrNotFound if there is no such column.
func (s *Scores) Numbers(name string) ([]float64, error) {
	values, _, err := s.column(name, "numbers", TypeFloat64)
	if err != nil {
		return nil, err
	}
	s.viewed.Store(true)
	return unsafe.Slice((*float64)(values), s.rows), nil
}

// CopyNumbers is a copy of [Scores.Numbers] that lives on its own.
func (s *Scores) CopyNumbers(name string) ([]float64, error) {
	values, _, err := s.column(name, "numbers", TypeFloat64)
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(s)
	return append([]float64(nil), unsafe.Slice((*float64)(values), s.rows)...), nil
}

// Counts views a column of counts, with detail: "stale", "invalid", "unseen".
func (s *Scores) Counts(name string) ([]uint16, error) {
	values, _, err := s.column(name, "counts", TypeUint16)
	if err != nil {
		return nil, err
	}
	s.viewed.Store(true)
	return unsafe.Slice((*uint16)(values), s.rows), nil
}

// Levels views a column of levels: "profile", a ladder's name, "LADDER_provisional", "band",
// "pattern", and with detail, of a model with steps, "accompany", "process", "success".
func (s *Scores) Levels(name string) (Levels, error) {
	values, kind, err := s.column(name, "levels", TypeInt16, TypeUint8)
	if err != nil {
		return Levels{}, err
	}
	if _, err := s.plan.known(); err != nil {
		return Levels{}, err
	}
	s.viewed.Store(true)
	out := Levels{Names: s.plan.levels[name]}
	if kind == TypeInt16 {
		out.Codes = unsafe.Slice((*int16)(values), s.rows)
	} else {
		out.small = unsafe.Slice((*uint8)(values), s.rows)
	}
	return out, nil
}

// Levels is a column of levels: a view of codes, and the names they index.
type Levels struct {
	Names []string
	// Codes of the rows, −1 = none. Nil for "pattern" and the steps, whose codes are narrower: use
	// Code.
	Codes []int16
	small []uint8
}

// Len is the number of rows.
func (l Levels) Len() int { return max(len(l.Codes), len(l.small)) }

// Code is the row's code, an index into Names; −1 is none.
func (l Levels) Code(row int) int {
	if l.small != nil {
		return int(l.small[row])
	}
	return int(l.Codes[row])
}

// At is the name of the row's level; empty if it has none.
func (l Levels) At(row int) string {
	if code := l.Code(row); code >= 0 && code < len(l.Names) {
		return l.Names[code]
	}
	return ""
}

// Copy is the names of all rows, in a slice that lives on its own.
func (l Levels) Copy() []string {
	out := make([]string, l.Len())
	for row := range out {
		out[row] = l.At(row)
	}
	return out
}

// scoreTimes scores a batch again and again within one call into C, for measurements.
func (p *planCore) scoreTimes(b *Batch, s *Scores, times int) error {
	k := begin()
	return k.end(C.aiueo_go_score_times(p.c, b.c, C.int64_t(b.rows), s.c, C.int64_t(times), k.pointer()))
}
