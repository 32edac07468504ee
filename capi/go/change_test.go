package aiueo

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/aiueo-health/aiueo/capi/go/internal/arrowc"
)

// changedBatch has three customers on a day, of whom some are others than on another day.
func changedBatch(t testing.TB, plan *Plan, day Date, keys []string, logins []float64) *Batch {
	batch := must[*Batch](t)(plan.NewBatch(len(keys), &BatchOptions{AsOf: day, AllMetrics: true, MissingColumnsUnknown: true}))
	close_(t, batch)
	last, mrr, setup, parents := []Date{}, []int64{}, []bool{}, []string{}
	for range keys {
		last = append(last, day-3)
		mrr = append(mrr, 500)
		setup = append(setup, true)
		parents = append(parents, "family")
	}
	ok(t, batch.BindTexts("customer", keys))
	ok(t, batch.BindTexts("parent", parents))
	ok(t, Bind(batch, "logins", logins, nil))
	ok(t, Bind(batch, "last", last, nil))
	ok(t, Bind(batch, "mrr", mrr, nil))
	ok(t, Bind(batch, "setup", setup, nil))
	return batch
}

func TestChangeIsSplitIntoParts(t *testing.T) {
	plan := smallPlan(t)
	before := changedBatch(t, plan, today-30, []string{"a", "b", "gone"}, []float64{8, 4, 1})
	after := changedBatch(t, plan, today, []string{"b", "a", "new"}, []float64{math.NaN(), 2, 1})
	changes := must[*Changes](t)(NewChanges(before, after, nil))
	found := must[*Portfolio](t)(changes.Portfolio())
	if found.Customers != 2 || found.New != 1 || found.Gone != 1 || !found.Models.Same {
		t.Error(found)
	}
	table := arrowc.Empty()
	defer table.Free()
	ok(t, changes.ExportArrow(table.Schema(), table.Array()))
	earlier, _, err := table.Column("U.before")
	if ok(t, err); len(earlier) != 4 || earlier[1] != *must[*ChangeReport](t)(ExplainChange(before, 0, after, 1, nil)).Scores[1].Before {
		t.Error(earlier)
	}
	if _, keys, err := table.Column("customer"); err != nil || strings.Join(keys, " ") != "b a new gone" {
		t.Error(keys, err)
	}

	report := must[*ChangeReport](t)(ExplainChange(before, 0, after, 1, nil))
	for _, score := range report.Scores {
		if score.Kind != "scored" || score.Change == nil {
			continue
		}
		sum := *score.Parts.Model + *score.Parts.Staleness + *score.Parts.Missingness + *score.Parts.Behaviour
		if sum != *score.Change || *score.Change != *score.After-*score.Before {
			t.Error(score.Name, sum, *score.Change)
		}
		if score.Name == "U" && (*score.Parts.Behaviour >= 0 || *score.Parts.Missingness != 0) {
			t.Error(score.Parts)
		}
	}
	lost := must[*ChangeReport](t)(ExplainChange(before, 1, after, 0, &ChangeOptions{NoOverrides: true}))
	for _, score := range lost.Scores {
		if score.Name == "U" && *score.Parts.Missingness == 0 {
			t.Error("logins went missing:", score.Parts)
		}
	}
	if _, err := ExplainChange(before, 3, after, 0, nil); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	ok(t, changes.Close())
	if _, err := changes.JSON(); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if err := changes.ExportArrow(nil, nil); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

func TestChangeOfTheModelAlone(t *testing.T) {
	plan := smallPlan(t)
	next := must[*Plan](t)(Load([]byte(strings.Replace(small, `"curve": [[0, 0], [10, 100]] },
      "last"`, `"curve": [[0, 0], [20, 100]] },
      "last"`, 1))))
	close_(t, next)
	keys, logins := []string{"a", "b", "c"}, []float64{8, 4, 10}
	rows := changedBatch(t, next, today, keys, logins)
	old := changedBatch(t, plan, today, keys, logins)
	changes := must[*Changes](t)(NewChanges(rows, rows, &ChangeOptions{From: old}))
	close_(t, changes)
	for _, score := range must[*Portfolio](t)(changes.Portfolio()).Scores {
		if score.N == 0 {
			continue
		}
		if *score.Parts.Behaviour != 0 || *score.Parts.Staleness != 0 || *score.Parts.Missingness != 0 {
			t.Error(score.Name, score.Parts)
		}
		if score.Name == "U" && *score.Parts.Model >= 0 {
			t.Error(*score.Parts.Model)
		}
	}
	if _, err := NewChanges(rows, old, nil); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}

	found := must[*Comparison](t)(Compare(old, rows, &ComparisonOptions{Movers: 2}))
	if len(found.Movers) != 2 || found.Movers[0].Customer != "c" || found.Movers[0].Change >= 0 {
		t.Error(found.Movers)
	}
	if found.Current.Evidence != nil || found.Moves.Customers != 3 || found.Sentence.In("en") == "" {
		t.Error(string(found.Raw))
	}
	current, proposed := must[*Evidence](t)(plan.NewEvidence(nil)), must[*Evidence](t)(next.NewEvidence(nil))
	close_(t, current)
	close_(t, proposed)
	judged := must[*Comparison](t)(Compare(old, rows, &ComparisonOptions{Current: current, Proposed: proposed}))
	if judged.Proposed.Evidence == nil || judged.Proposed.Evidence.Ends != 0 {
		t.Error(string(judged.Raw))
	}
	for _, wrong := range []*ComparisonOptions{{Current: current}, {Current: current, Proposed: current}, {Movers: -2}} {
		if _, err := Compare(old, rows, wrong); !errors.Is(err, ErrInvalidArgument) {
			t.Error(wrong, err)
		}
	}
}

func TestRollup(t *testing.T) {
	plan := smallPlan(t)
	rows := changedBatch(t, plan, today, []string{"a", "b"}, []float64{8, 4})
	scores := must[*Scores](t)(plan.NewScores(2, &ScoresOptions{Detail: true}))
	close_(t, scores)
	ok(t, plan.ScoreInto(rows, scores))
	table := arrowc.Empty()
	defer table.Free()
	ok(t, ExportRollup(rows, scores, table.Schema(), table.Array()))
	if _, keys, err := table.Column("customer"); err != nil || strings.Join(keys, " ") != "family" {
		t.Error(keys, err)
	}
	if mean, _, err := table.Column("U"); err != nil || mean[0] != (scores.Axis(Utilization)[0]+scores.Axis(Utilization)[1])/2 {
		t.Error(mean, err)
	}
	if err := ExportRollup(rows, scores, nil, table.Array()); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
}
