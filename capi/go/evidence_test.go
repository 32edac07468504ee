package aiueo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiueo-health/aiueo/capi/go/internal/arrowc"
)

// smallHistory has customers whose snapshot is 95 days before the end of their contract; every third
// churns, the tenth's is open.
func smallHistory(t testing.TB, plan *Plan, begin, end int) (*Batch, *Scores, *Contracts) {
	batch := must[*Batch](t)(plan.NewBatch(end-begin, &BatchOptions{AllMetrics: true, MissingColumnsUnknown: true}))
	close_(t, batch)
	keys, days, logins, unread := []string{}, []Date{}, []float64{}, []int32{}
	contracts := must[*Contracts](t)(plan.NewContracts())
	close_(t, contracts)
	for i := begin; i < end; i++ {
		keys = append(keys, fmt.Sprintf("c-%d", i))
		days = append(days, today)
		logins = append(logins, float64(i%11))
		unread = append(unread, int32(i%3))
		row := smallContract(i)
		ok(t, contracts.Add(row))
	}
	ok(t, contracts.Finish())
	ok(t, batch.BindTexts("customer", keys))
	ok(t, Bind(batch, "as_of", days, nil))
	ok(t, Bind(batch, "logins", logins, nil))
	ok(t, Bind(batch, "last", days, nil))
	ok(t, Bind(batch, "unread", unread, nil))
	scores := must[*Scores](t)(plan.NewScores(end-begin, &ScoresOptions{Detail: true, NoOverrides: true}))
	close_(t, scores)
	ok(t, plan.ScoreInto(batch, scores))
	return batch, scores, contracts
}

func smallContract(i int) Contract {
	out := Contract{Customer: fmt.Sprintf("c-%d", i), Start: today - 270, End: today + 95, Outcome: Renewed,
		MRRBefore: int64(100 + i), MRRAfter: int64(120 + i)}
	switch {
	case i == 10:
		out.Outcome, out.MRRAfter = StillOpen, NoMoney
	case i%3 == 0:
		out.Outcome, out.MRRAfter = Churned, NoMoney
	}
	return out
}

func smallEvidence(t testing.TB, plan *Plan, begin, end int) *Evidence {
	out := must[*Evidence](t)(plan.NewEvidence(nil))
	close_(t, out)
	batch, scores, contracts := smallHistory(t, plan, begin, end)
	ok(t, out.Update(batch, scores, contracts))
	return out
}

func state(t testing.TB, of *Evidence) []byte { return must[[]byte](t)(of.Bytes()) }

func TestEvidence(t *testing.T) {
	plan := smallPlan(t)
	whole := smallEvidence(t, plan, 0, 60)
	counts := must[*EvidenceCounts](t)(whole.Counts())
	if *counts != (EvidenceCounts{Rows: 60, Customers: 60, Ends: 59, Open: 1, Observed: 59, Unobserved: 59,
		CustomerMonths: 60}) {
		t.Errorf("%+v", counts)
	}

	// The same customers in parts, merged in another order, of another plan of the same model.
	other := smallPlan(t)
	parts := []*Evidence{smallEvidence(t, other, 0, 7), smallEvidence(t, plan, 7, 30), smallEvidence(t, plan, 30, 60)}
	ok(t, parts[2].Merge(parts[0]))
	ok(t, parts[2].Merge(parts[1]))
	if !bytes.Equal(state(t, parts[2]), state(t, whole)) {
		t.Error("parts are not the whole")
	}
	batch, scores, contracts := smallHistory(t, plan, 0, 7)
	if err := whole.Update(batch, scores, contracts); !errors.Is(err, ErrDuplicateRow) {
		t.Error(err)
	}
	if err := whole.Merge(whole); !errors.Is(err, ErrInvalidArgument) || !strings.Contains(err.Error(), "itself") {
		t.Error(err)
	}
	plain := must[*Scores](t)(plan.Score(batch))
	close_(t, plain)
	if err := whole.Update(batch, plain, contracts); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	unfinished := must[*Contracts](t)(plan.NewContracts())
	close_(t, unfinished)
	if err := whole.Update(batch, scores, unfinished); !errors.Is(err, ErrInvalidState) {
		t.Error(err)
	}
}

