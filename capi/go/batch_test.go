package aiueo

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aiueo-health/aiueo/capi/go/internal/arrowc"
)

// The same values in columns of every type give the same bits.
func TestColumnTypes(t *testing.T) {
	plan := smallPlan(t)
	const rows = 130
	values := make([]int64, rows)
	known := make([]bool, rows)
	for i := range values {
		values[i], known[i] = int64(i%11), i%7 != 0
	}
	score := func(bind func(*Batch) error) []float64 {
		t.Helper()
		batch := must[*Batch](t)(plan.NewBatch(rows, &BatchOptions{AsOf: today, MissingColumnsUnknown: true}))
		defer batch.Close()
		ok(t, bind(batch))
		scores := must[*Scores](t)(plan.Score(batch))
		defer scores.Close()
		return must[[]float64](t)(scores.CopyNumbers("U"))
	}
	expected := score(func(b *Batch) error {
		floats := make([]float64, rows)
		for i, v := range values {
			if floats[i] = float64(v); !known[i] {
				floats[i] = math.NaN()
			}
		}
		return Bind(b, "logins", floats, nil)
	})
	if n := countNaN(expected); n != 19 {
		t.Fatalf("%d rows are unknown", n)
	}
	sameBits(t, "int8", score(bindAs[int8](values, known)), expected)
	sameBits(t, "int16", score(bindAs[int16](values, known)), expected)
	sameBits(t, "int32", score(bindAs[int32](values, known)), expected)
	sameBits(t, "int64", score(bindAs[int64](values, known)), expected)
	sameBits(t, "int", score(bindAs[int](values, known)), expected)
	sameBits(t, "uint8", score(bindAs[uint8](values, known)), expected)
	sameBits(t, "uint16", score(bindAs[uint16](values, known)), expected)
	sameBits(t, "uint32", score(bindAs[uint32](values, known)), expected)
	sameBits(t, "uint64", score(bindAs[uint64](values, known)), expected)
	sameBits(t, "uint", score(bindAs[uint](values, known)), expected)
	sameBits(t, "float32", score(bindAs[float32](values, known)), expected)
	sameBits(t, "reserved", score(func(b *Batch) error {
		column, err := Int32(b, "logins")
		for i, v := range values {
			if err == nil && known[i] {
				column.Set(i, int32(v))
			}
		}
		return err
	}), expected)
	sameBits(t, "reserved float32", score(func(b *Batch) error {
		column, err := Reserve[float32](b, "logins")
		for i, v := range values {
			if err == nil && known[i] {
				column.Values[i] = float32(v)
			}
		}
		return err
	}), expected)
	sameBits(t, "decimals", score(func(b *Batch) error {
		cents := make([]int64, rows)
		for i, v := range values {
			cents[i] = 100 * v
		}
		return b.BindColumn("logins", Data{Type: TypeDecimal64, Rows: rows, Scale: 2, Values: AsBytes(cents), Validity: bitsOf(known)})
	}), expected)
	sameBits(t, "own", score(func(b *Batch) error {
		metric, err := plan.Metric("logins")
		if err = errors.Join(err, b.Own()); err != nil {
			return err
		}
		for i, v := range values {
			if known[i] {
				err = errors.Join(err, b.SetNumber(metric, i, float64(v)))
			}
		}
		return err
	}), expected)
}

func countNaN(values []float64) (n int) {
	for _, v := range values {
		if math.IsNaN(v) {
			n++
		}
	}
	return n
}

func bindAs[T interface {
	int8 | int16 | int32 | int64 | int | uint8 | uint16 | uint32 | uint64 | uint | float32
}](values []int64, known []bool) func(*Batch) error {
	return func(b *Batch) error {
		out := make([]T, len(values))
		for i, v := range values {
			out[i] = T(v)
		}
		if len(out)%2 == 0 {
			return Bind(b, "logins", out, known)
		}
		column, err := Reserve[T](b, "logins")
		if err != nil {
			return err
		}
		for i, v := range out {
			if column.Unset(i); known[i] {
				column.Set(i, v)
			}
		}
		return nil
	}
}

