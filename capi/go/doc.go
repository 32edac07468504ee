// Package aiueo scores the health of customers: five axes, stages and bands, with coverage, bounds
// and reasons. It is the engine libaiueo over cgo; the same model on the same snapshots gives the
// same scores to the bit in Go as in C++, C, Python and Spark.
//
//	plan, err := aiueo.LoadFile("model.json")     // problems with line and column
//	defer plan.Close()
//	batch, err := plan.NewBatch(1024, nil)
//	defer batch.Close()
//	logins, err := aiueo.Int32(batch, "logins_28d") // the batch's memory, to be filled
//	scores, err := plan.Score(batch)
//	defer scores.Close()
//	u := scores.Axis(aiueo.Utilization)[0]        // 0..100, NaN = insufficient
//
// # Words
//
// A metric is one raw observation of a customer; a snapshot is a customer's metrics as of a date; a
// batch holds many as columns. A component maps a metric to 0..100; an axis combines components;
// coverage is the share of the weight that was known. Unknown is never zero: what is not known stays
// so, and shows in coverage, bounds and insufficient (NaN) scores.
//
// # Goroutines
//
// Plans and finished initiatives are immutable, and summaries lock: any number of goroutines may use
// them. A batch has one writer; when it is filled, any number may score disjoint ranges of its rows
// into one Scores. Rows and streams belong to one goroutine at a time. The library starts no thread,
// and this package no goroutine except in [Plan.ScoreParallel].
//
// # Lifetime
//
// Every handle has Close, which may be called twice and in any order: what a handle needs of another
// it keeps. A call in progress ends before its handles are freed. Handles that are only forgotten
// are freed when the garbage collector finds them, except those that have handed out slices of their
// memory, which are then left: see [OpenHandles].
//
// Slices of batches ([Reserve]) and scores ([Scores.Axis]) view the library's memory. They must not
// be touched after Close.
//
// # Linking
//
// By default pkg-config finds the installed library. With the build tag aiueo_source the source tree
// is used; with aiueo_static libaiueo.a and the C++ runtime are linked into the binary.
package aiueo
