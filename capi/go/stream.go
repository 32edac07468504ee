package aiueo

// #include "shim.h"
import "C"

import (
	"runtime"
	"runtime/cgo"
	"runtime/debug"
	"unsafe"
)

// StreamOptions are optional; the zero value (or nil) is all defaults.
type StreamOptions struct {
	// Batch: what holds for every batch of the stream. FirstRow is ignored.
	Batch *BatchOptions
	// Scores: what is kept of each batch.
	Scores *ScoresOptions
	// Validation is how far the producer is trusted.
	Validation Validation
	// NoDuplicateCheck leaves out the check for two rows of one customer and date.
	NoDuplicateCheck bool
	// DuplicateBudget is how many rows that check remembers at most, 16,777,216 if it is 0. Rows in
	// order of customer and date need none; where others exceed it the rest is not checked, and the
	// summary warns of it.
	DuplicateBudget int64
	// Summary: every batch is added to it. It must not be used while the stream is read.
	Summary *Summary
	// Progress is called after each batch with the rows scored so far; an error cancels the stream
	// (ErrCancelled, wrapping it).
	Progress func(rows int64) error
}

// Stream is scores made a batch at a time, as they are read. It belongs to one goroutine at a time.
type Stream struct{ *streamCore }

type streamCore struct {
	handle
	c *C.struct_ArrowArrayStream // memory of C
}

// streamKeep is what C keeps of Go as long as a stream is read, here or by others.
type streamKeep struct {
	plan        *planCore
	initiatives *initiativesCore
	summary     *summaryCore
	progress    cgo.Handle
}

func (k *streamKeep) letGo() {
	k.plan.release()
	if k.initiatives != nil {
		k.initiatives.release()
	}
	if k.summary != nil {
		k.summary.release()
	}
	if k.progress != 0 {
		k.progress.Delete()
	}
}

//export aiueoGoLetGo
func aiueoGoLetGo(keep C.uintptr_t) {
	held := cgo.Handle(keep)
	held.Value().(*streamKeep).letGo()
	held.Delete()
}

//export aiueoGoProgress
func aiueoGoProgress(user C.uintptr_t, rows C.int64_t) (stop C.int32_t) {
	defer func() {
		if value := recover(); value != nil {
			leave(&PanicError{Value: value, Stack: debug.Stack()}, nil)
			stop = 1
		}
	}()
	if err := cgo.Handle(user).Value().(func(int64) error)(int64(rows)); err != nil {
		leave(err, nil)
		return 1
	}
	return 0
}

// ScoreStream turns an Arrow stream of snapshots into one of scores. Memory is bounded by the
// largest batch and the check for duplicates. in points to a C ArrowArrayStream, which is taken
// over, whatever the outcome. options may be nil.
func (p *Plan) ScoreStream(in unsafe.Pointer, options *StreamOptions) (*Stream, error) {
	source := (*C.struct_ArrowArrayStream)(in)
	if err := p.acquire(); err != nil {
		C.aiueo_go_release_stream(source)
		return nil, err
	}
	if options == nil {
		options = &StreamOptions{}
	}
	keep := &streamKeep{plan: p.planCore} // the use begun above
	given, done, err := options.keep(keep)
	if err != nil {
		C.aiueo_go_release_stream(source)
		keep.letGo()
		return nil, err
	}
	defer done()
	var flags C.uint32_t
	if options.NoDuplicateCheck {
		flags |= C.AIUEO_STREAM_NO_DUPLICATE_CHECK
	}
	var summary *C.aiueo_summary
	if keep.summary != nil {
		summary = keep.summary.c
	}
	core := &streamCore{c: (*C.struct_ArrowArrayStream)(C.calloc(1, C.sizeof_struct_ArrowArrayStream))}
	held := cgo.NewHandle(keep)
	k := begin()
	err = k.end(C.aiueo_go_score_stream(p.c, source, flags, C.int32_t(options.Validation), options.Scores.flags(),
		&given, summary, C.int64_t(options.DuplicateBudget), C.uintptr_t(keep.progress), C.uintptr_t(held), core.c, &k.c.error))
	if err != nil {
		C.free(unsafe.Pointer(core.c))
		held.Delete()
		keep.letGo()
		return nil, err
	}
	core.handle.init(streamKind, core.destroy)
	out := &Stream{core}
	runtime.SetFinalizer(out, func(s *Stream) { s.abandon() })
	return out, nil
}

// keep begins the uses that a stream has of other objects.
func (o *StreamOptions) keep(k *streamKeep) (C.aiueo_batch_options, func(), error) {
	given, done, err := o.Batch.c()
	if err != nil {
		return given, done, err
	}
	if o.Batch != nil && o.Batch.Initiatives != nil {
		o.Batch.Initiatives.retain() // in use by the options
		k.initiatives = o.Batch.Initiatives.initiativesCore
	}
	if o.Summary != nil {
		if err := o.Summary.acquire(); err != nil {
			done()
			return given, func() {}, err
		}
		k.summary = o.Summary.summaryCore
	}
	if o.Progress != nil {
		k.progress = cgo.NewHandle(o.Progress)
	}
	return given, done, nil
}

func (s *streamCore) destroy() {
	C.aiueo_go_release_stream(s.c)
	C.free(unsafe.Pointer(s.c))
	s.c = nil
}

// Close gives the stream up, with what has not been read. It returns nil.
func (s *Stream) Close() error { return s.close() }

// Schema writes the schema of the batches to the C ArrowSchema that schema points to. The caller
// releases it.
func (s *Stream) Schema(schema unsafe.Pointer) error {
	if err := s.acquire(); err != nil {
		return err
	}
	defer s.release()
	if s.c.release == nil {
		return ErrClosed
	}
	k := begin()
	return k.end(C.aiueo_go_stream_schema(s.c, (*C.struct_ArrowSchema)(schema), k.pointer()))
}

// Next writes the next batch of scores to the C ArrowArray that array points to, for the caller to
// release; false at the end. What is wrong with the rows is ErrBadValue, whatever it is in detail;
// the message says.
func (s *Stream) Next(array unsafe.Pointer) (bool, error) {
	if err := s.acquire(); err != nil {
		return false, err
	}
	defer s.release()
	if s.c.release == nil {
		return false, ErrClosed
	}
	out := (*C.struct_ArrowArray)(array)
	k := begin()
	if err := k.end(C.aiueo_go_stream_next(s.c, out, k.pointer())); err != nil {
		return false, err
	}
	return out.release != nil, nil
}

// MoveTo hands the stream to somebody else: the C ArrowArrayStream that stream points to is theirs
// to read and to release, in any thread, and s is closed. Errors of custom scorers then come as
// text only.
func (s *Stream) MoveTo(stream unsafe.Pointer) error {
	if err := s.acquire(); err != nil {
		return err
	}
	if s.c.release == nil {
		s.release()
		return ErrClosed
	}
	*(*C.struct_ArrowArrayStream)(stream) = *s.c
	s.c.release = nil
	s.release()
	return s.Close()
}
