package aiueo

import (
	"math"
	"runtime"
	"sync"
	"testing"
	"time"
	"unsafe"
)

// Handles are counted, closed once, and of no use after it.
func TestClose(t *testing.T) {
	before := OpenHandles()
	plan := must[*Plan](t)(Load([]byte(small)))
	batch := must[*Batch](t)(plan.NewBatch(3, &BatchOptions{AsOf: today}))
	fillSmall(t, batch)
	scores := must[*Scores](t)(plan.Score(batch))
	row := must[*Row](t)(plan.NewRow(nil))
	summary := must[*Summary](t)(plan.NewSummary())
	initiatives := must[*Initiatives](t)(plan.NewInitiatives())
	contracts := must[*Contracts](t)(plan.NewContracts())
	ledger := must[*Ledger](t)(plan.NewLedger())
	ranks := must[*Ranks](t)(plan.NewRanks())
	evidence := must[*Evidence](t)(plan.NewEvidence(nil))
	during := OpenHandles()
	if during.Contracts != before.Contracts+1 || during.Ledgers != before.Ledgers+1 || during.Ranks != before.Ranks+1 ||
		during.Evidence != before.Evidence+1 {
		t.Errorf("before %+v, during %+v", before, during)
	}
	if during.Plans != before.Plans+1 || during.Batches != before.Batches+2 || during.Rows != before.Rows+1 ||
		during.Scores != before.Scores+2 || during.Summaries != before.Summaries+1 || during.Initiatives != before.Initiatives+1 {
		t.Errorf("before %+v, during %+v", before, during)
	}
	u := scores.Axis(Utilization)
	ok(t, plan.Close())
	ok(t, plan.Close())
	if math.IsNaN(u[0]) || len(must[[]float64](t)(scores.Numbers("U"))) != 3 {
		t.Error("scores outlive their plan")
	}
	if must[int](t)(batch.Find("c-1")) != 1 {
		t.Error("batches outlive their plan")
	}
	ok(t, row.SetAsOf(today))
	ok(t, row.Score())
	for what, err := range map[string]error{
		"describe": second(plan.Describe()), "json": second(plan.DescribeJSON()), "batch": second(plan.NewBatch(1, nil)),
		"scores": second(plan.NewScores(1, nil)), "row": second(plan.NewRow(nil)), "summary": second(plan.NewSummary()),
		"contracts": second(plan.NewContracts()), "ranks": second(plan.NewRanks()), "evidence": second(plan.NewEvidence(nil)),
		"ledger":      second(plan.NewLedger()),
		"state":       second(plan.ReadEvidence([]byte("x"), nil)),
		"initiatives": second(plan.NewInitiatives()), "metric": second(plan.Metric("logins")),
		"score": plan.ScoreInto(batch, scores), "explain": second(plan.Explain(batch, 0)), "gap": second(plan.Gap(batch, 0, "stage", "")),
		"import": second(plan.ImportArrow(nil, nil, ValidateFull, nil)), "stream": second(plan.ScoreStream(nil, nil)),
	} {
		if err != ErrClosed {
			t.Errorf("plan, %s: %v", what, err)
		}
	}
	for _, one := range []interface{ Close() error }{batch, batch, scores, scores, row, row, summary, initiatives,
		contracts, contracts, ledger, ledger, ranks, ranks, evidence, evidence} {
		ok(t, one.Close())
	}
	row.Reset()
	for what, err := range map[string]error{
		"bind":    Bind(batch, "logins", []float64{1, 2, 3}, nil),
		"reserve": second(Float64(batch, "logins")), "find": second(batch.Find("x")), "text": second(batch.TextID("x")),
		"numbers": second(scores.Numbers("U")), "copy": second(scores.CopyNumbers("U")), "levels": second(scores.Levels("stage")),
		"counts": second(scores.Counts("stale")), "export": scores.ExportArrow(nil, 1, nil, nil),
		"add": summary.Add(scores, 1), "merge": summary.Merge(new(Summary)), "json": second(summary.JSON()), "counted": second(summary.Counts()),
		"initiative": initiatives.Add(Initiative{}), "finish": initiatives.Finish(), "initiative stream": initiatives.AddStream(nil),
		"initiative row": initiatives.AddRow(InitiativeRow{}), "keep all": initiatives.KeepAll(),
		"rank": ranks.Add(Rank{}), "ranks": ranks.Finish(), "rank stream": ranks.AddStream(nil),
		"payment": ledger.Add(LedgerRow{}), "ledger": ledger.Finish(), "ledger stream": ledger.AddStream(nil),
		"latest": second(batch.LatestAsOf()), "unseen": evidence.CountUnseen(Histories{}),
		"contract": contracts.Add(Contract{}), "contracts": contracts.Finish(), "contract stream": contracts.AddStream(nil),
		"warnings": second(contracts.Warnings()), "update": evidence.Update(batch, scores, contracts),
		"evidence": evidence.Merge(evidence), "state": second(evidence.Bytes()), "totals": second(evidence.Counts()),
		"study": second(evidence.Study("renewal", nil)), "renewal": second(evidence.Renewal(RenewalOptions{})),
		"row": row.Score(), "row date": row.SetAsOf(1), "row number": row.SetNumber(0, 1), "row text": row.SetText(0, "x"),
		"row set": row.Set("logins", 1), "row key": row.SetCustomer("x"), "row explain": second(row.Explain()),
		"row gap": second(row.Gap("stage", "")), "row observed": row.SetObserved(0, 1), "row day": row.SetDate(0, 1),
	} {
		if err != ErrClosed {
			t.Errorf("%s: %v", what, err)
		}
	}
	if scores.Axis(Utilization) != nil || scores.Overall() != nil || !math.IsNaN(row.Overall()) || row.Level("stage") != "" {
		t.Error("results of what is closed")
	}
	if after := OpenHandles(); after != before {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

// What is forgotten is freed by the collector, unless slices of its memory are about.
func TestForgotten(t *testing.T) {
	settled := func() Handles {
		var out Handles
		for k := 0; k < 50; k++ {
			runtime.GC()
			time.Sleep(2 * time.Millisecond)
			if next := OpenHandles(); next == out && k > 5 {
				break
			}
			out = OpenHandles()
		}
		return out
	}
	before := settled()
	func() {
		for k := 0; k < 20; k++ {
			plan := must[*Plan](t)(Load([]byte(small)))
			batch := must[*Batch](t)(plan.NewBatch(64, &BatchOptions{AsOf: today}))
			fillSmall(t, batch)
			must[*Duplicates](t)(NewDuplicates(0))
			must[[]float64](t)(must[*Scores](t)(plan.NewScores(64, nil)).CopyNumbers("U"))
			ok(t, must[*Row](t)(plan.NewRow(nil)).SetAsOf(today))
			must[*Summary](t)(plan.NewSummary())
			must[*Initiatives](t)(plan.NewInitiatives())
			must[*Ledger](t)(plan.NewLedger())
			must[*Ranks](t)(plan.NewRanks())
		}
	}()
	if after := settled(); after != before {
		t.Errorf("before %+v, after %+v", before, after)
	}

	var kept []float64
	func() {
		plan := must[*Plan](t)(Load([]byte(small)))
		batch := must[*Batch](t)(plan.NewBatch(64, &BatchOptions{AsOf: today}))
		fillSmall(t, batch)
		kept = must[*Scores](t)(plan.Score(batch)).Axis(Utilization)
	}()
	if after := settled(); after.Scores != before.Scores+1 || after.Leaked != before.Leaked+1 || after.Batches != before.Batches {
		t.Errorf("before %+v, after %+v", before, after)
	}
	if kept[0] != 50 {
		t.Error(kept[0])
	}
	// For the other tests: nobody reads the slice any more.
	left.Lock()
	for _, one := range left.behind {
		one.close()
	}
	left.behind = nil
	left.Unlock()
}

// 8 goroutines on one plan: their own batches, ranges of one batch, rows, explanations.
func TestEightGoroutines(t *testing.T) {
	plan := smallPlan(t)
	const rows, part = 8 * 256, 256
	shared := smallBatch(t, plan, rows)
	expected := must[*Scores](t)(closing(t)(plan.Score(shared)))
	together := must[*Scores](t)(closing(t)(plan.NewScores(rows, nil)))
	pool := plan.NewRowPool(nil, 8)
	defer pool.Close()
	var all sync.WaitGroup
	for k := 0; k < 8; k++ {
		all.Add(1)
		go func(k int) {
			defer all.Done()
			for n := 0; n < 10; n++ {
				if err := plan.ScoreRows(shared, k*part, (k+1)*part, together); err != nil {
					t.Error(err)
				}
				own, err := plan.NewBatch(rows, &BatchOptions{AsOf: today})
				if err != nil {
					t.Error(err)
					return
				}
				fillSmall(t, own)
				scores, err := plan.Score(own)
				if err != nil {
					t.Error(err)
					return
				}
				sameBits(t, "own", scores.Overall(), expected.Overall())
				scores.Close()
				own.Close()
				if _, err := plan.Explain(shared, k); err != nil {
					t.Error(err)
				}
				row, err := pool.Get()
				if err != nil || row.SetAsOf(today) != nil || row.Set("logins", 7) != nil || row.Score() != nil {
					t.Error(err)
					return
				}
				pool.Put(row)
				if _, err := plan.Metric("none"); err == nil {
					t.Error("a metric that is none")
				}
			}
		}(k)
	}
	all.Wait()
	sameBits(t, "together", together.Overall(), expected.Overall())
}

// Closing beside calls of other goroutines: each call ends well or says that it is closed.
func TestCloseBesideCalls(t *testing.T) {
	for n := 0; n < 30; n++ {
		plan := must[*Plan](t)(Load([]byte(small)))
		batch := must[*Batch](t)(plan.NewBatch(640, &BatchOptions{AsOf: today}))
		fillSmall(t, batch)
		scores := must[*Scores](t)(plan.NewScores(640, nil))
		var all sync.WaitGroup
		for k := 0; k < 4; k++ {
			all.Add(1)
			go func(k int) {
				defer all.Done()
				for {
					if err := plan.ScoreRows(batch, 128*k, 128*k+128, scores); err == ErrClosed {
						return
					} else if err != nil {
						t.Error(err)
						return
					}
				}
			}(k)
		}
		time.Sleep(time.Millisecond)
		switch n % 3 {
		case 0:
			plan.Close()
		case 1:
			batch.Close()
		case 2:
			scores.Close()
		}
		all.Wait()
		plan.Close()
		batch.Close()
		scores.Close()
	}
}

func TestSlicesAreTheLibrarys(t *testing.T) {
	plan := smallPlan(t)
	batch := must[*Batch](t)(plan.NewBatch(64, nil))
	close_(t, batch)
	column := must[Column[float64]](t)(Float64(batch, "logins"))
	scores := must[*Scores](t)(closing(t)(plan.NewScores(64, nil)))
	view := scores.Axis(Utilization)
	if &view[0] != &scores.Axis(Utilization)[0] || unsafe.SliceData(column.Values) == nil || cap(view) != 64 {
		t.Error("a copy")
	}
	copied := must[[]float64](t)(scores.CopyNumbers("U"))
	if &copied[0] == &view[0] {
		t.Error("no copy")
	}
}
