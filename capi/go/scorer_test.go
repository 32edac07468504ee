package aiueo

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
)

const withScorer = `{ "aiueo": 1, "metrics": { "a": { "type": "number" }, "b": { "type": "flag" }, "d": { "type": "date" } },
  "axes": { "U": { "components": { "own": { "scorer": "pressure", "version": 2,
    "metrics": ["a", "b", "d"], "params": {"scale": 10} } } } }, "overall": { "weights": { "U": 1 }, "min_axes": 1 },
  "ladders": { "stage": [ { "name": "Entry" }, { "name": "Active", "when": "U >= 5" } ] } }`

func scored(t *testing.T, scorer Scorer, rows int) (*Plan, *Batch, *Scores) {
	t.Helper()
	plan := must[*Plan](t)(Compile([]byte(withScorer), CompileOptions{Scorers: []Scorer{scorer}}))
	close_(t, plan)
	batch := must[*Batch](t)(plan.NewBatch(rows, &BatchOptions{AsOf: today}))
	close_(t, batch)
	a, b, d := make([]float64, rows), make([]bool, rows), make([]Date, rows)
	for i := range a {
		a[i], b[i], d[i] = float64(i%100), i%3 != 0, today-1
	}
	ok(t, Bind(batch, "a", a, nil))
	ok(t, Bind(batch, "b", b, nil))
	ok(t, Bind(batch, "d", d, nil))
	return plan, batch, must[*Scores](t)(closing(t)(plan.NewScores(rows, nil)))
}

func TestScorersByChunkAndByRow(t *testing.T) {
	seen := 0
	chunk := Scorer{Name: "pressure", Version: 2, Inputs: 3, Chunk: func(c *ScorerCall) error {
		if !strings.Contains(c.Params, "10") || c.AsOf[0] != float64(today) || c.Inputs[2][0] != float64(today-1) {
			return fmt.Errorf("params %s, as of %v", c.Params, c.AsOf[0])
		}
		for i := range c.Out {
			if c.Inputs[1][i] == 1 {
				c.Out[i] = c.Inputs[0][i]
			}
		}
		seen += len(c.Out)
		return nil
	}}
	row := Scorer{Name: "pressure", Version: 2, Row: func(in []float64) float64 {
		if in[1] == 1 {
			return in[0]
		}
		return math.NaN()
	}}
	plan, batch, scores := scored(t, chunk, 3000)
	ok(t, plan.ScoreInto(batch, scores))
	if seen != 3000 || !math.IsNaN(scores.Axis(Utilization)[3]) || scores.Axis(Utilization)[4] != 4 {
		t.Error(seen, scores.Axis(Utilization)[:6])
	}
	plan2, batch2, scores2 := scored(t, row, 3000)
	ok(t, plan2.ScoreInto(batch2, scores2))
	sameBits(t, "by row", scores2.Axis(Utilization), scores.Axis(Utilization))
	must[*Explanation](t)(plan2.Explain(batch2, 1))
}

func TestScorersThatFail(t *testing.T) {
	broken := errors.New("no connection\nat all")
	var answer error
	var value any
	plan, batch, scores := scored(t, Scorer{Name: "pressure", Version: 2, Chunk: func(c *ScorerCall) error {
		if value != nil {
			panic(value)
		}
		for i := range c.Out {
			c.Out[i] = 10
		}
		return answer
	}}, 300)
	answer = broken
	for what, err := range map[string]error{
		"score":   plan.ScoreInto(batch, scores),
		"explain": second(plan.Explain(batch, 1)),
		"gap":     second(plan.Gap(batch, 1, "stage", "")),
	} {
		if !errors.Is(err, ErrScorerFailed) || !errors.Is(err, broken) || !strings.Contains(err.Error(), "no connection at all") {
			t.Errorf("%s: %v", what, err)
		}
	}
	answer = ErrCancelled
	if err := plan.ScoreInto(batch, scores); !errors.Is(err, ErrCancelled) {
		t.Error(err)
	}
	value = broken
	var panicked *PanicError
	if err := plan.ScoreInto(batch, scores); !errors.Is(err, ErrScorerFailed) || !errors.As(err, &panicked) ||
		!errors.Is(err, broken) || len(panicked.Stack) == 0 {
		t.Error(err)
	}
	value = 42
	if err := plan.ScoreInto(batch, scores); !errors.As(err, &panicked) || panicked.Value != 42 || errors.Is(err, broken) {
		t.Error(err)
	}
	value, answer = nil, nil
	ok(t, plan.ScoreInto(batch, scores))
	if scores.Axis(Utilization)[0] != 10 {
		t.Error("the plan is of no more use")
	}
}

func TestScorersThatAreRefused(t *testing.T) {
	fine := func([]float64) float64 { return 1 }
	for what, all := range map[string][]Scorer{
		"none":        nil,
		"no function": {{Name: "pressure", Version: 2}},
		"version":     {{Name: "pressure", Row: fine}},
		"inputs":      {{Name: "pressure", Version: 2, Inputs: 2, Row: fine}},
		"no name":     {{Version: 2, Row: fine}},
		"twice":       {{Name: "pressure", Version: 2, Row: fine}, {Name: "pressure", Version: 2, Row: fine}},
	} {
		if plan, err := Compile([]byte(withScorer), CompileOptions{Scorers: all}); err == nil {
			plan.Close()
			t.Errorf("%s: accepted", what)
		}
	}
}

// A scorer may itself score, and fail, without the outer call taking its error.
func TestScorersThatScore(t *testing.T) {
	broken := errors.New("inner")
	innerPlan, innerBatch, innerScores := scored(t, Scorer{Name: "pressure", Version: 2,
		Chunk: func(*ScorerCall) error { return broken }}, 64)
	plan, batch, scores := scored(t, Scorer{Name: "pressure", Version: 2, Chunk: func(c *ScorerCall) error {
		if err := innerPlan.ScoreInto(innerBatch, innerScores); !errors.Is(err, broken) {
			return fmt.Errorf("inner scoring gave %v", err)
		}
		c.Out[0] = 7
		return nil
	}}, 64)
	ok(t, plan.ScoreInto(batch, scores))
	if scores.Axis(Utilization)[0] != 7 {
		t.Error(scores.Axis(Utilization)[0])
	}
}

func TestScorersAtOnce(t *testing.T) {
	plan, batch, scores := scored(t, Scorer{Name: "pressure", Version: 2, Row: func(in []float64) float64 { return in[0] }}, 8*640)
	expected := must[*Scores](t)(closing(t)(plan.NewScores(8*640, nil)))
	ok(t, plan.ScoreInto(batch, expected))
	var all sync.WaitGroup
	for k := 0; k < 8; k++ {
		all.Add(1)
		go func(from int) {
			defer all.Done()
			for n := 0; n < 5; n++ {
				if err := plan.ScoreRows(batch, from, from+640, scores); err != nil {
					t.Error(err)
				}
			}
		}(640 * k)
	}
	all.Wait()
	sameBits(t, "at once", scores.Axis(Utilization), expected.Axis(Utilization))
}
