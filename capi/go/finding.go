package aiueo

import "encoding/json"

// Finding is what a study found: what every study says, and its own figures as JSON.
type Finding struct {
	Study    string          `json:"study"`
	Sentence Label           `json:"sentence"` // the finding in one sentence: "en", "ja"
	Cautions []Label         `json:"cautions"` // what not to conclude
	Raw      json.RawMessage `json:"-"`        // all of it, see [Finding.Decode]
}

// Decode reads the whole finding into a structure such as [Renewal].
func (f *Finding) Decode(into any) error { return json.Unmarshal(f.Raw, into) }

// Figure is never without its 95 % interval and its number of observations; nil is not defined.
type Figure struct {
	Value *float64 `json:"value"`
	Lower *float64 `json:"lower"`
	Upper *float64 `json:"upper"`
	N     int64    `json:"n"`
}

// RenewalOptions are optional; the zero value is all defaults.
type RenewalOptions struct {
	// Lead is one of the model's leads, see [Days]; nil: its first.
	Lead *int `json:"lead,omitempty"`
	// Kind is "contract" or "trial"; empty: "contract".
	Kind string `json:"kind,omitempty"`
}

// Days is a number of days, for options that may be left out.
func Days(days int) *int { return &days }

// Renewal is renewal (of trials, conversion) by stage, band, pattern, profile and segment, by term
// of contract.
type Renewal struct {
	Finding
	Kind       string           `json:"kind"`
	LeadDays   int              `json:"lead_days"`
	Customers  int64            `json:"customers"`
	EachOnce   bool             `json:"each_once"`  // no customer has two ends here
	Unobserved int64            `json:"unobserved"` // ends without a snapshot in time
	Open       int64            `json:"open"`       // not decided yet
	Tables     []RenewalTable   `json:"tables"`
	Segments   []RenewalSegment `json:"segments"`
}

// RenewalTable is the levels of a ladder, of the bands, of patterns or profiles.
type RenewalTable struct {
	Of      string        `json:"of"`    // "stage", "band", …
	Terms   string        `json:"terms"` // months of contract: "all", "< 2", …
	Ordered bool          `json:"ordered"`
	Rows    []RenewalRow  `json:"rows"`  // everybody first
	Trend   *TestResult   `json:"trend"` // nil: the levels have no order
	Falls   []RenewalFall `json:"falls"`
}

// RenewalRow is what became of a level.
type RenewalRow struct {
	Level         string  `json:"level"`
	Kept          int64   `json:"kept"`
	Rate          Figure  `json:"rate"`
	Shrunken      *Figure `json:"shrunken"` // of segments: toward its level's rate over all
	Weighted      Figure  `json:"weighted"` // by MRR
	Retained      Figure  `json:"retained"` // MRR after ÷ MRR before
	DueMinorUnits int64   `json:"due_minor_units"`
}

// RenewalFall is a fall of the rate from one level to the next higher one.
type RenewalFall struct {
	From       string `json:"from"`
	To         string `json:"to"`
	Difference Figure `json:"difference"`
}

// RenewalSegment is the levels within one level of a segment.
type RenewalSegment struct {
	Segment string       `json:"segment"`
	Level   *string      `json:"level"` // nil: not known
	Rows    []RenewalRow `json:"rows"`
}

// TestResult of a statistical test; nil is not defined.
type TestResult struct {
	Statistic *float64 `json:"statistic"`
	P         *float64 `json:"p"`
}

// Renewal is the study "renewal".
func (e *Evidence) Renewal(options RenewalOptions) (*Renewal, error) {
	found, err := e.Study("renewal", options)
	if err != nil {
		return nil, err
	}
	out, err := decode[Renewal](found.Raw)
	if err != nil {
		return nil, err
	}
	out.Raw = found.Raw
	return out, nil
}
