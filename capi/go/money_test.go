package aiueo

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// moneyEvidence has what 60 customers pay since two years.
func moneyEvidence(t testing.TB) *Evidence {
	plan := smallPlan(t)
	batch, scores, contracts := smallHistory(t, plan, 0, 60)
	ledger := must[*Ledger](t)(plan.NewLedger())
	close_(t, ledger)
	for i := 0; i < 60; i++ {
		key := fmt.Sprintf("c-%d", i)
		ok(t, ledger.Add(LedgerRow{key, today - 800, today - 300, int64(100 + i)}))
		if i%4 > 0 { // every fourth leaves
			ok(t, ledger.Add(LedgerRow{key, today - 300, NoDate, int64(80 + 2*i)}))
		}
	}
	ok(t, ledger.Finish())
	known := Histories{Contracts: contracts, Ledger: ledger, DataUntil: today}
	out := must[*Evidence](t)(plan.NewEvidence(nil))
	close_(t, out)
	ok(t, out.UpdateFrom(batch, scores, known))
	ok(t, out.CountUnseen(known))
	return out
}

// sameMembers says whether a finding has what its schema's first level names, and nothing else.
func sameMembers(t *testing.T, name string, raw []byte) {
	path := filepath.Join("..", "..", "schema", "findings", name+".schema.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Skip("the schemas are not beside the package: ", err)
	}
	var schema struct {
		Properties map[string]json.RawMessage
		Required   []string
	}
	ok(t, json.Unmarshal(text, &schema))
	var members map[string]json.RawMessage
	ok(t, json.Unmarshal(raw, &members))
	for _, one := range schema.Required {
		if _, there := members[one]; !there {
			t.Errorf("%s has no %q", name, one)
		}
	}
	for one := range members {
		if _, known := schema.Properties[one]; !known {
			t.Errorf("the schema of %s has no %q", name, one)
		}
	}
}

func TestStudiesOfMoney(t *testing.T) {
	noneLiving(t)
	seen := moneyEvidence(t)
	for name, options := range map[string][]any{
		"nrr": {nil, map[string]any{"target": 1.2, "capacity": 5, "months": 3,
			"effort": map[string]float64{"Entry": 2}}, map[string]any{"of": "band"}},
		"revenue":  {nil, map[string]any{"months": 2, "reactivation": "counted"}},
		"forecast": {nil},
	} {
		for _, with := range options {
			found := must[*Finding](t)(seen.Study(name, with))
			if found.Study != name || found.Sentence.In("en") == "" || found.Sentence.In("ja") == "" {
				t.Errorf("%+v", found)
			}
			sameMembers(t, name, found.Raw)
		}
	}

	var nrr struct {
		Why       *string
		Everybody struct{ NRR, GRR Figure }
		Plan      struct{ Target, Capacity float64 }
	}
	found := must[*Finding](t)(seen.Study("nrr", map[string]any{"target": 1.2, "capacity": 5}))
	ok(t, found.Decode(&nrr))
	var then, later, lasting float64
	for i := 0; i < 60; i++ {
		before, after := float64(100+i), float64(80+2*i)
		if i%4 == 0 {
			after = 0
		}
		then, later, lasting = then+before, later+after, lasting+min(before, after)
	}
	if nrr.Why != nil || nrr.Plan.Target != 1.2 || nrr.Plan.Capacity != 5 {
		t.Errorf("%+v", nrr)
	}
	// Starts before the change and closes after it pay the new amount; some months saw both closes.
	one := must[*Finding](t)(seen.Study("nrr", map[string]any{"months": 1}))
	ok(t, one.Decode(&nrr))
	near := func(a *float64, b float64) bool { return a != nil && *a > b-1e-12 && *a < b+1e-12 }
	if !near(nrr.Everybody.NRR.Value, later/then) || !near(nrr.Everybody.GRR.Value, lasting/then) ||
		nrr.Everybody.NRR.N != 60 {
		t.Errorf("%+v", nrr.Everybody)
	}

	for _, wrong := range []struct {
		study   string
		options map[string]any
		code    error
		says    string
	}{
		{"nrr", map[string]any{"month": 1}, ErrInvalidArgument, "month"},
		{"nrr", map[string]any{"target": 108}, ErrInvalidArgument, "target"},
		{"nrr", map[string]any{"effort": map[string]any{"Entrance": 1}}, ErrInvalidArgument, "Entrance"},
		{"revenue", map[string]any{"segment": "colour"}, ErrNotFound, "colour"},
		{"revenue", map[string]any{"months": 0}, ErrInvalidArgument, "months"},
		{"forecast", map[string]any{"origin": "2026"}, ErrInvalidArgument, "origin"},
		{"forecast", map[string]any{"what_if": []any{map[string]any{"from": "Entry"}}}, ErrInvalidArgument, "to"},
	} {
		if _, err := seen.Study(wrong.study, wrong.options); !errors.Is(err, wrong.code) ||
			!strings.Contains(err.Error(), wrong.says) {
			t.Error(wrong, err)
		}
	}
}
