package aiueo

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
)

func TestRow(t *testing.T) {
	plan := smallPlan(t)
	row := must[*Row](t)(plan.NewRow(&RowOptions{Detail: true}))
	close_(t, row)
	if err := row.Score(); !errors.Is(err, ErrBadColumn) {
		t.Errorf("without a date: %v", err)
	}
	ok(t, row.SetAsOf(today))
	for name, value := range map[string]any{"logins": json.Number("10"), "setup": true, "last": "2026-11-21",
		"nps": 9, "nps@": "2026-11-01", "plan": "big-7", "mrr": float32(500), "unread": 3} {
		ok(t, row.Set(name, value))
	}
	ok(t, row.SetCustomer("c-7"))
	ok(t, row.Score())
	if row.Axis(Implementation) != 100 || row.Axis(Utilization) != 100 || row.Axis(Engagement) != 90 ||
		row.Axis(Outcome) != 50 || row.Overall() != 85 || row.Number("coverage") != 1 || row.AsOf() != today {
		t.Error(row.Axis(Utilization), row.Axis(Engagement), row.Overall())
	}
	if row.Level("stage") != "Active" || row.Level("band") != "high" || row.Level("profile") != "default" || row.Level("none") != "" {
		t.Error(row.Level("stage"), row.Level("band"))
	}
	if row.Number("U.logins") != 100 || row.Number("stale") != 0 || !math.IsNaN(row.Number("none")) ||
		!math.IsNaN(row.Axis(Account)) || !math.IsNaN(row.Axis(99)) || !math.IsNaN(row.Axis(Touch)) {
		t.Error("a detail")
	}
	why := must[*Explanation](t)(row.Explain())
	if why.Customer != "c-7" || *why.Band != "high" {
		t.Errorf("%+v", why)
	}
	ok(t, row.Set("nps@", today-200))
	ok(t, row.Set("setup", nil))
	ok(t, row.Set("plan", nil))
	ok(t, row.Set("last", nil))
	ok(t, row.Score())
	if !math.IsNaN(row.Axis(Engagement)) || row.Number("stale") != 1 || row.Level("stage") != "Entry" {
		t.Error("stale", row.Axis(Engagement), row.Number("stale"))
	}
	gap := must[*Gap](t)(row.Gap("stage", "Active"))
	if len(gap.Conditions) == 0 {
		t.Errorf("%+v", gap)
	}
	row.Reset()
	ok(t, row.Score())
	if !math.IsNaN(row.Overall()) || row.AsOf() != today {
		t.Error("not reset")
	}
}

func TestDatesOfAGap(t *testing.T) {
	model := strings.Replace(small, `"when": "U >= 60 && (setup || plan.startsWith('big'))"`,
		`"when": "last >= date('2026-11-20') && logins > 3"`, 1)
	plan := must[*Plan](t)(Load([]byte(model)))
	close_(t, plan)
	row := must[*Row](t)(plan.NewRow(nil))
	close_(t, row)
	ok(t, row.SetAsOf(today))
	ok(t, row.Set("last", today-11))
	ok(t, row.Set("logins", 1))
	ok(t, row.Score())
	gap := must[*Gap](t)(row.Gap("stage", ""))
	if len(gap.Conditions) != 2 {
		t.Fatalf("%+v", gap)
	}
	day, number := gap.Conditions[0], gap.Conditions[1]
	if day.Now != "2026-11-10" || day.Threshold != "2026-11-20" || *day.Distance != 10 {
		t.Errorf("%+v", day)
	}
	if number.Now != 1.0 || number.Threshold != 3.0 || *number.Distance != 2 || !number.Strict {
		t.Errorf("%+v", number)
	}
}

