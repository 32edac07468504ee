package aiueo

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// small has one of everything that scoring does.
const small = `{ "aiueo": 1, "name": "small", "currency": "JPY",
  "metrics": { "plan": { "type": "category" }, "setup": { "type": "flag" },
    "logins": { "type": "number", "min": 0 }, "last": { "type": "date" }, "mrr": { "type": "money" },
    "nps": { "type": "number", "max_age_days": 90 }, "unread": { "type": "number" },
    "rate": { "derive": "logins / 10" },
    "calls": { "from": "initiatives", "initiative": "call", "value": "count", "window_days": 30 } },
  "touch": { "components": { "calls": { "metric": "calls", "steps": [[1, 100]] } } },
  "axes": {
    "I": { "components": { "setup": { "metric": "setup" } } },
    "U": { "components": { "logins": { "metric": "logins", "curve": [[0, 0], [10, 100]] },
      "last": { "metric": "last", "days_since": [[0, 100], [30, 0]] } } },
    "E": { "components": { "nps": { "metric": "nps", "curve": [[0, 0], [10, 100]] } } },
    "O": { "components": { "worth": { "metric": "mrr", "curve": [[0, 0], [1000, 100]] } } } },
  "overall": { "weights": { "I": 1, "U": 1, "E": 1, "O": 1 } },
  "ladders": { "stage": [ { "name": "Entry" },
    { "name": "Active", "when": "U >= 60 && (setup || plan.startsWith('big'))" } ] },
  "bands": { "of": "overall", "edges": [50], "names": ["low", "high"] },
  "profiles": [ { "name": "trial", "when": "plan == 'trial'",
    "patch": { "overall": { "weights": { "I": 3, "O": null } } } } ],
  "plays": { "call": { "for": ["U.logins", "U.last"], "owner": "success", "channel": "phone" } },
  "triggers": { "quiet": { "when": "logins < 3", "play": "call", "once_per": "customer", "holdout": 0.5 } },
  "study": { "ranks": ["C", "B", "A"] } }`

var today = NewDate(2026, 11, 21)

func smallPlan(t testing.TB) *Plan {
	plan := must[*Plan](t)(Load([]byte(small)))
	close_(t, plan)
	return plan
}

// smallBatch has rows of which every fifth value is unknown.
func smallBatch(t testing.TB, plan *Plan, rows int) *Batch {
	batch := must[*Batch](t)(plan.NewBatch(rows, &BatchOptions{AsOf: today}))
	close_(t, batch)
	fillSmall(t, batch)
	return batch
}

func fillSmall(t testing.TB, batch *Batch) {
	rows := batch.Rows()
	logins, setup := make([]float64, rows), make([]bool, rows)
	last, mrr := make([]Date, rows), make([]int64, rows)
	known, plans := make([]bool, rows), make([]string, rows)
	keys := make([]string, rows)
	for i := range logins {
		logins[i] = float64(i % 11)
		if i%5 == 1 {
			logins[i] = math.NaN()
		}
		setup[i] = i%3 == 0
		last[i] = today - Date(i%40)
		if i%5 == 2 {
			last[i] = NoDate
		}
		mrr[i] = int64(i % 1300)
		known[i] = i%5 != 3
		plans[i] = []string{"trial", "pro", "big-1", ""}[i%4]
		keys[i] = fmt.Sprintf("c-%d", i)
	}
	ok(t, Bind(batch, "logins", logins, nil))
	ok(t, Bind(batch, "setup", setup, known))
	ok(t, Bind(batch, "last", last, nil))
	ok(t, Bind(batch, "mrr", mrr, known))
	ok(t, batch.BindCategories("plan", plans))
	ok(t, batch.BindTexts("customer", keys))
	ok(t, Bind(batch, "nps", logins, nil))
	ok(t, Bind(batch, "nps@", last, nil))
}

func sameBits(t *testing.T, what string, found, expected []float64) {
	t.Helper()
	if len(found) != len(expected) {
		t.Fatalf("%s: %d values, expected %d", what, len(found), len(expected))
	}
	for row := range found {
		if math.IsNaN(found[row]) && math.IsNaN(expected[row]) {
			continue // of whatever sign
		}
		if math.Float64bits(found[row]) != math.Float64bits(expected[row]) {
			t.Fatalf("%s: row %d is %v, expected %v", what, row, found[row], expected[row])
		}
	}
}

// large is a model with as many components as models have in earnest: 24 over 4 axes, 16 curves of
// 2 to 6 knots, 4 steps, 4 flags, a ladder of 4 rungs of 3 comparisons, 5 bands.
func large() string {
	var metrics, axes, weights []string
	metric := 0
	add := func(kind string) string {
		name := fmt.Sprintf("m%02d", metric)
		metric++
		metrics = append(metrics, fmt.Sprintf(`"%s": {"type": "%s"}`, name, kind))
		return name
	}
	for _, axis := range []string{"I", "U", "E", "O"} {
		var parts []string
		for k := 0; k < 4; k++ {
			knots := []string{"[0, 0]"}
			for n := 1; n <= 1+(metric+k)%5; n++ {
				knots = append(knots, fmt.Sprintf("[%d, %d]", 10*n, 20*n))
			}
			parts = append(parts, fmt.Sprintf(`"c%d": {"metric": "%s", "curve": [%s]}`, k, add("number"), strings.Join(knots, ", ")))
		}
		parts = append(parts, fmt.Sprintf(`"s": {"metric": "%s", "steps": [[5, 40], [20, 100]]}`, add("number")),
			fmt.Sprintf(`"f": {"metric": "%s"}`, add("flag")))
		axes = append(axes, fmt.Sprintf(`"%s": {"components": {%s}}`, axis, strings.Join(parts, ", ")))
		weights = append(weights, fmt.Sprintf(`"%s": 1`, axis))
	}
	return fmt.Sprintf(`{"aiueo": 1, "name": "large", "metrics": {%s}, "axes": {%s}, "overall": {"weights": {%s}},
  "ladders": {"stage": [{"name": "Entry"}, {"name": "Onboard", "when": "I >= 30 && m00 >= 5 && m04 >= 5"},
    {"name": "Active", "when": "U >= 40 && m06 >= 10 && m07 >= 10"},
    {"name": "Loyal", "when": "E >= 60 && O >= 40 && m12 >= 20"}]},
  "bands": {"of": "overall", "edges": [20, 40, 60, 80], "names": ["Lv1", "Lv2", "Lv3", "Lv4", "Lv5"]}}`,
		strings.Join(metrics, ", "), strings.Join(axes, ", "), strings.Join(weights, ", "))
}

func largePlan(t testing.TB) *Plan {
	plan := must[*Plan](t)(Load([]byte(large())))
	close_(t, plan)
	return plan
}

// largeColumns reserves all columns of a batch of the large model, and fills them.
func largeColumns(t testing.TB, batch *Batch) (numbers []Column[float64], flags []Column[bool]) {
	next := uint32(1)
	for _, one := range must[*Description](t)((&Plan{batch.plan}).Describe()).Metrics {
		if one.Type == "flag" {
			column := must[Column[bool]](t)(Bool(batch, one.Name))
			column.Known.SetAll(true)
			for row := range column.Values {
				next = next*1664525 + 1013904223
				column.Values[row] = next>>31 == 1
			}
			flags = append(flags, column)
			continue
		}
		column := must[Column[float64]](t)(Float64(batch, one.Name))
		for row := range column.Values {
			next = next*1664525 + 1013904223
			if next%20 != 0 {
				column.Values[row] = float64(next>>16) / 1100
			}
		}
		numbers = append(numbers, column)
	}
	return numbers, flags
}
