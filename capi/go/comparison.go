package aiueo

// #include "shim.h"
import "C"

import "unsafe"

// ComparisonOptions are optional; the zero value is who moves alone.
type ComparisonOptions struct {
	// Current and Proposed are what became of the customers, counted with either plan: both, or none.
	Current  *Evidence
	Proposed *Evidence
	Kind     ContractKind // of the ends
	Movers   int          // customers that move most: 0 is 20, −1 none
}

// Comparison is a proposed model beside the one in use.
type Comparison struct {
	Sentence Label         `json:"sentence"`
	Cautions []Label       `json:"cautions"` // what not to conclude
	Current  ComparedModel `json:"current"`
	Proposed ComparedModel `json:"proposed"`
	LeadDays *int          `json:"lead_days"` // of the evidence; nil without
	Kind     string        `json:"kind"`
	Moves    Portfolio     `json:"moves"`  // all of it is the part model
	Movers   []Mover       `json:"movers"` // who moves most in overall, first
	Segments []SegmentMove `json:"segments"`
	Raw      []byte        `json:"-"` // schema/comparison.schema.json
}

// ComparedModel is one of the models, and what the evidence says of it.
type ComparedModel struct {
	Name        string       `json:"name"`
	Fingerprint string       `json:"fingerprint"`
	Evidence    *JudgedModel `json:"evidence"` // nil without evidence
}

// JudgedModel is what became of the customers, as the studies validation and renewal have it.
type JudgedModel struct {
	Ends int64 `json:"ends"`
	AUC  []struct {
		Score string `json:"score"`
		AUC   Figure `json:"auc"`
	} `json:"auc"` // overall first
	Renewal []struct {
		Of   string        `json:"of"`
		Rows []ComparedRow `json:"rows"`
	} `json:"renewal"`
	Segments []struct {
		Segment string        `json:"segment"`
		Level   *string       `json:"level"`
		Rows    []ComparedRow `json:"rows"`
	} `json:"segments"`
}

// ComparedRow is renewal at a level.
type ComparedRow struct {
	Level string `json:"level"`
	Kept  int64  `json:"kept"`
	Rate  Figure `json:"rate"`
}

// Mover is a customer that moves far.
type Mover struct {
	Customer string  `json:"customer"`
	Current  float64 `json:"current"`
	Proposed float64 `json:"proposed"`
	Change   float64 `json:"change"`
	Ladders  []struct {
		Name     string  `json:"name"`
		Current  *string `json:"current"`
		Proposed *string `json:"proposed"`
	} `json:"ladders"`
	Lines []struct {
		Kind      string   `json:"kind"`
		Of        string   `json:"of"`
		Component string   `json:"component,omitempty"`
		Current   *float64 `json:"current"`
		Proposed  *float64 `json:"proposed"`
		Change    *float64 `json:"change"`
	} `json:"lines"` // the largest first
}

// SegmentMove is how a level of a segment moves in overall.
type SegmentMove struct {
	Segment   string   `json:"segment"`
	Level     *string  `json:"level"`
	Customers int64    `json:"customers"`
	N         int64    `json:"n"` // with a score under both
	Current   *float64 `json:"current"`
	Proposed  *float64 `json:"proposed"`
	Change    *float64 `json:"change"`
	LostScore int64    `json:"lost_score"`
	GotScore  int64    `json:"got_score"`
	Up        int64    `json:"up"` // on the first ladder that both have
	Down      int64    `json:"down"`
}

// Compare sets a proposed model beside the one in use, before it is rolled out: the same snapshots
// bound to both plans, proposed with [BatchOptions.AllMetrics] for its segments. options may be nil.
func Compare(current, proposed *Batch, options *ComparisonOptions) (*Comparison, error) {
	var given C.aiueo_comparison_options
	given.struct_size = C.uint32_t(unsafe.Sizeof(given))
	done, err := acquireAll([]*Batch{current, proposed})
	if err != nil {
		return nil, err
	}
	defer done()
	if options != nil {
		given.kind = C.int32_t(options.Kind)
		given.movers = C.int64_t(options.Movers)
		release, err := options.hold(&given)
		if err != nil {
			return nil, err
		}
		defer release()
	}
	out, err := text(func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t {
		return C.aiueo_comparison(current.c, proposed.c, &given, buffer, capacity, needed, &k.c.error)
	})
	if err != nil {
		return nil, err
	}
	found, err := decode[Comparison](out)
	if err != nil {
		return nil, err
	}
	found.Raw = out
	return found, nil
}

// hold begins a use of both evidences.
func (o *ComparisonOptions) hold(given *C.aiueo_comparison_options) (release func(), err error) {
	if o.Current == nil && o.Proposed == nil {
		return func() {}, nil
	}
	if o.Current == nil || o.Proposed == nil || o.Current.evidenceCore == o.Proposed.evidenceCore {
		return nil, argumentError("give the evidence of both models, each counted with its own plan, or of none")
	}
	release, err = useTwo(o.Current.evidenceCore, o.Proposed.evidenceCore)
	if err == nil {
		given.current_seen, given.proposed_seen = o.Current.c, o.Proposed.c
	}
	return release, err
}