func TestRowErrors(t *testing.T) {
	plan := smallPlan(t)
	row := must[*Row](t)(plan.NewRow(nil))
	close_(t, row)
	logins, setup := must[Metric](t)(row.Metric("logins")), must[Metric](t)(row.Metric("setup"))
	kind, last := must[Metric](t)(row.Metric("plan")), must[Metric](t)(row.Metric("last"))
	for what, c := range map[string]struct {
		err  error
		code Code
	}{
		"unknown":         {row.Set("login", 1), ErrNotFound},
		"unknown @":       {row.Set("login@", 1), ErrNotFound},
		"computed":        {row.Set("rate", 1), ErrBadColumn},
		"counted":         {row.Set("calls", 1), ErrBadColumn},
		"text as number":  {row.Set("logins", "many"), ErrBadValue},
		"flag as number":  {row.Set("logins", true), ErrBadValue},
		"number as text":  {row.Set("plan", 3), ErrBadValue},
		"number as date":  {row.Set("last", 3), ErrBadValue},
		"no date":         {row.Set("last", "yesterday"), ErrBadValue},
		"observed":        {row.Set("nps@", "yesterday"), ErrBadValue},
		"observed number": {row.Set("nps@", 3), ErrBadValue},
		"list":            {row.Set("logins", []int{1}), ErrBadValue},
		"typed flag":      {row.SetFlag(logins, true), ErrBadValue},
		"typed text":      {row.SetText(setup, "x"), ErrBadValue},
		"typed date":      {row.SetDate(kind, today), ErrBadValue},
		"typed number":    {row.SetNumber(kind, 3), ErrBadValue},
		"fraction of day": {row.SetNumber(last, 1.5), ErrBadValue},
		"no metric":       {row.SetNumber(99, 1), ErrInvalidArgument},
		"no observed":     {row.SetObserved(99, today), ErrInvalidArgument},
		"below":           {row.SetText(-2, ""), ErrInvalidArgument},
		"long key":        {row.SetCustomer(strings.Repeat("k", 5000)), ErrBadValue},
		"date":            {row.SetAsOf(math.MaxInt32), ErrInvalidArgument},
		"not UTF-8":       {row.SetText(kind, "\xff"), ErrBadValue},
	} {
		if !errors.Is(c.err, c.code) {
			t.Errorf("%s: %v is not %v", what, c.err, c.code)
		}
	}
	for _, err := range []error{row.SetNumber(Unread, 1), row.SetText(Unread, "x"), row.SetDate(Unread, 1),
		row.SetFlag(Unread, true), row.SetObserved(Unread, today), row.SetObserved(logins, today), row.SetNumber(last, 3),
		row.SetNumber(last, math.NaN())} {
		ok(t, err)
	}
	var known *Error
	if err := row.Set("login", 1); !errors.As(err, &known) || !strings.Contains(err.Error(), "logins") {
		t.Errorf("%v does not suggest", err)
	}
}

// A row that has met many texts forgets them, and gives the same scores.
func TestRowForgetsTexts(t *testing.T) {
	plan := smallPlan(t)
	row := must[*Row](t)(plan.NewRow(nil))
	close_(t, row)
	ok(t, row.SetAsOf(today))
	number := must[Metric](t)(plan.Metric("plan"))
	for i := 0; i < 2*mostWords+10; i++ {
		row.Reset()
		ok(t, row.SetText(number, fmt.Sprintf("plan-%d", i)))
	}
	if n := len(row.batch.words); n > mostWords {
		t.Errorf("%d texts", n)
	}
	ok(t, row.SetText(number, "trial"))
	ok(t, row.Score())
	if row.Level("profile") != "trial" {
		t.Error(row.Level("profile"))
	}
}

// A request allocates nothing: values in, scores out.
func TestNoAllocations(t *testing.T) {
	if underASan {
		t.Skip("the address sanitizer allocates what C is given")
	}
	plan := smallPlan(t)
	row := must[*Row](t)(plan.NewRow(nil))
	close_(t, row)
	logins, setup := must[Metric](t)(plan.Metric("logins")), must[Metric](t)(plan.Metric("setup"))
	kind, last := must[Metric](t)(plan.Metric("plan")), must[Metric](t)(plan.Metric("last"))
	ok(t, row.SetText(kind, "trial"))
	sum := 0.0
	day := today
	found := testing.AllocsPerRun(1000, func() {
		row.Reset()
		day++
		if row.SetNumber(logins, 3) != nil || row.SetFlag(setup, true) != nil || row.SetText(kind, "trial") != nil ||
			row.SetDate(last, day-3) != nil || row.SetCustomer("c-1") != nil || row.SetAsOf(day) != nil || row.Score() != nil {
			t.Error("failed")
		}
		sum += row.Axis(Utilization) + float64(len(row.Level("stage")))
	})
	if found > 0 {
		t.Errorf("a row allocates %v times", found)
	}
	batch := smallBatch(t, plan, 1024)
	scores := must[*Scores](t)(closing(t)(plan.NewScores(1024, nil)))
	found = testing.AllocsPerRun(100, func() {
		if plan.ScoreInto(batch, scores) != nil {
			t.Error("failed")
		}
		sum += scores.Axis(Utilization)[0]
	})
	if found > 0 {
		t.Errorf("a batch allocates %v times", found)
	}
}