func TestEvidenceState(t *testing.T) {
	plan := smallPlan(t)
	whole := smallEvidence(t, plan, 0, 30)
	saved := state(t, whole)
	read := must[*Evidence](t)(plan.ReadEvidence(saved, &EvidenceOptions{DropLeaks: true}))
	close_(t, read)
	if !bytes.Equal(state(t, read), saved) {
		t.Error("what was read is not what was written")
	}
	ok(t, read.Merge(smallEvidence(t, plan, 30, 60)))
	if bytes.Equal(state(t, read), saved) {
		t.Error("nothing was merged")
	}
	for _, cut := range []int{0, 7, 60, len(saved) / 2, len(saved) - 1} {
		if _, err := plan.ReadEvidence(saved[:cut], nil); !errors.Is(err, ErrBadState) {
			t.Error(cut, err)
		}
	}
	broken := append([]byte(nil), saved...)
	broken[len(broken)/2] ^= 1
	if _, err := plan.ReadEvidence(broken, nil); !errors.Is(err, ErrBadState) {
		t.Error(err)
	}
	large := largePlan(t)
	if _, err := large.ReadEvidence(saved, nil); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
}

func TestRenewal(t *testing.T) {
	seen := smallEvidence(t, smallPlan(t), 0, 60)
	found := must[*Renewal](t)(seen.Renewal(RenewalOptions{}))
	if found.LeadDays != 90 || found.Customers != 59 || !found.EachOnce || found.Kind != "contract" {
		t.Errorf("%+v", found)
	}
	stage := found.Tables[0]
	everybody := stage.Rows[0]
	// 60 contracts, 20 churned, 1 open.
	if stage.Of != "stage" || !stage.Ordered || everybody.Kept != 39 || everybody.Rate.N != 59 ||
		*everybody.Rate.Value != 39.0/59 || !(*everybody.Rate.Lower < 39.0/59 && *everybody.Rate.Upper > 39.0/59) {
		t.Errorf("%+v", everybody)
	}
	if found.Sentence.In("en") == "" || found.Sentence.In("ja") == "" || len(found.Cautions) < 2 || stage.Trend == nil {
		t.Errorf("%+v", found.Finding)
	}
	atEnd := must[*Renewal](t)(seen.Renewal(RenewalOptions{Lead: Days(0), Kind: "trial"}))
	if atEnd.LeadDays != 0 || atEnd.Kind != "trial" || atEnd.Customers != 0 || atEnd.Tables[0].Rows[0].Rate.Value != nil {
		t.Errorf("%+v", atEnd)
	}

	same := must[*Finding](t)(seen.Study("renewal", map[string]any{"lead": 90}))
	var decoded Renewal
	ok(t, same.Decode(&decoded))
	if same.Study != "renewal" || decoded.Customers != 59 || !bytes.Equal(same.Raw, found.Raw) || !json.Valid(same.Raw) {
		t.Errorf("%+v", same)
	}
	if _, err := seen.Study("renewals", nil); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), `"renewal"`) {
		t.Error(err)
	}
	if _, err := seen.Renewal(RenewalOptions{Lead: Days(7)}); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	if _, err := seen.Study("renewal", func() {}); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	listed := false
	for _, name := range Studies() {
		finding := must[*Finding](t)(seen.Study(name, nil))
		listed = listed || finding.Study == "renewal"
	}
	if !listed {
		t.Error(Studies())
	}
}

// What the engine does not know of the renewal's JSON would be lost without a word.
func TestRenewalHasEveryMember(t *testing.T) {
	seen := smallEvidence(t, smallPlan(t), 0, 60)
	found := must[*Renewal](t)(seen.Renewal(RenewalOptions{}))
	decoder := json.NewDecoder(bytes.NewReader(found.Raw))
	decoder.DisallowUnknownFields()
	ok(t, decoder.Decode(&Renewal{}))
}

