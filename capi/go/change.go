package aiueo

// #include "shim.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// ChangeOptions are optional; the zero value is one model for both snapshots.
type ChangeOptions struct {
	// NoOverrides leaves the managers' word out, as evidence does.
	NoOverrides bool
	// From holds the earlier rows bound to the plan that scored them, where that is another.
	From *Batch
}

// Parts are points of a score by what changed them: they sum to the change. Nil where a change to
// or from insufficient is named and not subtracted.
type Parts struct {
	Model       *float64 `json:"model"`
	Staleness   *float64 `json:"staleness"`
	Missingness *float64 `json:"missingness"`
	Behaviour   *float64 `json:"behaviour"`
}

// PartCounts are customers by the part that made them insufficient, or sufficient, for good.
type PartCounts struct {
	Model       int64 `json:"model"`
	Staleness   int64 `json:"staleness"`
	Missingness int64 `json:"missingness"`
	Behaviour   int64 `json:"behaviour"`
}

// ChangeReport is one customer's change, line by line.
type ChangeReport struct {
	Customer string         `json:"customer"`
	Before   ChangeSide     `json:"before"`
	After    ChangeSide     `json:"after"`
	Scores   []ScoreChange  `json:"scores"` // the axes and touch in use, then overall
	Ladders  []LadderChange `json:"ladders"`
	Band     *LevelChange   `json:"band,omitempty"`
}

// ChangeSide is a row that is compared.
type ChangeSide struct {
	Model   string `json:"model"`
	Row     int    `json:"row"`
	AsOf    *Date  `json:"as_of"`
	Profile string `json:"profile"`
}

// ScoreChange is the change of a score.
type ScoreChange struct {
	Name   string       `json:"name"`
	Kind   string       `json:"kind"`   // "scored", "became_insufficient", "became_sufficient", "insufficient"
	Cause  *string      `json:"cause"`  // to or from insufficient: the part that did it for good
	Joined []string     `json:"joined"` // parts that could not be told apart; they are in the next
	Before *float64     `json:"before"`
	After  *float64     `json:"after"`
	Change *float64     `json:"change"`
	Parts  Parts        `json:"parts"`
	Lines  []ChangeLine `json:"lines"` // they sum to the score, and their parts to its parts
}

// ChangeLine is a component's, a cap's or an override's share of a change, or what rounding leaves.
type ChangeLine struct {
	Kind      string            `json:"kind"` // "component", "caps", "override", "bounds", "rounding"
	Of        string            `json:"of"`   // whose: "U", "overall"
	Component string            `json:"component,omitempty"`
	Label     Label             `json:"label,omitempty"`
	OnlyIn    string            `json:"only_in,omitempty"` // "before", "after": the other model has no such component
	Before    *float64          `json:"before,omitempty"`
	After     *float64          `json:"after,omitempty"`
	Change    *float64          `json:"change,omitempty"` // of a portfolio: the mean
	Parts     Parts             `json:"parts"`
	Then      *ChangedComponent `json:"then,omitempty"`
	Now       *ChangedComponent `json:"now,omitempty"`
}

// ChangedComponent is what a component was in one of the rows.
type ChangedComponent struct {
	State    string           `json:"state"`
	Response *float64         `json:"response"`
	Weight   float64          `json:"weight"`
	Inputs   []ExplainedInput `json:"inputs"`
}

// LevelChange is where a row stood and stands, and the parts that moved it. Nil: on no level.
type LevelChange struct {
	Before  *string  `json:"before"`
	After   *string  `json:"after"`
	MovedBy []string `json:"moved_by"`
}

// LadderChange is the same of a ladder.
type LadderChange struct {
	Name  string `json:"name"`
	Label Label  `json:"label,omitempty"`
	LevelChange
}

// Portfolio is what changed in all: means over the customers with a score both times, and counts.
type Portfolio struct {
	Models struct {
		Before string `json:"before"`
		After  string `json:"after"`
		Same   bool   `json:"same"`
	} `json:"models"`
	Customers int64            `json:"customers"` // there both times
	New       int64            `json:"new"`
	Gone      int64            `json:"gone"`
	Scores    []PortfolioScore `json:"scores"`
	Ladders   []LadderMoves    `json:"ladders"`
	Band      *struct {
		Moves []LevelMove `json:"moves"`
	} `json:"band,omitempty"`
}

// PortfolioScore is the change of a score in all.
type PortfolioScore struct {
	Name               string       `json:"name"`
	N                  int64        `json:"n"` // with a score both times: the means are over these
	Before             *float64     `json:"before"`
	After              *float64     `json:"after"`
	Change             *float64     `json:"change"`
	Parts              Parts        `json:"parts"`
	BecameInsufficient PartCounts   `json:"became_insufficient"`
	BecameSufficient   PartCounts   `json:"became_sufficient"`
	Insufficient       int64        `json:"insufficient"`
	Joined             int64        `json:"joined"` // of N: with a part that could not be told
	Lines              []ChangeLine `json:"lines"`
}

// LadderMoves is who moved on a ladder.
type LadderMoves struct {
	Name  string      `json:"name"`
	Label Label       `json:"label,omitempty"`
	Moves []LevelMove `json:"moves"`
}