func TestRowPool(t *testing.T) {
	plan := smallPlan(t)
	pool := plan.NewRowPool(nil, 2)
	var all sync.WaitGroup
	for k := 0; k < 8; k++ {
		all.Add(1)
		go func(k int) {
			defer all.Done()
			for n := 0; n < 50; n++ {
				row, err := pool.Get()
				if err != nil {
					t.Error(err)
					return
				}
				if !math.IsNaN(row.read(row.slots[0].number)) && row.slots[0].number != nil {
					t.Error("a row that was not reset")
				}
				err = errors.Join(row.SetAsOf(today), row.Set("logins", k), row.Set("last", today), row.Score())
				if err != nil || row.Axis(Utilization) != 50+5*float64(k) {
					t.Error(err, row.Axis(Utilization))
				}
				pool.Put(row)
			}
		}(k)
	}
	all.Wait()
	if n := len(pool.idle); n == 0 || n > 2 {
		t.Errorf("%d idle rows", n)
	}
	used := must[*Row](t)(pool.Get())
	ok(t, pool.Close())
	pool.Put(used)
	if err := used.Score(); !errors.Is(err, ErrClosed) && err != ErrClosed {
		t.Error(err)
	}
	if _, err := pool.Get(); err != ErrClosed {
		t.Error(err)
	}
}

// A batch that owns its memory, set value by value and row by row, scores as a Row does.
func TestOwnRows(t *testing.T) {
	plan := smallPlan(t)
	row := must[*Row](t)(plan.NewRow(nil))
	close_(t, row)
	batch := must[*Batch](t)(plan.NewBatch(2, nil))
	close_(t, batch)
	ok(t, batch.Own())
	ok(t, batch.SetAsOf(today))
	ok(t, row.SetAsOf(today))
	names := []string{"logins", "setup", "last", "nps", "plan", "unread"}
	metrics := make([]Metric, len(names))
	for k, name := range names {
		metrics[k] = must[Metric](t)(plan.Metric(name))
	}
	big := must[int32](t)(batch.TextID("big-1"))
	if none := must[int32](t)(batch.TextID("")); none != -1 {
		t.Error(none)
	}
	observed := []Date{NoDate, NoDate, NoDate, today - 3, NoDate, NoDate}
	ok(t, batch.SetRow(0, metrics, []float64{8, 1, float64(today - 2), 7, float64(big), 1}, observed))
	for k, value := range []float64{8, 1, float64(today - 2), 7} {
		ok(t, batch.SetNumber(metrics[k], 1, value))
		ok(t, row.SetNumber(metrics[k], value))
	}
	ok(t, batch.SetObserved(metrics[3], 1, today-3))
	ok(t, batch.SetText(metrics[4], 1, "big-1"))
	ok(t, row.SetObserved(metrics[3], today-3))
	ok(t, row.SetText(metrics[4], "big-1"))
	ok(t, row.Score())
	scores := must[*Scores](t)(closing(t)(plan.Score(batch)))
	stages := must[Levels](t)(scores.Levels("stage"))
	for k, overall := range scores.Overall() {
		if overall != row.Overall() || stages.At(k) != row.Level("stage") || stages.At(k) != "Active" {
			t.Errorf("row %d: %v %s, expected %v %s", k, overall, stages.At(k), row.Overall(), row.Level("stage"))
		}
	}
	for what, err := range map[string]error{
		"metric":   batch.SetRow(0, []Metric{metrics[0], 99}, []float64{1, 1}, nil),
		"lengths":  batch.SetRow(0, metrics, []float64{1}, nil),
		"observed": batch.SetRow(0, metrics[:1], []float64{1}, observed),
		"row":      batch.SetRow(2, metrics[:1], []float64{1}, nil),
	} {
		if !errors.Is(err, ErrInvalidArgument) {
			t.Errorf("%s: %v", what, err)
		}
	}
	ok(t, batch.SetRow(0, nil, nil, nil))
	ok(t, plan.ScoreInto(batch, scores))
	if scores.Overall()[0] != row.Overall() {
		t.Error("a row that was refused has changed")
	}
}

