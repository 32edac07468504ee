package aiueo

import (
	"math"
	"path/filepath"
	"testing"
)

// The steps with detail: columns, explanation and summary say the same of every row.
func TestSteps(t *testing.T) {
	folder := filepath.Join(golden, "scores", "steps")
	plan := must[*Plan](t)(LoadFile(filepath.Join(folder, "model.json")))
	close_(t, plan)
	snapshots := readTable(t, filepath.Join(folder, "snapshots.csv"))
	rows := len(snapshots.rows)
	batch := must[*Batch](t)(plan.NewBatch(rows, nil))
	close_(t, batch)
	snapshots.bindTo(t, batch)
	scores := must[*Scores](t)(plan.NewScores(rows, &ScoresOptions{Detail: true}))
	close_(t, scores)
	ok(t, plan.ScoreInto(batch, scores))
	summary := must[*Summary](t)(plan.NewSummary())
	close_(t, summary)
	ok(t, summary.Add(scores, rows))
	counted := must[*SummaryCounts](t)(summary.Counts()).Steps

	if len(counted) != 3 {
		t.Fatalf("%+v", counted)
	}
	overdue := 0
	for k, name := range []string{"accompany", "process", "success"} {
		levels := must[Levels](t)(scores.Levels(name))
		if levels.Len() != rows || levels.Codes != nil || len(levels.Names) != 3 {
			t.Errorf("%s: %+v", name, levels)
		}
		counts := map[string]int64{}
		for row := 0; row < rows; row++ {
			counts[levels.At(row)]++
			step := must[*Explanation](t)(plan.Explain(batch, row)).Steps[k]
			said := "unknown"
			if step.Achieved != nil {
				said = map[bool]string{true: "achieved", false: "not_achieved"}[*step.Achieved]
			}
			if step.Name != name || said != levels.At(row) || step.Threshold != 60 {
				t.Errorf("row %d: %+v, stored %s", row+1, step, levels.At(row))
			}
			if name == "process" && step.Overdue != nil && *step.Overdue {
				overdue++
			}
			if name == "accompany" { // the model has no touch
				if step.Score != nil {
					t.Errorf("row %d: %+v", row+1, step)
				}
				continue
			}
			stored := must[[]float64](t)(scores.Numbers(name + ".score"))[row]
			if step.Score == nil != math.IsNaN(stored) || step.Score != nil && *step.Score != stored {
				t.Errorf("row %d: %s is %v, explained as %+v", row+1, name, stored, step)
			}
		}
		wanted := SummaryStep{name, counts["achieved"], counts["not_achieved"], counts["unknown"]}
		if counted[k] != wanted {
			t.Errorf("%+v counted, %+v stored", counted[k], wanted)
		}
	}
	if overdue != 8 {
		t.Errorf("%d rows are overdue", overdue)
	}
	if _, err := scores.Numbers("accompany.score"); err == nil {
		t.Error("accompany's score is touch's own")
	}
	plain := must[*Scores](t)(plan.Score(batch))
	close_(t, plain)
	if _, err := plain.Levels("process"); err == nil {
		t.Error("steps without detail")
	}
}
