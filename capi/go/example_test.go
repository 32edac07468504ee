package aiueo_test

import (
	"errors"
	"fmt"
	"math"
	"sync"

	aiueo "github.com/aiueo-health/aiueo/capi/go"
)

const model = `{
  "aiueo": 1,
  "name": "crm",
  "metrics": {
    "plan":       { "type": "category" },
    "setup_done": { "type": "flag" },
    "logins_28d": { "type": "number", "min": 0 },
    "last_login": { "type": "date" }
  },
  "axes": {
    "I": { "components": { "setup": { "metric": "setup_done" } } },
    "U": { "components": {
      "logins":  { "metric": "logins_28d", "curve": [[0, 0], [10, 60], [40, 100]] },
      "recency": { "metric": "last_login", "days_since": [[0, 100], [14, 60], [60, 0]] } } }
  },
  "overall": { "weights": { "I": 1, "U": 2 } },
  "ladders": {
    "stage": [
      { "name": "Entry" },
      { "name": "Onboard", "when": "setup_done" },
      { "name": "Active",  "when": "U >= 60" } ] }
}`

var today = aiueo.NewDate(2026, 11, 21)

// Columns in, scores out.
func Example() {
	plan, err := aiueo.Load([]byte(model))
	if err != nil {
		fmt.Println(err) // with line and column
		return
	}
	defer plan.Close()
	batch, err := plan.NewBatch(3, &aiueo.BatchOptions{AsOf: today})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer batch.Close()
	err = errors.Join(
		batch.BindTexts("customer", []string{"Aoba", "Midori", "Kuro"}),
		batch.BindCategories("plan", []string{"pro", "trial", "pro"}),
		aiueo.Bind(batch, "setup_done", []bool{true, true, false}, nil),
		aiueo.Bind(batch, "logins_28d", []float64{35, 4, math.NaN()}, nil), // NaN is unknown, not zero
		aiueo.Bind(batch, "last_login", []aiueo.Date{today, today - 7, aiueo.NoDate}, nil))
	if err != nil {
		fmt.Println(err)
		return
	}
	scores, err := plan.Score(batch)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer scores.Close()
	stages, err := scores.Levels("stage")
	if err != nil {
		fmt.Println(err)
		return
	}
	for row, u := range scores.Axis(aiueo.Utilization) {
		fmt.Printf("U %5.1f  overall %5.1f  %s\n", u, scores.Overall()[row], stages.At(row))
	}
	// Output:
	// U  96.7  overall  97.8  Active
	// U  52.0  overall  68.0  Onboard
	// U   NaN  overall   NaN  Entry
}

// Every problem of a model has its place.
func ExampleLoad_problems() {
	_, err := aiueo.Load([]byte(`{ "aiueo": 1,
  "metrics": { "logins_28d": { "type": "number" } },
  "axes": { "U": { "components": { "logins": { "metric": "login_28d", "curve": [[0, 0], [9, 100]] } } } } }`))
	fmt.Println(errors.Is(err, aiueo.ErrBadModel))
	var bad *aiueo.Error
	if errors.As(err, &bad) {
		for _, problem := range bad.Problems {
			fmt.Printf("%s line %d: %s\n", problem.Level, problem.Line, problem.Hint())
		}
	}
	// Output:
	// true
	// error line 3: did you mean "logins_28d"?
}

// A batch that is used again and again: its memory is filled in place.
func ExampleReserve() {
	plan, _ := aiueo.Load([]byte(model))
	defer plan.Close()
	batch, _ := plan.NewBatch(2, &aiueo.BatchOptions{AsOf: today, MissingColumnsUnknown: true})
	defer batch.Close()
	scores, _ := plan.NewScores(2, nil)
	defer scores.Close()
	logins, err := aiueo.Int32(batch, "logins_28d")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, day := range [][]int32{{10, 40}, {0, 5}} {
		logins.Fill(day)
		if err := plan.ScoreInto(batch, scores); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(scores.Axis(aiueo.Utilization))
	}
	// Output:
	// [60 100]
	// [0 30]
}