// LevelMove is customers from one level to another, or who stayed in one. Nil: on no level.
type LevelMove struct {
	From *string `json:"from"`
	To   *string `json:"to"`
	N    int64   `json:"n"`
}

// Changes are what changed between two snapshots of the same customers. It needs neither batch.
type Changes struct{ *changesCore }

type changesCore struct {
	handle
	c *C.aiueo_changes
}

// useBoth begins a use of the batches of a change, and says what they are compared with.
func useBoth(before, after *Batch, options *ChangeOptions) (given C.aiueo_change_options, done func(), err error) {
	uses := []*Batch{before, after}
	given.struct_size = C.uint32_t(unsafe.Sizeof(given))
	if options != nil && options.NoOverrides {
		given.flags = C.AIUEO_SCORES_NO_OVERRIDES
	}
	if options != nil && options.From != nil {
		uses = append(uses, options.From)
	}
	done, err = acquireAll(uses)
	if err != nil {
		return given, nil, err
	}
	if len(uses) == 3 {
		given.from = options.From.c
	}
	return given, done, nil
}

func acquireAll(uses []*Batch) (done func(), err error) {
	begun := []*Batch{}
	done = func() {
		for _, one := range begun {
			one.release()
		}
	}
	for _, one := range uses {
		if err := one.acquire(); err != nil {
			done()
			return nil, err
		}
		begun = append(begun, one)
	}
	return done, nil
}

// NewChanges splits what changed between the latest row of each customer in before and in after, two
// batches of one plan, into model, staleness, missingness and behaviour. options may be nil.
func NewChanges(before, after *Batch, options *ChangeOptions) (*Changes, error) {
	given, done, err := useBoth(before, after, options)
	if err != nil {
		return nil, err
	}
	defer done()
	core := &changesCore{}
	k := begin()
	if err := k.end(C.aiueo_changes_new(before.c, after.c, &given, &core.c, &k.c.error)); err != nil {
		return nil, err
	}
	core.handle.init(changesKind, core.destroy)
	out := &Changes{core}
	runtime.SetFinalizer(out, func(s *Changes) { s.abandon() })
	return out, nil
}

func (s *changesCore) destroy() {
	C.aiueo_changes_free(s.c)
	s.c = nil
}

// Close gives the changes up. It returns nil.
func (s *Changes) Close() error { return s.close() }

// JSON is the portfolio as the library's JSON (schema/changes.schema.json).
func (s *Changes) JSON() ([]byte, error) {
	if err := s.acquire(); err != nil {
		return nil, err
	}
	defer s.release()
	return text(func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t {
		return C.aiueo_changes_json(s.c, buffer, capacity, needed, &k.c.error)
	})
}

// Portfolio is what changed in all.
func (s *Changes) Portfolio() (*Portfolio, error) {
	out, err := s.JSON()
	if err != nil {
		return nil, err
	}
	return decode[Portfolio](out)
}

// ExportArrow writes a record batch with a row a customer: customer, presence (both, new, gone), the
// dates, and of each score SCORE.before, SCORE.after, SCORE.model, SCORE.staleness,
// SCORE.missingness, SCORE.behaviour, SCORE.kind, SCORE.cause. See [ReleaseArrow].
func (s *Changes) ExportArrow(schema, array unsafe.Pointer) error {
	if err := s.acquire(); err != nil {
		return err
	}
	defer s.release()
	k := begin()
	return k.end(C.aiueo_changes_export(s.c, (*C.struct_ArrowSchema)(schema), (*C.struct_ArrowArray)(array),
		&k.c.error))
}

// ExplainChange is the change between two rows, line by line. options may be nil.
func ExplainChange(before *Batch, rowBefore int, after *Batch, rowAfter int, options *ChangeOptions) (*ChangeReport, error) {
	out, err := ExplainChangeJSON(before, rowBefore, after, rowAfter, options)
	if err != nil {
		return nil, err
	}
	return decode[ChangeReport](out)
}

// ExplainChangeJSON is [ExplainChange] as the library's JSON (schema/change.schema.json).
func ExplainChangeJSON(before *Batch, rowBefore int, after *Batch, rowAfter int, options *ChangeOptions) ([]byte, error) {
	given, done, err := useBoth(before, after, options)
	if err != nil {
		return nil, err
	}
	defer done()
	return text(func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t {
		return C.aiueo_change_explain(before.c, C.int64_t(rowBefore), after.c, C.int64_t(rowAfter), &given, buffer,
			capacity, needed, &k.c.error)
	})
}

// ExportRollup writes a record batch with a row a parent: customers rolled up to their parents (the
// column "parent"), and those to theirs. scores are those of all rows of the batch, with detail. See
// [ReleaseArrow]. ErrBadValue names parents that go round in a circle.
func ExportRollup(batch *Batch, scores *Scores, schema, array unsafe.Pointer) error {
	if err := batch.acquire(); err != nil {
		return err
	}
	defer batch.release()
	if err := scores.acquire(); err != nil {
		return err
	}
	defer scores.release()
	k := begin()
	return k.end(C.aiueo_rollup_export(batch.c, scores.c, (*C.struct_ArrowSchema)(schema),
		(*C.struct_ArrowArray)(array), &k.c.error))
}
