package aiueo

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/aiueo-health/aiueo/capi/go/internal/arrowc"
)

func arrowTable(rows int) arrowc.Table {
	out := arrowc.Table{Names: []string{"customer", "as_of", "plan", "setup", "logins", "last", "mrr", "nps", "nps@", "other"}}
	for i := 0; i < rows; i++ {
		out.Rows = append(out.Rows, []string{fmt.Sprintf("c-%d", i), "2026-11-21", []string{"trial", "big"}[i%2],
			[]string{"true", "false", ""}[i%3], fmt.Sprint(i % 13), (today - Date(i%20)).String(), fmt.Sprint(i % 1000),
			fmt.Sprint(i % 11), "2026-11-01", "x"})
	}
	return out
}

// noneLiving fails a test that leaves Arrow structures behind.
func noneLiving(t *testing.T) {
	before := arrowc.Living()
	t.Cleanup(func() {
		if n := arrowc.Living() - before; n != 0 {
			t.Errorf("%d Arrow structures are left", n)
		}
	})
}

func TestArrowInAndOut(t *testing.T) {
	noneLiving(t)
	plan := smallPlan(t)
	from := arrowTable(200)
	texts := must[*Batch](t)(plan.NewBatch(200, nil))
	close_(t, texts)
	for k, name := range from.Names[:9] {
		column := make([]string, 200)
		for row := range column {
			column[row] = from.Rows[row][k]
		}
		ok(t, texts.BindTexts(name, column))
	}
	expected := must[*Scores](t)(closing(t)(plan.Score(texts)))

	in := arrowc.Build(from)
	defer in.Free()
	batch := must[*Batch](t)(plan.ImportArrow(in.Schema(), in.Array(), ValidateFull, nil))
	close_(t, batch)
	if !in.Released() || batch.Rows() != 200 {
		t.Error("not taken over")
	}
	scores := must[*Scores](t)(closing(t)(plan.Score(batch)))
	sameBits(t, "overall", scores.Overall(), expected.Overall())

	out := arrowc.Empty()
	defer out.Free()
	ok(t, scores.ExportArrow(batch, 150, out.Schema(), out.Array()))
	overall, _, err := out.Column("overall")
	ok(t, err)
	sameBits(t, "exported", overall, expected.Overall()[:150])
	_, keys, err := out.Column("customer")
	ok(t, err)
	_, stages, err := out.Column("stage")
	ok(t, err)
	levels := must[Levels](t)(expected.Levels("stage"))
	for row := range keys {
		if keys[row] != from.Rows[row][0] || stages[row] != levels.At(row) {
			t.Fatalf("row %d: %q, %q", row, keys[row], stages[row])
		}
	}
	ReleaseArrow(out.Schema(), out.Array())
	if !out.Released() {
		t.Error("not released")
	}
	ReleaseArrow(nil, nil)
	if err := scores.ExportArrow(nil, 201, out.Schema(), out.Array()); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
}

func TestArrowThatIsRefused(t *testing.T) {
	noneLiving(t)
	plan := smallPlan(t)
	from := arrowTable(3)
	from.Names[4] = "unknown"
	in := arrowc.Build(from)
	defer in.Free()
	batch, err := plan.ImportArrow(in.Schema(), in.Array(), ValidateBasic, nil)
	if err == nil { // what is missing shows when it is scored
		_, err = plan.Score(batch)
		batch.Close()
	}
	if !errors.Is(err, ErrBadColumn) || !in.Released() {
		t.Error(err)
	}
	if _, err := plan.ImportArrow(nil, nil, ValidateNone, nil); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
}

func TestStream(t *testing.T) {
	noneLiving(t)
	plan := smallPlan(t)
	from := arrowTable(500)
	summary := must[*Summary](t)(plan.NewSummary())
	close_(t, summary)
	var reported []int64
	in := arrowc.BuildStream(from, 128, false)
	defer in.Free()
	stream := must[*Stream](t)(plan.ScoreStream(in.Pointer(), &StreamOptions{Summary: summary,
		Batch: &BatchOptions{AsOf: today}, Progress: func(rows int64) error { reported = append(reported, rows); return nil }}))
	close_(t, stream)
	schema := arrowc.Empty()
	defer schema.Free()
	ok(t, stream.Schema(schema.Schema()))
	rows := 0
	for {
		out := arrowc.Empty()
		ok(t, stream.Schema(out.Schema()))
		more := must[bool](t)(stream.Next(out.Array()))
		if !more {
			out.Free()
			break
		}
		overall, _, err := out.Column("overall")
		ok(t, err)
		if countNaN(overall) == len(overall) {
			t.Error("no scores")
		}
		rows += len(overall)
		out.Free()
	}
	if rows != 500 || fmt.Sprint(reported) != "[128 256 384 500]" {
		t.Error(rows, reported)
	}
	if counts := must[*SummaryCounts](t)(summary.Counts()); counts.Rows != 500 {
		t.Error(counts.Rows)
	}
}