// A number is one in every integer and float type of Go, and in types made of them.
func TestRowTakesAllNumbers(t *testing.T) {
	type seats uint16
	row := must[*Row](t)(smallPlan(t).NewRow(nil))
	close_(t, row)
	ok(t, row.SetAsOf(today))
	for _, value := range []any{int(7), int8(7), int16(7), int32(7), int64(7), uint(7), uint8(7), uint16(7), uint32(7),
		uint64(7), float32(7), float64(7), json.Number("7"), seats(7)} {
		row.Reset()
		if err := row.Set("logins", value); err != nil {
			t.Errorf("%T: %v", value, err)
			continue
		}
		ok(t, row.Score())
		if math.Abs(row.Axis(Utilization)-70) > 1e-9 {
			t.Errorf("%T: %v", value, row.Axis(Utilization))
		}
	}
	for _, value := range []any{complex64(7), (*int)(nil), []byte{7}, struct{}{}} {
		if err := row.Set("logins", value); !errors.Is(err, ErrBadValue) {
			t.Errorf("%T: %v", value, err)
		}
	}
}

// What was put back closed, or not at all, or twice, comes out as if it had not been.
func TestRowPoolRefuses(t *testing.T) {
	plan := smallPlan(t)
	pool := plan.NewRowPool(nil, 4)
	defer pool.Close()
	pool.Put(nil)
	pool.Put(&Row{})
	closedBefore, closedLater := must[*Row](t)(plan.NewRow(nil)), must[*Row](t)(plan.NewRow(nil))
	ok(t, closedBefore.Close())
	pool.Put(closedBefore)
	pool.Put(closedLater)
	ok(t, closedLater.Close())
	twice := must[*Row](t)(pool.Get())
	pool.Put(twice)
	pool.Put(twice)
	first, other := must[*Row](t)(pool.Get()), must[*Row](t)(pool.Get())
	if first == other || first != twice {
		t.Error("a row has two owners")
	}
	for _, row := range []*Row{first, other} {
		ok(t, row.Set("logins", 7))
	}
	pool.Put(first) // after the Get it may come back
	if again := must[*Row](t)(pool.Get()); again != first {
		t.Error("a row does not come back")
	}
	pool.Put(first)
	pool.Put(other)
}

// A request does not see the date of the one before.
func TestRowPoolForgetsTheDate(t *testing.T) {
	plan := smallPlan(t)
	pool := plan.NewRowPool(nil, 1)
	defer pool.Close()
	fill := func(row *Row) {
		ok(t, row.SetCustomer("c-7"))
		for name, value := range map[string]any{"logins": 7, "setup": true, "last": today - 11, "nps": 9, "nps@": today - 3,
			"plan": "trial"} {
			ok(t, row.Set(name, value))
		}
	}
	row := must[*Row](t)(pool.Get())
	fill(row)
	ok(t, row.SetAsOf(today))
	ok(t, row.Score())
	expected := must[[]byte](t)(row.ExplainJSON())
	if !strings.Contains(string(expected), "trial") {
		t.Errorf("%s does not show the category", expected)
	}
	pool.Put(row)

	again := must[*Row](t)(pool.Get())
	if again != row || again.AsOf() != NoDate {
		t.Error(again.AsOf())
	}
	fill(again)
	if err := again.Score(); !errors.Is(err, ErrBadColumn) {
		t.Errorf("without a date: %v", err)
	}
	for _, day := range []Date{today + 1, today} { // what was set is there still
		ok(t, again.SetAsOf(day))
		ok(t, again.Score())
	}
	if found := must[[]byte](t)(again.ExplainJSON()); string(found) != string(expected) {
		t.Errorf("%s\nexpected\n%s", found, expected)
	}
	pool.Put(again)

	again = must[*Row](t)(pool.Get())
	fill(again)
	for what, err := range map[string]error{"explain": second(again.ExplainJSON()), "gap": second(again.GapJSON("stage", ""))} {
		if !errors.Is(err, ErrBadColumn) {
			t.Errorf("%s: %v", what, err)
		}
	}
	ok(t, again.SetAsOf(today)) // the same date as before
	ok(t, again.Score())
	pool.Put(again)
}