func TestContracts(t *testing.T) {
	noneLiving(t)
	plan := smallPlan(t)
	from := arrowc.Table{Names: []string{"customer", "start", "end", "outcome", "mrr_before", "mrr_after"}}
	for i := 0; i < 12; i++ {
		row := smallContract(i)
		after, outcome := fmt.Sprint(row.MRRAfter), map[ContractOutcome]string{Renewed: "renewed", Churned: "churned"}[row.Outcome]
		if row.MRRAfter == NoMoney {
			after = ""
		}
		from.Rows = append(from.Rows, []string{row.Customer, row.Start.String(), row.End.String(), outcome,
			fmt.Sprint(row.MRRBefore), after})
	}
	in := arrowc.BuildStream(from, 5, false)
	defer in.Free()
	byStream := must[*Contracts](t)(plan.NewContracts())
	close_(t, byStream)
	ok(t, byStream.AddStream(in.Pointer()))
	ok(t, byStream.Finish())
	batch, scores, byRow := smallHistory(t, plan, 0, 12)
	var states [2][]byte
	for k, one := range []*Contracts{byRow, byStream} {
		seen := must[*Evidence](t)(plan.NewEvidence(nil))
		ok(t, seen.Update(batch, scores, one))
		states[k] = state(t, seen)
		seen.Close()
	}
	if !bytes.Equal(states[0], states[1]) { // JPY: a minor unit is a major one
		t.Error("a stream gives other contracts")
	}
	if err := byRow.Add(smallContract(1)); !errors.Is(err, ErrInvalidState) {
		t.Error(err)
	}
	if found := must[[]string](t)(byRow.Warnings()); len(found) != 0 {
		t.Error(found)
	}
	wrong := must[*Contracts](t)(plan.NewContracts())
	close_(t, wrong)
	for what, change := range map[string]func(*Contract){
		"later":    func(c *Contract) { c.End = c.Start },
		"start":    func(c *Contract) { c.Start = NoDate },
		"trial":    func(c *Contract) { c.Kind = KindTrial },
		"customer": func(c *Contract) { c.Customer = "" },
		"negative": func(c *Contract) { c.MRRBefore = -1 },
		"kind":     func(c *Contract) { c.Kind = 7 },
	} {
		row := smallContract(1)
		change(&row)
		if err := wrong.Add(row); err == nil || !strings.Contains(err.Error(), what) {
			t.Error(what, err)
		}
	}
	if _, err := wrong.Warnings(); !errors.Is(err, ErrInvalidState) {
		t.Error(err)
	}
	lacking := smallContract(1)
	lacking.MRRAfter = NoMoney
	ok(t, wrong.Add(lacking))
	ok(t, wrong.Finish())
	if found := must[[]string](t)(wrong.Warnings()); len(found) != 1 || !strings.Contains(found[0], "lack an MRR") {
		t.Error(found)
	}
}

// Goroutines update, read and merge at once: nothing is lost, nobody waits for ever.
func TestEvidenceIsShared(t *testing.T) {
	plan := smallPlan(t)
	whole := smallEvidence(t, plan, 0, 80)
	a := must[*Evidence](t)(plan.NewEvidence(nil))
	close_(t, a)
	var all sync.WaitGroup
	for k := 0; k < 8; k++ {
		batch, scores, contracts := smallHistory(t, plan, 10*k, 10*k+10)
		all.Add(1)
		go func() {
			defer all.Done()
			if err := a.Update(batch, scores, contracts); err != nil {
				t.Error(err)
			}
			if _, err := a.Renewal(RenewalOptions{}); err != nil {
				t.Error(err)
			}
		}()
	}
	all.Wait()
	if !bytes.Equal(state(t, a), state(t, whole)) {
		t.Error("parts are not the whole")
	}
	b := smallEvidence(t, plan, 80, 90)
	for k := 0; k < 4; k++ {
		all.Add(2)
		for _, pair := range [][2]*Evidence{{a, b}, {b, a}} {
			go func() {
				defer all.Done()
				if err := pair[0].Merge(pair[1]); err != nil {
					t.Error(err)
				}
			}()
		}
	}
	all.Wait()
}

// Whatever reads evidence waits for a call that changes it, and the other way round.
func TestEvidenceIsUsedByOne(t *testing.T) {
	plan := smallPlan(t)
	seen, other := smallEvidence(t, plan, 0, 20), smallEvidence(t, plan, 20, 40)
	batch, scores, contracts := smallHistory(t, plan, 40, 50)
	saved := seen.c
	for name, do := range map[string]func() error{
		"act":          func() error { return closed(plan.Act("priority", batch, seen, nil)) },
		"study":        func() error { return second(seen.Study("renewal", nil)) },
		"counts":       func() error { return second(seen.Counts()) },
		"bytes":        func() error { return second(seen.Bytes()) },
		"merge":        func() error { return seen.Merge(other) },
		"merged":       func() error { return other.Merge(seen) },
		"update":       func() error { return seen.Update(batch, scores, contracts) },
		"count unseen": func() error { return seen.CountUnseen(Histories{Contracts: contracts}) },
		"compare": func() error {
			return second(Compare(batch, batch, &ComparisonOptions{Current: seen, Proposed: other}))
		},
		"compared": func() error {
			return second(Compare(batch, batch, &ComparisonOptions{Current: other, Proposed: seen}))
		},
	} {
		done := make(chan error, 1)
		seen.Lock()
		seen.c = nil // what reads now is refused by the library
		go func() { done <- do() }()
		select {
		case err := <-done:
			t.Errorf("%s does not wait: %v", name, err)
			done <- err
		case <-time.After(20 * time.Millisecond):
		}
		seen.c = saved
		seen.Unlock()
		if err := <-done; err != nil && strings.Contains(err.Error(), "NULL") {
			t.Errorf("%s did not wait: %v", name, err)
		}
	}
}

func closed(list *ActionList, err error) error {
	if err == nil {
		list.Close()
	}
	return err
}
