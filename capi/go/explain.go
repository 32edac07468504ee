package aiueo

// #include "shim.h"
import "C"

// Explanation says why a row's scores are what they are. Numbers that are pointers are nil where
// there is none: an insufficient score, a response to an unknown value.
type Explanation struct {
	Row      int                 `json:"row"` // from 0
	Customer string              `json:"customer"`
	AsOf     *Date               `json:"as_of"`
	Profile  string              `json:"profile"`
	Axes     []ExplainedAxis     `json:"axes"` // those in use, touch among them
	Overall  *ExplainedScore     `json:"overall"`
	Ladders  []ExplainedLadder   `json:"ladders"`
	Band     *string             `json:"band"`
	Pattern  string              `json:"pattern,omitempty"`
	Steps    []ExplainedStep     `json:"steps,omitempty"` // accompany, process, success; none of a model without steps
	Movers   []ExplainedMovement `json:"movers"`          // what would move overall most, first
}

// ExplainedScore is a score, and what was done to it.
type ExplainedScore struct {
	Score        *float64           `json:"score"` // nil: insufficient
	Insufficient bool               `json:"insufficient"`
	BeforeLimits *float64           `json:"before_limits"` // before caps and override
	Coverage     float64            `json:"coverage"`      // share of the weight that was known, 0..1
	Lower        float64            `json:"lower"`
	Upper        float64            `json:"upper"`
	Caps         []ExplainedCap     `json:"caps"`
	Override     *ExplainedOverride `json:"override,omitempty"`
}

// ExplainedAxis is an axis, or touch, and its components.
type ExplainedAxis struct {
	Name   string  `json:"name"`
	Kana   string  `json:"kana"`
	Title  string  `json:"title"`
	Label  Label   `json:"label,omitempty"`
	Weight float64 `json:"weight"` // in overall
	ExplainedScore
	Components []ExplainedComponent `json:"components"`
}

// ExplainedCap is a cap of a score.
type ExplainedCap struct {
	When    string  `json:"when"`
	AtMost  float64 `json:"at_most"`
	Holds   *bool   `json:"holds"` // nil: unknown
	Lowered bool    `json:"lowered"`
}

// ExplainedOverride is a manager's word on a score.
type ExplainedOverride struct {
	Mode    string         `json:"mode"` // "replace", "floor", "ceiling"
	Applied bool           `json:"applied"`
	Input   ExplainedInput `json:"input"`
}

// ExplainedComponent is a component: what came in and what it is worth.
type ExplainedComponent struct {
	Name             string           `json:"name"`
	Label            Label            `json:"label,omitempty"`
	State            string           `json:"state"`    // "known", "missing", "stale", "invalid", "unseen", "unused"
	Response         *float64         `json:"response"` // 0..100
	Weight           float64          `json:"weight"`
	Missing          string           `json:"missing"` // the policy: "renormalize", "prior", "pessimistic", "fail"
	Prior            *float64         `json:"prior,omitempty"`
	Contribution     *float64         `json:"contribution"`      // points of the axis
	Potential        *float64         `json:"potential"`         // points the axis could gain
	OverallPotential *float64         `json:"overall_potential"` // points overall could gain
	Inputs           []ExplainedInput `json:"inputs"`
}

// ExplainedInput is a metric as the row has it. A stale or invalid value is shown, though it does
// not count.
type ExplainedInput struct {
	Metric     string `json:"metric"`
	Label      Label  `json:"label,omitempty"`
	Type       string `json:"type"`
	State      string `json:"state"`
	Value      any    `json:"value"` // float64 (money in major units), bool, string (a date as 2026-11-21), or nil
	AgeDays    *int   `json:"age_days,omitempty"`
	MaxAgeDays *int   `json:"max_age_days,omitempty"`
}

// ExplainedLadder is where the row stands on a ladder.
type ExplainedLadder struct {
	Name        string          `json:"name"`
	Label       Label           `json:"label,omitempty"`
	Stage       string          `json:"stage"`
	Provisional *string         `json:"provisional"` // the highest rung it could be; nil: that is sure
	Rungs       []ExplainedRung `json:"rungs"`
}

// ExplainedRung is a rung, and whether its condition holds.
type ExplainedRung struct {
	Name       string `json:"name"`
	Label      Label  `json:"label,omitempty"`
	Holds      *bool  `json:"holds"` // nil: unknown
	When       string `json:"when,omitempty"`
	Meaning    Label  `json:"meaning,omitempty"`
	Approach   Label  `json:"approach,omitempty"`
	Hypothesis bool   `json:"hypothesis"`
}