func TestDatesAndCategories(t *testing.T) {
	plan := smallPlan(t)
	tokyo := time.FixedZone("JST", 9*3600)
	times := []time.Time{time.Date(2026, 11, 21, 1, 0, 0, 0, tokyo), {}, time.Date(2026, 11, 6, 23, 0, 0, 0, time.UTC)}
	batch := must[*Batch](t)(plan.NewBatch(3, &BatchOptions{MissingColumnsUnknown: true, NullTexts: []string{"NA"}}))
	close_(t, batch)
	ok(t, batch.BindTimes("last", times))
	asOf := must[Column[Date]](t)(Dates(batch, "as_of"))
	asOf.Fill([]Date{today, today, today})
	ok(t, BindCodes(batch, "plan", []uint8{1, 0, 1}, []string{"trial", "big"}, []bool{true, true, false}))
	ok(t, Bind(batch, "setup", []bool{true, false, true}, nil))
	ok(t, batch.BindTexts("logins", []string{"10", "NA", "4"}))
	scores := must[*Scores](t)(plan.Score(batch))
	close_(t, scores)
	sameBits(t, "U", scores.Axis(Utilization), []float64{100, math.NaN(), 45})
	profiles := must[Levels](t)(scores.Levels("profile")).Copy()
	if profiles[0] != "default" || profiles[1] != "trial" || profiles[2] != "default" {
		t.Error(profiles)
	}
	stages := must[Levels](t)(scores.Levels("stage"))
	if stages.Len() != 3 || stages.At(0) != "Active" || stages.At(1) != "Entry" || stages.Code(1) != 0 {
		t.Error(stages)
	}

	reserved := must[*Batch](t)(plan.NewBatch(2, &BatchOptions{AsOf: today, MissingColumnsUnknown: true}))
	close_(t, reserved)
	plans := must[CategoryColumn](t)(reserved.Categories("plan"))
	ok(t, plans.Set(0, "trial"))
	ok(t, plans.Set(1, ""))
	keys := must[Column[int64]](t)(Int64(reserved, "customer"))
	keys.Fill([]int64{42, 43})
	if row := must[int](t)(reserved.Find("43")); row != 1 {
		t.Error(row)
	}
	if _, err := reserved.Find("44"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	keys.Unset(1)
	if err := reserved.CheckRows(); !errors.Is(err, ErrBadValue) {
		t.Error(err)
	}
	keys.Set(1, 42)
	if err := reserved.CheckRows(); !errors.Is(err, ErrDuplicateRow) {
		t.Error(err)
	}
	ok(t, reserved.SetAsOf(today+1))
}

// Timestamps that are instants have the date of the model's time zone; money may be in minor units.
func TestInstantsAndMinorUnits(t *testing.T) {
	model := strings.Replace(small, `"currency": "JPY"`, `"currency": "USD", "time_zone": "Asia/Tokyo"`, 1)
	plan := must[*Plan](t)(Load([]byte(model)))
	close_(t, plan)
	batch := must[*Batch](t)(plan.NewBatch(2, &BatchOptions{AsOf: today, MissingColumnsUnknown: true}))
	close_(t, batch)
	seconds := []int64{int64(today)*86400 - 9*3600, int64(today)*86400 - 9*3600 - 1} // midnight in Tokyo, and before it
	ok(t, batch.BindColumn("last", Data{Type: TypeTimestamp, Rows: 2, Values: AsBytes(seconds), Unit: Seconds, Zoned: true}))
	ok(t, batch.BindColumn("mrr", Data{Type: TypeInt64, Rows: 2, Values: AsBytes([]int64{50000, 100000}), MinorUnits: true}))
	scores := must[*Scores](t)(closing(t)(plan.NewScores(2, &ScoresOptions{Detail: true, NoOverrides: true})))
	ok(t, plan.ScoreInto(batch, scores))
	sameBits(t, "mrr", scores.Axis(Outcome), []float64{50, 100})
	if recency := must[[]float64](t)(scores.Numbers("U.last")); recency[0] != 100 || math.Abs(recency[1]-96.6667) > 1e-3 {
		t.Error(recency)
	}
}

func TestDates(t *testing.T) {
	for _, text := range []string{"0001-01-01", "1969-12-31", "1970-01-01", "2024-02-29", "9999-12-31", ""} {
		date := must[Date](t)(ParseDate(text))
		if date.String() != text || DateOf(date.Time()) != date && text > "0001-01-01" {
			t.Errorf("%s is %s", text, date)
		}
	}
	if today != 20778 || DateOf(time.Date(2026, 11, 21, 23, 59, 0, 0, time.FixedZone("", -12*3600))) != today {
		t.Error(today)
	}
	for _, text := range []string{"2026-02-30", "21.11.2026", "2026-11-21T00:00:00Z", "x"} {
		if _, err := ParseDate(text); !errors.Is(err, ErrBadValue) {
			t.Errorf("%s: %v", text, err)
		}
	}
	var date Date
	if text, err := today.MarshalText(); string(text) != "2026-11-21" || err != nil {
		t.Error(text, err)
	}
	if date.UnmarshalText([]byte("2026-11-21")) != nil || date != today || date.UnmarshalText([]byte("?")) == nil {
		t.Error(date)
	}
}

// What the batch lends can be written between scorings; what was copied into it is its own.
func TestReservedAndCopied(t *testing.T) {
	plan := smallPlan(t)
	other := []float64{1, 2, 3}
	batch := must[*Batch](t)(plan.NewBatch(3, &BatchOptions{AsOf: today, MissingColumnsUnknown: true}))
	close_(t, batch)
	logins := must[Column[float64]](t)(Float64(batch, "logins"))
	copy(logins.Values, other)
	known := logins.Known
	ok(t, Bind(batch, "mrr", other, nil))
	scores := must[*Scores](t)(plan.NewScores(3, nil))
	close_(t, scores)
	logins.Values[0], other[0] = 10, 1000
	known.Set(1, false)
	ok(t, plan.ScoreInto(batch, scores))
	u, o := scores.Axis(Utilization), scores.Axis(Outcome)
	if u[0] != 100 || !math.IsNaN(u[1]) || math.Abs(o[0]-0.1) > 1e-6 || known.At(1) || !known.At(2) {
		t.Error(u, o)
	}
	if scores.Axis(Account) != nil || scores.Axis(77) != nil || Axis(77).String() != "none" {
		t.Error("an axis that is not in use")
	}
}

func TestBatchErrors(t *testing.T) {
	plan := smallPlan(t)
	batch := must[*Batch](t)(plan.NewBatch(3, nil))
	close_(t, batch)
	three := []float64{1, 2, 3}
	for what, c := range map[string]struct {
		err  error
		code Code
	}{
		"unknown name":      {Bind(batch, "login", three, nil), ErrNotFound},
		"computed":          {Bind(batch, "rate", three, nil), ErrBadColumn},
		"wrong length":      {Bind(batch, "logins", three[:2], nil), ErrBadColumn},
		"known too short":   {Bind(batch, "logins", three, make([]bool, 2)), ErrBadColumn},
		"codes' known":      {BindCodes(batch, "plan", []int8{0, 0, 0}, []string{"a"}, make([]bool, 2)), ErrBadColumn},
		"bits too short":    {batch.BindColumn("logins", Data{Type: TypeFloat64, Rows: 3, Values: AsBytes(three), Validity: NewBits(0)}), ErrBadColumn},
		"wrong type":        {batch.BindColumn("plan", Data{Type: TypeFloat64, Rows: 3, Values: AsBytes(three)}), ErrBadColumn},
		"no type":           {batch.BindColumn("logins", Data{Type: 77, Rows: 3}), ErrInvalidArgument},
		"short values":      {batch.BindColumn("logins", Data{Type: TypeFloat64, Rows: 3, Values: AsBytes(three[:2])}), ErrBadColumn},
		"short offsets":     {batch.BindColumn("plan", Data{Type: TypeText64, Rows: 3, Offsets: make([]byte, 24)}), ErrBadColumn},
		"negative":          {batch.BindColumn("logins", Data{Type: TypeFloat64, Rows: -1}), ErrInvalidArgument},
		"no dictionary":     {batch.BindColumn("plan", Data{Type: TypeDictionary, IndexType: TypeInt8, Rows: 3, Values: make([]byte, 3)}), ErrBadColumn},
		"bad dictionary":    {batch.BindColumn("plan", Data{Type: TypeDictionary, IndexType: TypeInt8, Rows: 3, Values: make([]byte, 3), Dictionary: &Data{Rows: -1}}), ErrInvalidArgument},
		"missing columns":   {second(plan.Score(batch)), ErrBadColumn},
		"not own":           {batch.SetNumber(0, 0, 1), ErrInvalidState},
		"not own text":      {batch.SetText(0, 0, "x"), ErrInvalidState},
		"no metric":         {batch.SetObserved(1000, 0, today), ErrInvalidArgument},
		"as_of":             {batch.SetAsOf(NoDate), ErrInvalidArgument},
		"find without keys": {second(batch.Find("x")), ErrInvalidState},
		"not multiple":      {plan.ScoreRows(batch, 1, 3, must[*Scores](t)(closing(t)(plan.NewScores(3, nil)))), ErrInvalidArgument},
		"too many rows":     {second(plan.NewBatch(1<<41, nil)), ErrInvalidArgument},
		"negative rows":     {second(plan.NewBatch(-1, nil)), ErrInvalidArgument},
		"row before":        {second(plan.Explain(batch, -1)), ErrInvalidArgument},
		"no ladder":         {second(plan.Gap(batch, 0, "stge", "")), ErrNotFound},
		"no metric number":  {second(plan.Metric("login")), ErrNotFound},
		"computed number":   {second(plan.Metric("rate")), ErrBadColumn},
		"reserve type":      {second(Reserve[bool](batch, "plan")), ErrBadColumn},
		"reserve name":      {second(batch.Categories("none")), ErrNotFound},
	} {
		if !errors.Is(c.err, c.code) {
			t.Errorf("%s: %v is not %v", what, c.err, c.code)
		}
		if c.err != nil && len(c.err.Error()) < 10 {
			t.Errorf("%s: %q says nothing", what, c.err)
		}
	}
	if metric, err := plan.Metric("unread"); err != nil || metric != Unread {
		t.Error(metric, err)
	}
	other := smallPlan(t)
	if err := other.ScoreInto(batch, must[*Scores](t)(closing(t)(other.NewScores(3, nil)))); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	if _, err := other.Explain(batch, 0); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
}

// A table in batches: a customer's second row is found whichever batch it is in.
func TestDuplicates(t *testing.T) {
	plan := smallPlan(t)
	before := OpenHandles()
	seen := must[*Duplicates](t)(NewDuplicates(0))
	few := must[*Duplicates](t)(NewDuplicates(1))
	batchOf := func(keys ...int64) *Batch {
		out := must[*Batch](t)(plan.NewBatch(len(keys), &BatchOptions{AsOf: today, MissingColumnsUnknown: true}))
		ok(t, Bind(out, "customer", keys, nil))
		close_(t, out)
		return out
	}
	first, second := batchOf(5, 9, 7), batchOf(8, 9)
	ok(t, seen.Add(first))
	if err := seen.Add(second); !errors.Is(err, ErrDuplicateRow) || !strings.Contains(err.Error(), "row 5, customer 9") {
		t.Error(err)
	}
	ok(t, few.Add(first)) // its order breaks at the third row
	ok(t, few.Add(second))
	if seen.Checked() != 5 || few.Checked() != 2 {
		t.Error(seen.Checked(), few.Checked())
	}
	keyless := must[*Batch](t)(plan.NewBatch(1, nil))
	close_(t, keyless)
	if err := seen.Add(keyless); !errors.Is(err, ErrBadColumn) {
		t.Error(err)
	}
	if _, err := NewDuplicates(-1); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	ok(t, seen.Close())
	ok(t, few.Close())
	if err := seen.Add(first); err != ErrClosed || seen.Checked() != 0 {
		t.Error(err, seen.Checked())
	}
	if OpenHandles().Duplicates != before.Duplicates {
		t.Error("not given up")
	}
}

// A column is reserved by the function of its kind; nothing is bound where that is refused.
func TestReservedKinds(t *testing.T) {
	plan := smallPlan(t)
	batch := must[*Batch](t)(plan.NewBatch(2, &BatchOptions{AsOf: today, MissingColumnsUnknown: true}))
	close_(t, batch)
	for what, c := range map[string]struct {
		err  error
		says string
	}{
		"int32 of a category": {second(Int32(batch, "plan")), "Batch.Categories"},
		"float of a category": {second(Float64(batch, "plan")), "Batch.Categories"},
		"flags of a category": {second(Bool(batch, "plan")), "Batch.Categories"},
		"number":              {second(batch.Categories("logins")), "is of type number"},
		"unread":              {second(batch.Categories("unread")), "is of type number"},
		"flag":                {second(batch.Categories("setup")), "is of type flag"},
		"date":                {second(batch.Categories("last")), "is of type date"},
		"money":               {second(batch.Categories("mrr")), "is of type money"},
		"customer":            {second(batch.Categories("customer")), "Batch.BindTexts"},
		"parent":              {second(batch.Categories("parent")), "Batch.BindTexts"},
		"as_of":               {second(batch.Categories("as_of")), "Dates"},
		"observed":            {second(batch.Categories("nps@")), "Dates"},
	} {
		if !errors.Is(c.err, ErrBadColumn) || !strings.Contains(c.err.Error(), c.says) {
			t.Errorf("%s: %v", what, c.err)
		}
	}
	ok(t, batch.BindTexts("customer", []string{"a", "b"}))
	logins := must[Column[int32]](t)(Int32(batch, "logins"))
	logins.Fill([]int32{10, 4})
	ok(t, must[CategoryColumn](t)(batch.Categories("plan")).Set(0, "trial"))
	scores := must[*Scores](t)(closing(t)(plan.Score(batch)))
	if must[Levels](t)(scores.Levels("profile")).At(0) != "trial" || math.IsNaN(scores.Axis(Utilization)[1]) {
		t.Error(scores.Axis(Utilization))
	}
	ok(t, batch.Close())
	if err := second(batch.Categories("plan")); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

// C has null texts a line each: one with a line break would be two.
func TestNullTextsAreLines(t *testing.T) {
	plan := smallPlan(t)
	wrong := &BatchOptions{AsOf: today, MissingColumnsUnknown: true, NullTexts: []string{"NA", "4\n10"}}
	if err := second(plan.NewBatch(1, wrong)); !errors.Is(err, ErrInvalidArgument) || !strings.Contains(err.Error(), `"4\n10"`) {
		t.Error(err)
	}
	in := arrowc.BuildStream(arrowc.Table{Names: []string{"customer", "logins"}, Rows: [][]string{{"a", "1"}}}, 1, false)
	defer in.Free()
	if err := second(plan.ScoreStream(in.Pointer(), &StreamOptions{Batch: wrong})); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
}

func second[T any](_ T, err error) error { return err }

// closing closes what was made when the test ends.
func closing(t testing.TB) func(*Scores, error) (*Scores, error) {
	return func(s *Scores, err error) (*Scores, error) {
		if err == nil {
			close_(t, s)
		}
		return s, err
	}
}
