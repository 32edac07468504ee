package aiueo

// #include "shim.h"
import "C"

import (
	"errors"
	"os"
	"runtime"
	"runtime/cgo"
	"sync"
	"unsafe"
)

// CompileOptions are optional; the zero value is all defaults.
type CompileOptions struct {
	// File is how messages name the model, such as its path. Empty: "model.json".
	File string
	// Scorers are the functions behind the model's custom scorers.
	Scorers []Scorer
	// Log gets each warning of the model, on the calling goroutine. They are in [Plan.Warnings] too.
	Log func(message string)
	// MaxBytes, MaxDepth and MaxNodes limit the model's text. 0: 4 MiB, 64 levels (at most 256), 200,000 values.
	MaxBytes uint64
	MaxDepth uint32
	MaxNodes uint32
	// MaxConditionBytes, MaxConditionParts and MaxConditionDepth limit each condition of the model. 0: 16,384 bytes,
	// 2,048 parts (at most 8,192), 64 levels (at most 128).
	MaxConditionBytes uint32
	MaxConditionParts uint32
	MaxConditionDepth uint32
	// InstructionSet is one of [InstructionSets]; empty: the widest. Every one gives the same bits;
	// forcing one is for tests and measurements. ErrUnsupported if it is not available here.
	InstructionSet string
}

func (o CompileOptions) limits() C.aiueo_plan_options {
	return C.aiueo_plan_options{
		max_bytes:           C.uint64_t(o.MaxBytes),
		max_depth:           C.uint32_t(o.MaxDepth),
		max_nodes:           C.uint32_t(o.MaxNodes),
		max_condition_bytes: C.uint32_t(o.MaxConditionBytes),
		max_condition_parts: C.uint32_t(o.MaxConditionParts),
		max_condition_depth: C.uint32_t(o.MaxConditionDepth),
	}
}

// InstructionSets are those that the library has loops for and this processor can run, narrowest
// first: "portable", "x86-64-v3", …
func InstructionSets() (out []string) {
	for number := C.int32_t(0); ; number++ {
		name := C.aiueo_instruction_set_name(number)
		if name == nil {
			return out
		}
		out = append(out, C.GoString(name))
	}
}

// Plan is a model compiled once. It is immutable, and any number of goroutines may use it.
//
// What is made from a plan (batches, scores, rows, …) keeps what it needs of it: a plan may be
// closed while they are in use, and only new ones can no longer be made.
type Plan struct{ *planCore }

type planCore struct {
	handle
	c        *C.aiueo_plan
	scorers  []cgo.Handle
	warnings []string
	from     *planCore // of a plan that is made to act: it owns the scorers

	describe    sync.Once
	description *Description
	text        []byte
	failure     error
	levels      map[string][]string
	types       map[string]string // of metrics that a table gives

	learn   sync.Once
	numbers map[string]Metric
	unknown error
}

// Load reads, checks and compiles a model. Errors are [Error] with ErrBadJSON, ErrBadModel or
// ErrLimitExceeded, the first problem's sentence and all problems.
func Load(model []byte) (*Plan, error) { return Compile(model, CompileOptions{}) }

// LoadFile is [Load] of a file. Errors in reading it are those of os.ReadFile.
func LoadFile(path string) (*Plan, error) {
	model, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Compile(model, CompileOptions{File: path})
}

// Compile is [Load] with options.
func Compile(model []byte, options CompileOptions) (*Plan, error) {
	if err := compatible(); err != nil {
		return nil, err
	}
	core := &planCore{}
	scorers, err := addScorers(core, options.Scorers)
	defer C.aiueo_scorers_free(scorers)
	if err != nil {
		core.forgetScorers()
		return nil, err
	}
	log := cgo.NewHandle(func(message string) {
		core.warnings = append(core.warnings, message)
		if options.Log != nil {
			options.Log(message)
		}
	})
	defer log.Delete()
	limits := options.limits()
	k := begin()
	err = k.end(C.aiueo_go_plan_load(bytePointer(model), C.size_t(len(model)), stringPointer(options.File),
		C.size_t(len(options.File)), scorers, C.uintptr_t(log), &limits, stringPointer(options.InstructionSet),
		C.size_t(len(options.InstructionSet)), &core.c, &k.c.error))
	if err != nil {
		core.forgetScorers()
		return nil, withProblems(err, model, options)
	}
	core.handle.init(planKind, core.destroy)
	plan := &Plan{core}
	runtime.SetFinalizer(plan, func(p *Plan) { p.abandon() })
	return plan, nil
}

// withProblems adds all that is wrong with a model to its first error.
func withProblems(err error, model []byte, options CompileOptions) error {
	var known *Error
	if !errors.As(err, &known) || (known.Code != ErrBadJSON && known.Code != ErrBadModel && known.Code != ErrLimitExceeded) {
		return err
	}
	if report, failed := CheckWith(model, options); failed == nil {
		known.Problems = report.Problems
	}
	return known
}