// ExplainedStep is a step of the chain accompany, process, success.
type ExplainedStep struct {
	Name      string   `json:"name"`
	Score     *float64 `json:"score"`     // 0..100; nil: an axis that it needs is insufficient
	Threshold float64  `json:"threshold"` // the score from which on it is achieved
	Achieved  *bool    `json:"achieved"`  // nil: unknown
	// Overdue, of process: is a rung of the first ladder, so that it is not achieved whatever its
	// score? Nil: unknown, and of the other steps.
	Overdue *bool `json:"overdue,omitempty"`
}

// ExplainedMovement is how many points of overall a component could still give.
type ExplainedMovement struct {
	Component string  `json:"component"` // "U.logins"
	Label     Label   `json:"label,omitempty"`
	Points    float64 `json:"points"`
}

// Gap is what a row lacks for a rung: the fewest comparisons to change, in the model's order.
type Gap struct {
	Ladder      string         `json:"ladder"`
	Label       Label          `json:"label,omitempty"`
	Stage       string         `json:"stage"`
	Provisional *string        `json:"provisional"`
	Target      *string        `json:"target"` // nil: already on the top rung
	Meaning     Label          `json:"meaning,omitempty"`
	Approach    Label          `json:"approach,omitempty"`
	Reachable   bool           `json:"reachable"` // false: no change of comparisons reaches it
	Minimal     bool           `json:"minimal"`   // false: the search was cut off, and fewer may do
	Conditions  []GapCondition `json:"conditions"`
}

// GapCondition is a comparison to change.
type GapCondition struct {
	Rung         string           `json:"rung"`
	Condition    string           `json:"condition"` // as the model writes it
	State        string           `json:"state"`     // "unmet", "unknown"
	Wanted       bool             `json:"wanted"`    // what it must become
	Now          any              `json:"now"`       // float64, string (a date as 2026-11-21), or nil
	Threshold    any              `json:"threshold"` // the same
	Distance     *float64         `json:"distance"`  // threshold − now: what must be gained; of dates, days
	Strict       bool             `json:"strict"`    // it must go beyond the threshold
	Inputs       []ExplainedInput `json:"inputs"`
	Insufficient []string         `json:"insufficient"` // scores it reads that are insufficient
}

// Explain says why a row's scores are what they are.
func (p *Plan) Explain(b *Batch, row int) (*Explanation, error) {
	out, err := p.ExplainJSON(b, row)
	if err != nil {
		return nil, err
	}
	return decode[Explanation](out)
}

// ExplainJSON is [Plan.Explain] as the library's JSON (schema/explanation.schema.json).
func (p *Plan) ExplainJSON(b *Batch, row int) ([]byte, error) {
	done, err := p.using(b)
	if err != nil {
		return nil, err
	}
	defer done()
	return p.explain(b.batchCore, row)
}

// Gap says what a row lacks for the rung target of a ladder; with an empty target, for the next.
func (p *Plan) Gap(b *Batch, row int, ladder, target string) (*Gap, error) {
	out, err := p.GapJSON(b, row, ladder, target)
	if err != nil {
		return nil, err
	}
	return decode[Gap](out)
}

// GapJSON is [Plan.Gap] as the library's JSON (schema/gap.schema.json).
func (p *Plan) GapJSON(b *Batch, row int, ladder, target string) ([]byte, error) {
	done, err := p.using(b)
	if err != nil {
		return nil, err
	}
	defer done()
	return p.gap(b.batchCore, row, ladder, target)
}

// using begins a use of a batch of this plan.
func (p *Plan) using(b *Batch) (done func(), err error) {
	if p.closed.Load() {
		return nil, ErrClosed
	}
	if b.plan != p.planCore {
		return nil, argumentError("the batch was made by another plan")
	}
	if err := b.acquire(); err != nil {
		return nil, err
	}
	return b.release, nil
}

func (p *planCore) explain(b *batchCore, row int) ([]byte, error) {
	return text(func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t {
		return C.aiueo_go_explain(p.c, b.c, C.int64_t(row), buffer, capacity, needed, k.pointer())
	})
}

func (p *planCore) gap(b *batchCore, row int, ladder, target string) ([]byte, error) {
	return text(func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t {
		return C.aiueo_go_gap(p.c, b.c, C.int64_t(row), stringPointer(ladder), C.size_t(len(ladder)),
			stringPointer(target), C.size_t(len(target)), buffer, capacity, needed, k.pointer())
	})
}
