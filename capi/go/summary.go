package aiueo

// #include "shim.h"
import "C"

import (
	"runtime"
	"sync"
	"unsafe"
)

// Summary counts scores: exactly, whatever the order and the batches. Several goroutines may add to
// one summary.
type Summary struct{ *summaryCore }

type summaryCore struct {
	handle
	sync.Mutex
	c    *C.aiueo_summary
	plan *planCore
}

// NewSummary makes a summary of nothing.
func (p *Plan) NewSummary() (*Summary, error) {
	if err := p.acquire(); err != nil {
		return nil, err
	}
	defer p.release()
	core := &summaryCore{plan: p.planCore}
	k := begin()
	if err := k.end(C.aiueo_summary_new(p.c, &core.c, &k.c.error)); err != nil {
		return nil, err
	}
	p.retain()
	core.handle.init(summaryKind, core.destroy)
	out := &Summary{core}
	runtime.SetFinalizer(out, func(s *Summary) { s.abandon() })
	return out, nil
}

func (s *summaryCore) destroy() {
	C.aiueo_summary_free(s.c)
	s.c = nil
	s.plan.release()
}

// Close gives the summary up. It returns nil.
func (s *Summary) Close() error { return s.close() }

// Add adds the first rows of scores, and what was stale, invalid and unseen since they were made or
// last added.
func (s *Summary) Add(scores *Scores, rows int) error {
	if err := s.acquire(); err != nil {
		return err
	}
	defer s.release()
	if err := scores.acquire(); err != nil {
		return err
	}
	defer scores.release()
	s.Lock()
	defer s.Unlock()
	k := begin()
	return k.end(C.aiueo_summary_add(s.c, scores.c, C.int64_t(rows), &k.c.error))
}

// Merge adds what other counted over other rows: the same as if they had been added here, in
// whatever order. Their models must score alike (one fingerprint); the plans may be different ones.
// other is only read.
func (s *Summary) Merge(other *Summary) error {
	if s.summaryCore == other.summaryCore {
		return argumentError("a summary cannot be merged with itself; its rows would count twice")
	}
	if err := s.acquire(); err != nil {
		return err
	}
	defer s.release()
	if err := other.acquire(); err != nil {
		return err
	}
	defer other.release()
	// In one order everywhere, so that two merges of two summaries never wait for each other.
	first, second := s.summaryCore, other.summaryCore
	if uintptr(unsafe.Pointer(first.c)) > uintptr(unsafe.Pointer(second.c)) {
		first, second = second, first
	}
	first.Lock()
	defer first.Unlock()
	second.Lock()
	defer second.Unlock()
	k := begin()
	return k.end(C.aiueo_summary_merge(s.c, other.c, &k.c.error))
}

// JSON is the counts as the library's JSON (schema/summary.schema.json).
func (s *Summary) JSON() ([]byte, error) {
	if err := s.acquire(); err != nil {
		return nil, err
	}
	defer s.release()
	s.Lock()
	defer s.Unlock()
	return text(func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t {
		return C.aiueo_summary_json(s.c, buffer, capacity, needed, &k.c.error)
	})
}

// Counts is the counts so far.
func (s *Summary) Counts() (*SummaryCounts, error) {
	out, err := s.JSON()
	if err != nil {
		return nil, err
	}
	return decode[SummaryCounts](out)
}

// SummaryCounts are a portfolio's scores in counts.
type SummaryCounts struct {
	Model       string            `json:"model"`
	Fingerprint string            `json:"fingerprint"`
	Rows        int64             `json:"rows"`
	Axes        []SummaryAxis     `json:"axes"`
	Overall     *SummaryScores    `json:"overall"`
	Ladders     []SummaryLadder   `json:"ladders"`
	Bands       []SummaryLevel    `json:"bands"`
	WithoutBand int64             `json:"without_band"`
	Patterns    []SummaryLevel    `json:"patterns"`
	Steps       []SummaryStep     `json:"steps"` // accompany, process, success; none of a model without steps
	Profiles    []SummaryLevel    `json:"profiles"`
	Metrics     []SummaryValues   `json:"metrics"`    // those that scoring reads
	Components  []SummaryFindings `json:"components"` // of all axes
	Values      SummaryStates     `json:"values"`     // all metrics together
	Warnings    []string          `json:"warnings"`
}

// SummaryScores is how a score is spread.
type SummaryScores struct {
	Scored       int64            `json:"scored"`
	Insufficient int64            `json:"insufficient"`
	Mean         *float64         `json:"mean"`      // nil of none
	Quantiles    SummaryQuantiles `json:"quantiles"` // to a tenth of a point
	Histogram    [10]int64        `json:"histogram"` // ten points a bar; the last holds 100
}

// SummaryQuantiles of a score; nil of none.
type SummaryQuantiles struct {
	Min    *float64 `json:"min"`
	Q25    *float64 `json:"q25"`
	Median *float64 `json:"median"`
	Q75    *float64 `json:"q75"`
	Max    *float64 `json:"max"`
}

// SummaryAxis is an axis, or touch.
type SummaryAxis struct {
	Name  string `json:"name"`
	Kana  string `json:"kana"`
	Title string `json:"title"`
	Label Label  `json:"label,omitempty"`
	SummaryScores
}

// SummaryLadder is how many stand on each rung, lowest first.
type SummaryLadder struct {
	Name  string        `json:"name"`
	Label Label         `json:"label,omitempty"`
	Rungs []SummaryRung `json:"rungs"`
}

// SummaryRung is how many stand on a rung, and how many below could be on it.
type SummaryRung struct {
	Name    string `json:"name"`
	Label   Label  `json:"label,omitempty"`
	Count   int64  `json:"count"`
	CouldBe int64  `json:"could_be"`
}

// SummaryLevel is how many have a band, a pattern or a profile.
type SummaryLevel struct {
	Name  string `json:"name"`
	Label Label  `json:"label,omitempty"`
	Count int64  `json:"count"`
}

// SummaryStep is how many rows achieve a step.
type SummaryStep struct {
	Name        string `json:"name"`
	Achieved    int64  `json:"achieved"`
	NotAchieved int64  `json:"not_achieved"`
	Unknown     int64  `json:"unknown"`
}

// SummaryStates counts values by their state.
type SummaryStates struct {
	Known   int64 `json:"known"`
	Missing int64 `json:"missing"`
	Stale   int64 `json:"stale"`
	Invalid int64 `json:"invalid"`
	Unseen  int64 `json:"unseen"`
	Unused  int64 `json:"unused"`
}

// SummaryValues is the states of a metric's values.
type SummaryValues struct {
	Name  string `json:"name"`
	Label Label  `json:"label,omitempty"`
	SummaryStates
}

// SummaryFindings is the states of a component, and what only the component could see.
type SummaryFindings struct {
	SummaryValues
	FoundInvalid int64 `json:"found_invalid"` // a date on the wrong side
	FoundUnseen  int64 `json:"found_unseen"`
}
