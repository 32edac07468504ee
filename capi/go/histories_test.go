package aiueo

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/aiueo-health/aiueo/capi/go/internal/arrowc"
)

func smallRanks(t testing.TB, plan *Plan) *Ranks {
	out := must[*Ranks](t)(plan.NewRanks())
	close_(t, out)
	ok(t, out.Add(Rank{"c-1", today, "A", "mika"}))
	ok(t, out.Add(Rank{"c-1", today, " B ", "jun"}))
	ok(t, out.Add(Rank{"c-2", today - 30, "C", ""}))
	ok(t, out.Finish())
	return out
}

func smallCalls(t testing.TB, plan *Plan) *Initiatives {
	out := must[*Initiatives](t)(plan.NewInitiatives())
	close_(t, out)
	ok(t, out.KeepAll())
	ok(t, out.AddRow(InitiativeRow{"c-1", "call", today, NoDate, NoDate, "long", false}))
	ok(t, out.Add(Initiative{"c-2", "mail", today, NoDate, today}))
	ok(t, out.AddRow(InitiativeRow{Customer: "c-3", Initiative: "call", Date: today - 40, Attended: NoDate,
		Responded: NoDate, Holdout: true}))
	ok(t, out.Finish())
	return out
}

func TestRanks(t *testing.T) {
	noneLiving(t)
	plan := smallPlan(t)
	byRow := smallRanks(t, plan)
	if err := byRow.Add(Rank{"c-1", today, "A", ""}); !errors.Is(err, ErrInvalidState) {
		t.Error(err)
	}
	wrong := must[*Ranks](t)(plan.NewRanks())
	close_(t, wrong)
	for what, row := range map[string]Rank{
		"customer":     {"", today, "A", ""},
		"as_of":        {"c-1", NoDate, "A", ""},
		"gives a rank": {"c-1", today, "", ""},
		"not a rank":   {"c-1", today, "AB", ""},
		"UTF-8":        {"c-1", today, "A", "\xff"},
	} {
		if err := wrong.Add(row); !errors.Is(err, ErrBadValue) || !strings.Contains(err.Error(), what) {
			t.Error(what, err)
		}
	}
	stream := func(last string) *arrowc.Stream {
		return arrowc.BuildStream(arrowc.Table{Names: []string{"customer", "as_of", "rank", "by"},
			Rows: [][]string{{"c-1", today.String(), "A", "mika"}, {"c-2", today.String(), last, ""}}}, 1, false)
	}
	bad := stream("D")
	defer bad.Free()
	if err := wrong.AddStream(bad.Pointer()); !errors.Is(err, ErrBadValue) || !strings.Contains(err.Error(), "ranks, row 2") {
		t.Error(err)
	}
	good := stream("B") // nothing of what failed is there: no row is twice
	defer good.Free()
	ok(t, wrong.AddStream(good.Pointer()))
	if err := wrong.AddStream(nil); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	ok(t, wrong.Add(Rank{"c-1", today, "A", "mika"}))
	if err := wrong.Finish(); !errors.Is(err, ErrDuplicateRow) || !strings.Contains(err.Error(), `"mika"`) {
		t.Error(err)
	}
	closed := stream("B")
	defer closed.Free()
	wrong.Close()
	if err := wrong.AddStream(closed.Pointer()); err != ErrClosed {
		t.Error(err)
	}
}