// One customer a request: the row is made once, and scoring allocates nothing.
func ExampleRow() {
	plan, _ := aiueo.Load([]byte(model))
	defer plan.Close()
	row, err := plan.NewRow(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer row.Close()
	logins, _ := plan.Metric("logins_28d")
	setup, _ := plan.Metric("setup_done")
	last, _ := plan.Metric("last_login")

	row.Reset()
	err = errors.Join(row.SetAsOf(today), row.SetNumber(logins, 12), row.SetFlag(setup, true),
		row.SetDate(last, today-3), row.Score())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("U %.1f, %s\n", row.Axis(aiueo.Utilization), row.Level("stage"))
	// Output:
	// U 77.0, Active
}

// What a customer lacks for the next rung, and why a score is what it is.
func ExampleRow_Gap() {
	plan, _ := aiueo.Load([]byte(model))
	defer plan.Close()
	row, _ := plan.NewRow(nil)
	defer row.Close()
	row.SetAsOf(today)
	row.Set("logins_28d", 5)
	row.Set("last_login", "2026-11-07")
	row.Set("setup_done", true)
	gap, err := row.Gap("stage", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, one := range gap.Conditions {
		fmt.Printf("%s needs %s: %.1f to go\n", *gap.Target, one.Condition, *one.Distance)
	}
	why, _ := row.Explain()
	for _, one := range why.Axes[1].Components {
		fmt.Printf("%s: %v gives %.0f, %.0f points of U\n", one.Name, one.Inputs[0].Value, *one.Response, *one.Contribution)
	}
	// Output:
	// Active needs U >= 60: 15.0 to go
	// logins: 5 gives 30, 15 points of U
	// recency: 2026-11-07 gives 60, 30 points of U
}

// A scorer of one's own.
func ExampleScorer() {
	const model = `{ "aiueo": 1,
  "metrics": { "users": { "type": "number" }, "seats": { "type": "number" } },
  "axes": { "U": { "components": { "pressure": { "scorer": "seat_pressure", "metrics": ["users", "seats"] } } } },
  "overall": { "weights": { "U": 1 }, "min_axes": 1 } }`
	plan, err := aiueo.Compile([]byte(model), aiueo.CompileOptions{Scorers: []aiueo.Scorer{{
		Name: "seat_pressure", Inputs: 2,
		Row: func(in []float64) float64 { return min(100*in[0]/in[1], 100) }, // NaN stays NaN
	}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer plan.Close()
	batch, _ := plan.NewBatch(3, nil)
	defer batch.Close()
	aiueo.Bind(batch, "users", []int32{5, 30, 1}, nil)
	aiueo.Bind(batch, "seats", []int32{20, 20, 0}, []bool{true, true, false})
	scores, err := plan.Score(batch)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer scores.Close()
	fmt.Println(scores.Axis(aiueo.Utilization))
	// Output:
	// [25 100 NaN]
}

// Several goroutines score ranges of one batch; the bits are the same as of one.
func ExamplePlan_ScoreRows() {
	plan, _ := aiueo.Load([]byte(model))
	defer plan.Close()
	const rows = 1000
	batch, _ := plan.NewBatch(rows, &aiueo.BatchOptions{AsOf: today, MissingColumnsUnknown: true})
	defer batch.Close()
	logins, err := aiueo.Int32(batch, "logins_28d") // the batch's memory
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range rows {
		logins.Set(i, int32(i%41))
	}
	scores, _ := plan.NewScores(rows, nil)
	defer scores.Close()
	var all sync.WaitGroup
	for begin := 0; begin < rows; begin += 256 {
		all.Add(1)
		go func(begin, end int) {
			defer all.Done()
			if err := plan.ScoreRows(batch, begin, end, scores); err != nil {
				fmt.Println(err)
			}
		}(begin, min(begin+256, rows))
	}
	all.Wait()
	u := scores.Axis(aiueo.Utilization)
	fmt.Println(u[0], u[10], u[25], u[40])
	// Output:
	// 0 60 80 100
}

// Counts over a portfolio, a batch at a time.
func ExampleSummary() {
	plan, _ := aiueo.Load([]byte(model))
	defer plan.Close()
	summary, _ := plan.NewSummary()
	defer summary.Close()
	for _, setup := range [][]bool{{true, true}, {false, true}} {
		batch, _ := plan.NewBatch(2, &aiueo.BatchOptions{AsOf: today, MissingColumnsUnknown: true})
		aiueo.Bind(batch, "setup_done", setup, nil)
		scores, _ := plan.Score(batch)
		summary.Add(scores, 2)
		scores.Close()
		batch.Close()
	}
	counts, err := summary.Counts()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, rung := range counts.Ladders[0].Rungs {
		fmt.Println(rung.Name, rung.Count)
	}
	// Output:
	// Entry 1
	// Onboard 3
	// Active 0
}

// What became of the customers who scored so and so.
func ExampleEvidence() {
	plan, _ := aiueo.Load([]byte(model))
	defer plan.Close()
	customers := []string{"Aoba", "Midori", "Kuro", "Shiro"}
	batch, _ := plan.NewBatch(4, &aiueo.BatchOptions{AsOf: today, AllMetrics: true})
	defer batch.Close()
	err := errors.Join(
		batch.BindTexts("customer", customers),
		batch.BindCategories("plan", []string{"pro", "pro", "trial", "pro"}),
		aiueo.Bind(batch, "setup_done", []bool{true, true, false, true}, nil),
		aiueo.Bind(batch, "logins_28d", []float64{35, 40, 1, 2}, nil),
		aiueo.Bind(batch, "last_login", []aiueo.Date{today, today, today - 50, today - 40}, nil))
	if err != nil {
		fmt.Println(err)
		return
	}
	scores, _ := plan.NewScores(4, &aiueo.ScoresOptions{Detail: true, NoOverrides: true})
	defer scores.Close()
	contracts, _ := plan.NewContracts()
	defer contracts.Close()
	for k, outcome := range []aiueo.ContractOutcome{aiueo.Renewed, aiueo.Renewed, aiueo.Churned, aiueo.Churned} {
		contracts.Add(aiueo.Contract{Customer: customers[k], Start: today - 265, End: today + 100, Outcome: outcome,
			MRRBefore: 5000, MRRAfter: aiueo.NoMoney})
	}
	seen, _ := plan.NewEvidence(nil)
	defer seen.Close()
	if err := errors.Join(plan.ScoreInto(batch, scores), contracts.Finish(), seen.Update(batch, scores, contracts)); err != nil {
		fmt.Println(err)
		return
	}
	state, _ := seen.Bytes() // to be kept, and merged with other customers'
	again, err := plan.ReadEvidence(state, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer again.Close()
	found, err := again.Renewal(aiueo.RenewalOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range found.Tables[0].Rows {
		fmt.Printf("%s: %d of %d\n", row.Level, row.Kept, row.Rate.N)
	}
	fmt.Println(found.Cautions[0].In("en"))
	// Output:
	// everybody: 2 of 4
	// Entry: 0 of 1
	// Onboard: 0 of 1
	// Active: 2 of 2
	// That customers at a higher level renew more often does not say that lifting a customer to that level makes it renew.
}

// What each customer lacks for its next rung.
func ExamplePlan_Act() {
	plan, _ := aiueo.Load([]byte(model))
	defer plan.Close()
	batch, _ := plan.NewBatch(2, &aiueo.BatchOptions{AsOf: today, AllMetrics: true})
	defer batch.Close()
	err := errors.Join(
		batch.BindTexts("customer", []string{"Aoba", "Midori"}),
		batch.BindCategories("plan", []string{"pro", "pro"}),
		aiueo.Bind(batch, "setup_done", []bool{true, false}, nil),
		aiueo.Bind(batch, "logins_28d", []float64{2, 8}, nil),
		aiueo.Bind(batch, "last_login", []aiueo.Date{today - 14, today}, nil))
	if err != nil {
		fmt.Println(err)
		return
	}
	list, err := plan.Act("next", batch, nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer list.Close()
	rows, err := aiueo.ActionRows[aiueo.NextRow](list, 0, list.Len())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range rows {
		fmt.Printf("%s to %s: %s\n", row.Customer, *row.Target, *row.Reason)
	}
	fmt.Println(list.Head().Sentence.In("en"))
	// Output:
	// Aoba to Active: U >= 60 (now 36.0)
	// Midori to Onboard: setup_done
	// Of 2 customers, 0 are on the top rung of stage. What the others lack most often is U >= 60: 1, of whom 1 lacks nothing else.
}