//export aiueoGoLog
func aiueoGoLog(user C.uintptr_t, level C.int32_t, message *C.char, length C.size_t) {
	log := cgo.Handle(user).Value().(func(string))
	defer func() { _ = recover() }() // a log function's panic is its own affair; C frames lie below
	if level >= 2 {
		log(C.GoStringN(message, C.int(length)))
	}
}

func (p *planCore) destroy() {
	C.aiueo_plan_free(p.c)
	p.c = nil
	p.forgetScorers()
	if p.from != nil {
		p.from.release()
	}
}

func (p *planCore) forgetScorers() {
	for _, one := range p.scorers {
		one.Delete()
	}
	p.scorers = nil
}

// Close gives the plan up. It may be called twice, and beside calls of other goroutines, which end
// first. It returns nil.
func (p *Plan) Close() error { return p.close() }

// Warnings of the model: what is doubtful, yet can be scored.
func (p *Plan) Warnings() []string { return append([]string(nil), p.warnings...) }

// InstructionSet is the one that scoring with this plan uses; empty if the plan is closed.
func (p *Plan) InstructionSet() string {
	if p.acquire() != nil {
		return ""
	}
	defer p.release()
	return C.GoString(C.aiueo_plan_instruction_set(p.c))
}

// Describe says what the plan reads and writes. The result is shared: do not change it.
func (p *Plan) Describe() (*Description, error) {
	if err := p.acquire(); err != nil {
		return nil, err
	}
	defer p.release()
	return p.known()
}

// DescribeJSON is [Plan.Describe] as the library's own JSON.
func (p *Plan) DescribeJSON() ([]byte, error) {
	if _, err := p.Describe(); err != nil {
		return nil, err
	}
	return append([]byte(nil), p.planCore.text...), nil
}

func (p *planCore) known() (*Description, error) {
	p.describe.Do(func() {
		p.text, p.failure = text(func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t {
			return C.aiueo_plan_describe(p.c, buffer, capacity, needed, &k.c.error)
		})
		if p.failure != nil {
			return
		}
		if p.description, p.failure = decode[Description](p.text); p.failure != nil {
			return
		}
		p.types = map[string]string{}
		for _, one := range p.description.Metrics {
			if one.From == "column" {
				p.types[one.Name] = one.Type
			}
		}
		p.levels = map[string][]string{}
		for _, columns := range [][]ColumnDescription{p.description.Columns, p.description.DetailColumns} {
			for _, one := range columns {
				if one.Type == "level" {
					p.levels[one.Name] = one.Names
				}
			}
		}
	})
	return p.description, p.failure
}

// Metric is a metric's number in a plan: the same in all its batches and rows. [Unread] is one that
// scoring does not read.
type Metric int32

// Unread is the number of a metric that the model has and scoring does not read; setting it does
// nothing.
const Unread Metric = -1

// Metric is the number of a metric, for [Row] and [Batch.SetNumber] and the like. ErrNotFound, with
// a suggestion, if the model has no such metric; ErrBadColumn if the model computes it.
func (p *Plan) Metric(name string) (Metric, error) {
	if err := p.acquire(); err != nil {
		return Unread, err
	}
	defer p.release()
	return p.number(name)
}

func (p *planCore) number(name string) (Metric, error) {
	if err := p.learnNumbers(); err != nil {
		return Unread, err
	}
	if number, ok := p.numbers[name]; ok {
		return number, nil
	}
	probe, err := p.probe()
	if err != nil {
		return Unread, err
	}
	defer C.aiueo_batch_free(probe)
	return metricOf(probe, name) // the library's words on what is wrong with it
}

// learnNumbers asks once for the numbers of all metrics that a table may give.
func (p *planCore) learnNumbers() error {
	p.learn.Do(func() {
		var probe *C.aiueo_batch
		if _, p.unknown = p.known(); p.unknown != nil {
			return
		}
		if probe, p.unknown = p.probe(); p.unknown != nil {
			return
		}
		defer C.aiueo_batch_free(probe)
		p.numbers = map[string]Metric{}
		for _, one := range p.description.Metrics {
			if one.From != "column" {
				continue
			}
			var number Metric
			if number, p.unknown = metricOf(probe, one.Name); p.unknown != nil {
				return
			}
			p.numbers[one.Name] = number
		}
	})
	return p.unknown
}

// probe is a batch to ask for numbers.
func (p *planCore) probe() (*C.aiueo_batch, error) {
	var probe *C.aiueo_batch
	k := begin()
	err := k.end(C.aiueo_batch_new(p.c, C.AIUEO_SNAPSHOTS, 1, nil, &probe, &k.c.error))
	return probe, err
}

func metricOf(batch *C.aiueo_batch, name string) (Metric, error) {
	var number C.int32_t
	k := begin()
	err := k.end(C.aiueo_batch_metric(batch, stringPointer(name), C.size_t(len(name)), &number, &k.c.error))
	return Metric(number), err
}

func cstring(s string) (*C.char, func()) {
	if s == "" {
		return nil, func() {}
	}
	out := C.CString(s)
	return out, func() { C.free(unsafe.Pointer(out)) }
}