func TestStreamsThatFail(t *testing.T) {
	noneLiving(t)
	plan := smallPlan(t)
	next := func(from arrowc.Table, fails bool, options *StreamOptions) error {
		t.Helper()
		in := arrowc.BuildStream(from, 64, fails)
		defer in.Free()
		stream, err := plan.ScoreStream(in.Pointer(), options)
		if err != nil {
			return err
		}
		defer stream.Close()
		for {
			out := arrowc.Empty()
			more, err := stream.Next(out.Array())
			out.Free()
			if err != nil || !more {
				return err
			}
		}
	}
	from := arrowTable(100)
	enough := errors.New("enough")
	if err := next(from, false, &StreamOptions{Progress: func(int64) error { return enough }}); !errors.Is(err, ErrCancelled) ||
		!errors.Is(err, enough) {
		t.Error(err)
	}
	var panicked *PanicError
	if err := next(from, false, &StreamOptions{Progress: func(int64) error { panic("no") }}); !errors.As(err, &panicked) {
		t.Error(err)
	}
	if err := next(from, true, nil); !errors.Is(err, ErrIO) || !strings.Contains(err.Error(), "broke off") {
		t.Error(err)
	}
	twice := arrowTable(100)
	twice.Rows[90][0] = "c-3"
	if err := next(twice, false, nil); !errors.Is(err, ErrBadValue) || !strings.Contains(err.Error(), "c-3") {
		t.Error(err)
	}
	ok(t, next(twice, false, &StreamOptions{NoDuplicateCheck: true}))
	forgetful := must[*Summary](t)(plan.NewSummary())
	close_(t, forgetful)
	ok(t, next(twice, false, &StreamOptions{DuplicateBudget: 1, Summary: forgetful})) // c-10 breaks the order
	if found := fmt.Sprint(must[*SummaryCounts](t)(forgetful.Counts()).Warnings); !strings.Contains(found, "only the first") {
		t.Error(found)
	}
	if err := next(from, false, &StreamOptions{DuplicateBudget: -1}); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	if err := next(from, false, &StreamOptions{Validation: 9}); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	summary := must[*Summary](t)(plan.NewSummary())
	summary.Close()
	if err := next(from, false, &StreamOptions{Summary: summary}); err != ErrClosed {
		t.Error(err)
	}
	unfinished := must[*Initiatives](t)(plan.NewInitiatives())
	close_(t, unfinished)
	if err := next(from, false, &StreamOptions{Batch: &BatchOptions{Initiatives: unfinished}}); !errors.Is(err, ErrInvalidState) {
		t.Error(err)
	}
}

// A stream in other hands outlives its plan, and lets go of everything when it is released.
func TestStreamMoved(t *testing.T) {
	noneLiving(t)
	before := OpenHandles()
	plan := must[*Plan](t)(Load([]byte(small)))
	in, out := arrowc.BuildStream(arrowTable(100), 64, false), arrowc.EmptyStream()
	stream := must[*Stream](t)(plan.ScoreStream(in.Pointer(), &StreamOptions{Progress: func(int64) error { return nil }}))
	ok(t, stream.MoveTo(out.Pointer()))
	if err := stream.MoveTo(out.Pointer()); err != ErrClosed {
		t.Error(err)
	}
	array := arrowc.Empty()
	if _, err := stream.Next(array.Array()); err != ErrClosed {
		t.Error(err)
	}
	if err := stream.Schema(array.Schema()); err != ErrClosed {
		t.Error(err)
	}
	array.Free()
	plan.Close()
	if OpenHandles().Plans != before.Plans+1 {
		t.Error("the stream has lost its plan")
	}
	again := must[*Plan](t)(Load([]byte(small)))
	defer again.Close()
	second := must[*Stream](t)(again.ScoreStream(out.Pointer(), &StreamOptions{
		Batch: &BatchOptions{MissingColumnsUnknown: true}})) // scores as snapshots: all metrics are missing
	array = arrowc.Empty()
	ok(t, second.Schema(array.Schema()))
	if !must[bool](t)(second.Next(array.Array())) {
		t.Error("no rows")
	}
	overall, _, err := array.Column("overall")
	ok(t, err)
	if len(overall) != 64 || !math.IsNaN(overall[0]) && overall[0] != 0 {
		t.Error(len(overall))
	}
	array.Free()
	second.Close()
	in.Free()
	out.Free()
	if after := OpenHandles(); after.Plans != before.Plans+1 || after.Streams != before.Streams { // again
		t.Errorf("before %+v, after %+v", before, after)
	}
}

