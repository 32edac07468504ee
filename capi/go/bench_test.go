package aiueo

import (
	"fmt"
	"testing"
	"time"
)

// What it costs to cross into C and back, against which the others are to be seen.
func BenchmarkBoundary(b *testing.B) {
	plan := largePlan(b)
	batch := must[*Batch](b)(plan.NewBatch(1, nil))
	defer batch.Close()
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if batch.crossing() != 1 {
			b.Fatal("no batch")
		}
	}
}

// One customer a request, 24 metrics: values in, score, read.
func BenchmarkRow(b *testing.B) {
	plan := largePlan(b)
	row := must[*Row](b)(plan.NewRow(nil))
	defer row.Close()
	var numbers, flags []Metric
	for _, one := range must[*Description](b)(plan.Describe()).Metrics {
		metric := must[Metric](b)(plan.Metric(one.Name))
		if one.Type == "flag" {
			flags = append(flags, metric)
		} else {
			numbers = append(numbers, metric)
		}
	}
	set := func(n int) {
		row.Reset()
		for k, metric := range numbers {
			row.SetNumber(metric, float64((n+7*k)%60))
		}
		for _, metric := range flags {
			row.SetFlag(metric, n&1 == 0)
		}
	}
	sum := 0.0
	b.Run("set", func(b *testing.B) {
		b.ReportAllocs()
		for n := range b.N {
			set(n)
		}
	})
	b.Run("score", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			if err := row.Score(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("all", func(b *testing.B) {
		b.ReportAllocs()
		for n := range b.N {
			set(n)
			if err := row.Score(); err != nil {
				b.Fatal(err)
			}
			sum += row.Overall() + row.Axis(Utilization) + float64(len(row.Level("stage")))
		}
	})
	b.Run("owned batch", func(b *testing.B) { // the same through SetRow
		batch := must[*Batch](b)(plan.NewBatch(1, nil))
		defer batch.Close()
		ok(b, batch.Own())
		scores := must[*Scores](b)(plan.NewScores(1, nil))
		defer scores.Close()
		metrics := append(append([]Metric(nil), numbers...), flags...)
		values := make([]float64, len(metrics))
		b.ReportAllocs()
		b.ResetTimer()
		for n := range b.N {
			for k := range values {
				values[k] = float64((n + k) & 1)
			}
			if batch.SetRow(0, metrics, values, nil) != nil || plan.ScoreInto(batch, scores) != nil {
				b.Fatal("failed")
			}
		}
	})
}

// A batch that is used again. "core" is the loop in C alone; what ScoreInto takes beyond it is the
// binding's share.
func BenchmarkBatch(b *testing.B) {
	plan := largePlan(b)
	for _, rows := range []int{64, 1024, 16384} {
		batch := must[*Batch](b)(plan.NewBatch(rows, nil))
		largeColumns(b, batch)
		scores := must[*Scores](b)(plan.NewScores(rows, nil))
		b.Run(fmt.Sprintf("%d/go", rows), func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if err := plan.ScoreInto(batch, scores); err != nil {
					b.Fatal(err)
				}
			}
			perRow(b, rows)
		})
		b.Run(fmt.Sprintf("%d/core", rows), func(b *testing.B) {
			ok(b, plan.scoreTimes(batch, scores, b.N))
			perRow(b, rows)
		})
		scores.Close()
		batch.Close()
	}
}

// The binding's share of a batch that is used again: ScoreInto against the same calls in a loop in
// C, in turns, the least time of each (on a busy machine the others measure the neighbours).
func BenchmarkShare(b *testing.B) {
	plan := largePlan(b)
	for _, rows := range []int{1, 64, 1024} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			batch := must[*Batch](b)(plan.NewBatch(rows, nil))
			defer batch.Close()
			largeColumns(b, batch)
			scores := must[*Scores](b)(plan.NewScores(rows, nil))
			defer scores.Close()
			score := func() error { return plan.ScoreInto(batch, scores) }
			if rows == 1 { // as a service does it
				row := must[*Row](b)(plan.NewRow(nil))
				defer row.Close()
				metrics := must[*Description](b)(plan.Describe()).Metrics
				for k, one := range metrics {
					ok(b, row.Set(one.Name, map[bool]any{false: k, true: true}[one.Type == "flag"]))
				}
				score = row.Score
				batch, scores = &Batch{row.batch}, &Scores{row.scores}
			}
			calls := 1
			if rows <= 64 {
				calls = 8 // or the clock would be measured
			}
			binding, core := time.Hour, time.Hour
			for range b.N {
				start := time.Now()
				for k := 0; k < calls; k++ {
					if err := score(); err != nil {
						b.Fatal(err)
					}
				}
				middle := time.Now()
				if err := plan.scoreTimes(batch, scores, calls); err != nil {
					b.Fatal(err)
				}
				binding = min(binding, middle.Sub(start))
				core = min(core, time.Since(middle))
			}
			b.ReportMetric(float64(binding.Nanoseconds())/float64(calls), "go-ns")
			b.ReportMetric(float64(core.Nanoseconds())/float64(calls), "core-ns")
			b.ReportMetric(100*float64(binding-core)/float64(core), "%binding")
		})
	}
}

// Columns of Go slices: bound to a new batch, and written into the columns of one that is used again.
func BenchmarkBind(b *testing.B) {
	plan := largePlan(b)
	const rows = 1024
	numbers, flags := make([]float64, rows), make([]bool, rows)
	metrics := must[*Description](b)(plan.Describe()).Metrics
	b.Run("bound", func(b *testing.B) {
		scores := must[*Scores](b)(plan.NewScores(rows, nil))
		defer scores.Close()
		b.ReportAllocs()
		for range b.N {
			batch := must[*Batch](b)(plan.NewBatch(rows, nil))
			for _, one := range metrics {
				if one.Type == "flag" {
					ok(b, Bind(batch, one.Name, flags, nil))
				} else {
					ok(b, Bind(batch, one.Name, numbers, nil))
				}
			}
			ok(b, plan.ScoreInto(batch, scores))
			batch.Close()
		}
		perRow(b, rows)
	})
	b.Run("written", func(b *testing.B) {
		scores := must[*Scores](b)(plan.NewScores(rows, nil))
		defer scores.Close()
		batch := must[*Batch](b)(plan.NewBatch(rows, nil))
		defer batch.Close()
		var ofNumbers []Column[float64]
		var ofFlags []Column[bool]
		for _, one := range metrics {
			if one.Type == "flag" {
				ofFlags = append(ofFlags, must[Column[bool]](b)(Bool(batch, one.Name)))
			} else {
				ofNumbers = append(ofNumbers, must[Column[float64]](b)(Float64(batch, one.Name)))
			}
		}
		b.ReportAllocs()
		b.ResetTimer()
		for range b.N {
			for _, one := range ofNumbers {
				copy(one.Values, numbers)
			}
			for _, one := range ofFlags {
				copy(one.Values, flags)
				one.Known.SetAll(true)
			}
			ok(b, plan.ScoreInto(batch, scores))
		}
		perRow(b, rows)
	})
}

func BenchmarkParallelRows(b *testing.B) {
	plan := largePlan(b)
	pool := plan.NewRowPool(nil, 64)
	defer pool.Close()
	metric := must[Metric](b)(plan.Metric("m00"))
	b.ReportAllocs()
	b.RunParallel(func(next *testing.PB) {
		for next.Next() {
			row, err := pool.Get()
			if err != nil || row.SetNumber(metric, 3) != nil || row.Score() != nil {
				b.Error(err)
				return
			}
			pool.Put(row)
		}
	})
}

func perRow(b *testing.B, rows int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
}
