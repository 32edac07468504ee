package aiueo

// Label is what a person reads instead of a name, by language: "ja", "en". Nil if the model has
// none.
type Label map[string]string

// In is the label in a language, or in any other, or empty.
func (l Label) In(language string) string {
	if found, ok := l[language]; ok {
		return found
	}
	for _, other := range []string{"en", "ja"} {
		if found, ok := l[other]; ok {
			return found
		}
	}
	return ""
}

// Description says what a plan reads and writes.
type Description struct {
	Name             string               `json:"name"`
	Label            Label                `json:"label,omitempty"`
	Fingerprint      string               `json:"fingerprint"`
	Currency         string               `json:"currency"`
	MinorDigits      int                  `json:"minor_digits"` // of the currency: 0 for JPY, 2 for USD
	NeedsAsOf        bool                 `json:"needs_as_of"`  // snapshots must be dated
	NeedsInitiatives bool                 `json:"needs_initiatives"`
	Metrics          []MetricDescription  `json:"metrics"`
	Axes             []AxisDescription    `json:"axes"` // those in use, touch among them
	Ladders          []LadderDescription  `json:"ladders"`
	Bands            *BandsDescription    `json:"bands"` // nil: no bands
	Profiles         []ProfileDescription `json:"profiles"`
	Patterns         []string             `json:"patterns"` // empty: no patterns
	// Columns are those of the scores table, in its order; DetailColumns come with
	// [ScoresOptions.Detail].
	Columns       []ColumnDescription `json:"columns"`
	DetailColumns []ColumnDescription `json:"detail_columns"`
	// Evidence says how large evidence of the model gets.
	Evidence EvidenceDescription `json:"evidence"`
}

// EvidenceDescription says how large the tables of evidence get.
type EvidenceDescription struct {
	Tables   []EvidenceTable `json:"tables"`
	Months   int             `json:"months"`   // of the history that Blocks and Integers are for
	Integers int64           `json:"integers"` // at most, of the tables whose Blocks are known; 8 bytes each in memory
}

// EvidenceTable is a table of evidence: blocks of integers, one for each key that is met.
type EvidenceTable struct {
	Name     string   `json:"name"`
	Key      []string `json:"key"`
	Integers int64    `json:"integers"` // of a block
	Blocks   *int64   `json:"blocks"`   // at most; nil: as many as there are names and values
}

// MetricDescription is a metric of the model.
type MetricDescription struct {
	Name       string `json:"name"`
	Label      Label  `json:"label,omitempty"`
	Type       string `json:"type"`                   // "number", "flag", "category", "date", "money"
	From       string `json:"from"`                   // "column", "initiatives", "derived"
	Read       bool   `json:"read"`                   // scoring reads it
	MaxAgeDays *int   `json:"max_age_days,omitempty"` // older values are stale; the table then needs "METRIC@"
	Initiative string `json:"initiative,omitempty"`   // what is counted, for metrics from initiatives
}

// AxisDescription is an axis, or touch.
type AxisDescription struct {
	Name        string                 `json:"name"` // "A", "I", "U", "E", "O", "touch"
	Axis        Axis                   `json:"axis"`
	Label       Label                  `json:"label,omitempty"`
	Weight      *float64               `json:"weight"` // in overall; nil for touch
	MinCoverage float64                `json:"min_coverage"`
	Components  []ComponentDescription `json:"components"`
}

// ComponentDescription is a component of an axis.
type ComponentDescription struct {
	Name     string   `json:"name"`
	Label    Label    `json:"label,omitempty"`
	Weight   float64  `json:"weight"`
	Response string   `json:"response"` // "curve", "steps", "table", …
	Metrics  []string `json:"metrics"`
}

// LadderDescription is a ladder and its rungs, lowest first.
type LadderDescription struct {
	Name  string            `json:"name"`
	Label Label             `json:"label,omitempty"`
	Rungs []RungDescription `json:"rungs"`
}

// RungDescription is a rung of a ladder.
type RungDescription struct {
	Name           string `json:"name"`
	Label          Label  `json:"label,omitempty"`
	Meaning        Label  `json:"meaning,omitempty"`
	Approach       Label  `json:"approach,omitempty"`
	ExpectedByDays *int   `json:"expected_by_days,omitempty"`
	Hypothesis     bool   `json:"hypothesis"`
	Since          *Date  `json:"since,omitempty"`
	ReviewBy       *Date  `json:"review_by,omitempty"`
}

// BandsDescription is the model's bands: Names[0] is below Edges[0].
type BandsDescription struct {
	Of    string    `json:"of"`
	Edges []float64 `json:"edges"`
	Names []string  `json:"names"`
}

// ProfileDescription is a profile and what it changes.
type ProfileDescription struct {
	Name    string   `json:"name"`
	Label   Label    `json:"label,omitempty"`
	Changes []string `json:"changes"`
}

// ColumnDescription is a column of the scores table.
type ColumnDescription struct {
	Name  string   `json:"name"`
	Type  string   `json:"type"`  // "number", "level", "count", "flag", "text", "date"
	Names []string `json:"names"` // of a level's codes
}