// What a scorer or progress closes, or hands to somebody who releases it, is there until the call
// that it is part of returns.
func TestStreamGivenUpInItsCallbacks(t *testing.T) {
	noneLiving(t)
	const model = `{ "aiueo": 1, "metrics": { "logins": { "type": "number" } }, "axes": { "U": { "components": {
	  "own": { "scorer": "pressure", "metrics": ["logins"] } } } } }`
	before := OpenHandles()
	enough := errors.New("enough")
	for _, byScorer := range []bool{true, false} {
		for _, moves := range []bool{true, false} {
			var plan *Plan
			var stream *Stream
			gone := false
			giveUp := func() {
				if gone {
					return
				}
				gone = true
				if moves {
					out := arrowc.EmptyStream()
					ok(t, stream.MoveTo(out.Pointer()))
					out.Free()
				} else {
					ok(t, stream.Close())
				}
				ok(t, plan.Close())
			}
			scorer := Scorer{Name: "pressure", Chunk: func(c *ScorerCall) error {
				if byScorer {
					giveUp()
				}
				copy(c.Out, c.Inputs[0])
				return nil
			}}
			plan = must[*Plan](t)(Compile([]byte(model), CompileOptions{Scorers: []Scorer{scorer}}))
			in := arrowc.BuildStream(arrowTable(1000), 500, false)
			stream = must[*Stream](t)(plan.ScoreStream(in.Pointer(), &StreamOptions{Progress: func(int64) error {
				if byScorer {
					return nil
				}
				giveUp()
				return enough
			}}))
			array := arrowc.Empty()
			more, err := stream.Next(array.Array())
			if byScorer && (err != nil || !more) || !byScorer && !errors.Is(err, enough) {
				t.Error(byScorer, moves, more, err)
			}
			if _, err := stream.Next(array.Array()); err != ErrClosed {
				t.Error(err)
			}
			array.Free()
			in.Free()
			if after := OpenHandles(); after != before {
				t.Errorf("before %+v, after %+v", before, after)
			}
		}
	}
}

func TestInitiatives(t *testing.T) {
	noneLiving(t)
	plan := smallPlan(t)
	byRow := must[*Initiatives](t)(plan.NewInitiatives())
	close_(t, byRow)
	byStream := must[*Initiatives](t)(plan.NewInitiatives())
	close_(t, byStream)
	from := arrowc.Table{Names: []string{"customer", "initiative", "date"}}
	for i := 0; i < 10; i++ {
		date := today - Date(7*i)
		from.Rows = append(from.Rows, []string{fmt.Sprintf("c-%d", i), "call", date.String()})
		ok(t, byRow.Add(Initiative{fmt.Sprintf("c-%d", i), "call", date, NoDate, NoDate}))
	}
	if _, err := plan.NewBatch(1, &BatchOptions{Initiatives: byRow}); !errors.Is(err, ErrInvalidState) {
		t.Error(err)
	}
	ok(t, byRow.Finish())
	in := arrowc.BuildStream(from, 4, false)
	defer in.Free()
	ok(t, byStream.AddStream(in.Pointer()))
	ok(t, byStream.Finish())
	if err := byRow.Add(Initiative{}); !errors.Is(err, ErrInvalidState) {
		t.Error(err)
	}
	if found := must[[]string](t)(byRow.Warnings()); len(found) != 0 {
		t.Error(found)
	}
	slip := must[*Initiatives](t)(plan.NewInitiatives())
	close_(t, slip)
	ok(t, slip.Add(Initiative{"c-1", "cal", today, NoDate, NoDate}))
	if _, err := slip.Warnings(); !errors.Is(err, ErrInvalidState) {
		t.Error(err)
	}
	ok(t, slip.Finish())
	if found := must[[]string](t)(slip.Warnings()); len(found) != 1 || !strings.Contains(found[0], "cal") {
		t.Error(found)
	}
	expected := []float64{100, 100, 100, 100, 100, 0, 0, 0, 0, 0}
	for _, one := range []*Initiatives{byRow, byStream} {
		batch := must[*Batch](t)(plan.NewBatch(10, &BatchOptions{AsOf: today, Initiatives: one}))
		fillSmall(t, batch)
		scores := must[*Scores](t)(plan.Score(batch))
		sameBits(t, "touch", scores.Axis(Touch), expected)
		scores.Close()
		batch.Close()
		row := must[*Row](t)(plan.NewRow(&RowOptions{Initiatives: one}))
		ok(t, row.SetAsOf(today))
		ok(t, row.SetCustomer("c-2"))
		ok(t, row.Score())
		if row.Axis(Touch) != 100 {
			t.Error(row.Axis(Touch))
		}
		row.Close()
	}
	closed := must[*Initiatives](t)(plan.NewInitiatives())
	closed.Close()
	if _, err := plan.NewBatch(1, &BatchOptions{Initiatives: closed}); err != ErrClosed {
		t.Error(err)
	}
	if _, err := closed.Warnings(); err != ErrClosed {
		t.Error(err)
	}
	if _, err := plan.NewRow(&RowOptions{Initiatives: closed}); err != ErrClosed {
		t.Error(err)
	}
}
