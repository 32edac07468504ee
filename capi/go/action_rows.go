package aiueo

// PriorityRow is a row of the action "priority": whom to help, best first; nil is not known.
type PriorityRow struct {
	Rank             int64    `json:"rank"`
	Chosen           bool     `json:"chosen"` // within the capacity
	Customer         string   `json:"customer"`
	AsOf             string   `json:"as_of"`
	Stage            string   `json:"stage"`
	Target           string   `json:"target"`
	Band             *string  `json:"band"`
	First            bool     `json:"first"`
	MRR              *float64 `json:"mrr"`
	Ends             *string  `json:"ends"`
	ExpectedNRR      *float64 `json:"expected_nrr"`
	ExpectedNRRLower *float64 `json:"expected_nrr_lower"`
	ExpectedNRRUpper *float64 `json:"expected_nrr_upper"`
	Gain             float64  `json:"gain"` // an association: see docs/priority.md
	GainLower        float64  `json:"gain_lower"`
	GainUpper        float64  `json:"gain_upper"`
	N                int64    `json:"n"` // customer-months behind the gain of the level
	Effort           float64  `json:"effort"`
	GainPerEffort    float64  `json:"gain_per_effort"`
	Play             *string  `json:"play"`
	Owner            *string  `json:"owner"`
	Channel          *string  `json:"channel"`
	Reason           *string  `json:"reason"`
	ReasonJa         *string  `json:"reason_ja"`
	Member           *string  `json:"member"`
	Team             *string  `json:"team"`
}

// GoalRow is a row of the action "goals": how far a goal of the model is; nil is not known.
type GoalRow struct {
	Goal        string   `json:"goal"`
	Ladder      string   `json:"ladder"`
	AtLeast     string   `json:"at_least"`
	Of          string   `json:"of"`
	By          string   `json:"by"`
	Now         *float64 `json:"now"`
	Could       *float64 `json:"could"`
	Customers   int64    `json:"customers"`
	Target      float64  `json:"target"`
	Missing     *float64 `json:"missing"`
	Months      int64    `json:"months"`
	Expected    *float64 `json:"expected"`
	Lower       *float64 `json:"lower"` // of the 80 % interval
	Upper       *float64 `json:"upper"`
	Lower95     *float64 `json:"lower_95"`
	Upper95     *float64 `json:"upper_95"`
	Probability *float64 `json:"probability"`
	N           *int64   `json:"n"`
	Origins     *int64   `json:"origins"`
	Held80      *int64   `json:"held_80"`
	Verdict     string   `json:"verdict"`
	Why         *string  `json:"why"` // there is no forecast; nil: there is one
}

// AlertRow is a row of the action "alerts": what happened to a customer; nil is not known.
type AlertRow struct {
	Key         string   `json:"key"` // the same in every run
	Fired       string   `json:"fired"`
	Alert       string   `json:"alert"`
	Customer    string   `json:"customer"`
	Kind        string   `json:"kind"`
	Open        bool     `json:"open"`
	From        string   `json:"from"`
	Before      *float64 `json:"before"`
	After       *float64 `json:"after"`
	Behaviour   *float64 `json:"behaviour"` // points, negative; of drops
	Because     *string  `json:"because"`
	StageBefore *string  `json:"stage_before"`
	StageAfter  *string  `json:"stage_after"`
	Reason      string   `json:"reason"`
	ReasonJa    string   `json:"reason_ja"`
	Play        *string  `json:"play"`
	Owner       *string  `json:"owner"`
	Channel     *string  `json:"channel"`
	Stage       *string  `json:"stage"`
	MRR         *float64 `json:"mrr"`
	Ends        *string  `json:"ends"`
	Member      *string  `json:"member"`
	Team        *string  `json:"team"`
}
