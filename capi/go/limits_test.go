package aiueo

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// limited is a model whose one condition is given.
func limited(when string) []byte {
	return []byte(`{ "aiueo": 1, "metrics": { "x": { "type": "number" } },
  "axes": { "U": { "components": { "x": { "metric": "x", "curve": [[0, 0], [9, 100]] } } } },
  "ladders": { "stage": [ { "name": "Entry" }, { "name": "Active", "when": "` + when + `" } ] } }`)
}

// Each limit of a model, lower and higher than it usually is, at it and one beyond.
func TestLimitsOfAModel(t *testing.T) {
	nested := func(levels int) string {
		return strings.Repeat("(", levels-1) + "x > 1" + strings.Repeat(")", levels-1)
	}
	parts := func(count int) string { return "x > 1" + strings.Repeat("||x > 1", (count-3)/4) }
	long := func(size int) string { return "x > 1" + strings.Repeat(" ", size-5) }
	plain := limited("x > 1")
	for _, one := range []struct {
		options CompileOptions
		good    []byte
		bad     []byte
		words   string
	}{
		{CompileOptions{MaxBytes: uint64(len(plain))}, plain, limited("x > 10"), "bytes; a model file may have"},
		{CompileOptions{MaxDepth: 7}, plain, []byte(strings.Repeat("[", 8) + strings.Repeat("]", 8)), "more than 7 levels"},
		{CompileOptions{MaxNodes: 24}, plain, []byte("[" + strings.Repeat("1,", 23) + "1]"), "more than 24 values"},
		{CompileOptions{MaxConditionBytes: 5}, plain, limited("x > 10"), "longer than 5 bytes"},
		{CompileOptions{MaxConditionBytes: 20000}, limited(long(20000)), limited(long(20001)), "longer than 20000 bytes"},
		{CompileOptions{MaxConditionParts: 3}, plain, limited(parts(7)), "more than 3 parts"},
		{CompileOptions{MaxConditionParts: 2051}, limited(parts(2051)), limited(parts(2055)), "more than 2051 parts"},
		{CompileOptions{MaxConditionDepth: 2}, limited(nested(2)), limited(nested(3)), "deeper than 2 levels"},
		{CompileOptions{MaxConditionDepth: 100}, limited(nested(100)), limited(nested(101)), "deeper than 100 levels"},
	} {
		t.Run(fmt.Sprintf("%+v", one.options), func(t *testing.T) {
			close_(t, must[*Plan](t)(Compile(one.good, one.options)))
			if report := must[*Report](t)(CheckWith(one.good, one.options)); !report.Usable {
				t.Error(report.Problems)
			}
			var known *Error
			if _, err := Compile(one.bad, one.options); !errors.Is(err, ErrLimitExceeded) || !errors.As(err, &known) ||
				!strings.Contains(known.Message, one.words) || len(known.Problems) == 0 {
				t.Error(err)
			}
			report := must[*Report](t)(CheckWith(one.bad, one.options))
			if report.Usable || !strings.Contains(report.Problems[0].Text, one.words) {
				t.Errorf("%+v", report)
			}
		})
	}
}

func TestLimitsThatAreNone(t *testing.T) {
	model := limited("x > 1")
	for words, options := range map[string]CompileOptions{
		"max_depth is 257; at most 256":             {MaxDepth: 257},
		"max_condition_parts is 8193; at most 8192": {MaxConditionParts: 8193},
		"max_condition_depth is 129; at most 128":   {MaxConditionDepth: 129},
	} {
		if _, err := Compile(model, options); !errors.Is(err, ErrInvalidArgument) || !strings.Contains(err.Error(), words) {
			t.Error(err)
		}
		if _, err := CheckWith(model, options); !errors.Is(err, ErrInvalidArgument) || !strings.Contains(err.Error(), words) {
			t.Error(err)
		}
	}
	report := must[*Report](t)(CheckWith([]byte("{"), CompileOptions{File: "health.json"}))
	if report.Usable || !strings.HasPrefix(report.Problems[0].Text, "health.json:1:") {
		t.Errorf("%+v", report)
	}
}

func TestLimitOfAState(t *testing.T) {
	plan := smallPlan(t)
	saved := must[[]byte](t)(smallEvidence(t, plan, 0, 30).Bytes())
	read := func(most uint64) error {
		evidence, err := plan.ReadEvidence(saved, &EvidenceOptions{MaxIntegers: most})
		if err == nil {
			close_(t, evidence)
		}
		return err
	}
	least, most := uint64(1), uint64(1)<<27
	for least < most { // how many it has
		if half := (least + most) / 2; read(half) == nil {
			most = half
		} else {
			least = half + 1
		}
	}
	ok(t, read(least))
	ok(t, read(1<<40))
	words := fmt.Sprintf("more than %d integers", least-1)
	if err := read(least - 1); !errors.Is(err, ErrLimitExceeded) || !strings.Contains(err.Error(), words) {
		t.Error(err)
	}
}