func TestAllInitiatives(t *testing.T) {
	noneLiving(t)
	plan := smallPlan(t)
	all := smallCalls(t, plan)
	if found := must[[]string](t)(all.Warnings()); len(found) != 0 {
		t.Error(found)
	}
	batch := must[*Batch](t)(plan.NewBatch(4, &BatchOptions{AsOf: today, Initiatives: all}))
	close_(t, batch)
	fillSmall(t, batch)
	scores := must[*Scores](t)(plan.Score(batch))
	close_(t, scores)
	sameBits(t, "touch", scores.Axis(Touch), []float64{0, 100, 0, 0})

	late := must[*Initiatives](t)(plan.NewInitiatives())
	close_(t, late)
	ok(t, late.AddRow(InitiativeRow{"c-1", "call", today, NoDate, NoDate, "", true}))
	if err := late.KeepAll(); !errors.Is(err, ErrInvalidState) || !strings.Contains(err.Error(), "before the first") {
		t.Error(err)
	}
	wrong := must[*Initiatives](t)(plan.NewInitiatives())
	close_(t, wrong)
	ok(t, wrong.KeepAll())
	if err := wrong.AddRow(InitiativeRow{"c-1", "call", today, NoDate, NoDate, "\xff", true}); !errors.Is(err, ErrBadValue) {
		t.Error(err)
	}
	stream := func(holdout string) *arrowc.Stream {
		return arrowc.BuildStream(arrowc.Table{Names: []string{"customer", "initiative", "date", "variant", "holdout"},
			Rows: [][]string{{"c-1", "call", today.String(), "long", "true"}, {"c-2", "mail", today.String(), "", holdout}}}, 1, false)
	}
	bad := stream("perhaps")
	defer bad.Free()
	if err := wrong.AddStream(bad.Pointer()); !errors.Is(err, ErrBadValue) || !strings.Contains(err.Error(), "row 2") {
		t.Error(err)
	}
	good := stream("")
	defer good.Free()
	ok(t, wrong.AddStream(good.Pointer())) // a stream that failed has left nothing
	ok(t, wrong.Finish())
}

func TestUpdateFrom(t *testing.T) {
	plan := smallPlan(t)
	batch, scores, contracts := smallHistory(t, plan, 0, 12)
	calls, ranks := smallCalls(t, plan), smallRanks(t, plan)
	update := func(known Histories) ([]byte, error) {
		seen := must[*Evidence](t)(plan.NewEvidence(nil))
		defer seen.Close()
		err := seen.UpdateFrom(batch, scores, known)
		return state(t, seen), err
	}
	alone := must[*Evidence](t)(plan.NewEvidence(nil))
	close_(t, alone)
	ok(t, alone.Update(batch, scores, contracts))
	if !bytes.Equal(must[[]byte](t)(update(Histories{Contracts: contracts})), state(t, alone)) {
		t.Error("contracts alone are not the short form")
	}
	everything := Histories{Contracts: contracts, Initiatives: calls, Ranks: ranks}
	whole := must[[]byte](t)(update(everything))
	// Ranks of another plan of the same model serve, too.
	other := smallRanks(t, smallPlan(t))
	if !bytes.Equal(must[[]byte](t)(update(Histories{Contracts: contracts, Initiatives: calls, Ranks: other})), whole) {
		t.Error("another plan's ranks are other ranks")
	}

	some := must[*Initiatives](t)(plan.NewInitiatives())
	close_(t, some)
	ok(t, some.Finish())
	unfinished := must[*Ranks](t)(plan.NewRanks())
	close_(t, unfinished)
	foreign := must[*Ranks](t)(largePlan(t).NewRanks())
	close_(t, foreign)
	ok(t, foreign.Finish())
	nothing := must[*Evidence](t)(plan.NewEvidence(nil))
	close_(t, nothing)
	for what, one := range map[string]struct {
		known Histories
		code  error
	}{
		"contracts is NULL":          {Histories{}, ErrInvalidArgument},
		"aiueo_initiatives_keep_all": {Histories{Contracts: contracts, Initiatives: some}, ErrInvalidState},
		"aiueo_ranks_finish":         {Histories{Contracts: contracts, Ranks: unfinished}, ErrInvalidState},
		"another plan":               {Histories{Contracts: contracts, Ranks: foreign}, ErrInvalidArgument},
	} {
		found, err := update(one.known)
		if !errors.Is(err, one.code) || !strings.Contains(err.Error(), what) || !bytes.Equal(found, state(t, nothing)) {
			t.Error(what, err)
		}
	}
	ranks.Close()
	if _, err := update(everything); err != ErrClosed {
		t.Error(err)
	}
}
