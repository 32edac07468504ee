package aiueo

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/aiueo-health/aiueo/capi/go/internal/arrowc"
)

func smallToAct(t testing.TB, plan *Plan, when string, rows int, sent ...Initiative) (*Plan, *Batch) {
	acting := must[*Plan](t)(plan.ForActions(when))
	close_(t, acting)
	done := must[*Initiatives](t)(acting.NewInitiatives())
	close_(t, done)
	ok(t, done.KeepAll())
	for _, one := range sent {
		ok(t, done.Add(one))
	}
	ok(t, done.Finish())
	batch := must[*Batch](t)(acting.NewBatch(rows, &BatchOptions{AsOf: today, AllMetrics: true,
		MissingColumnsUnknown: true, Initiatives: done}))
	close_(t, batch)
	fillSmall(t, batch)
	return acting, batch
}

func listed(t testing.TB, plan *Plan, name string, batch *Batch, options any) *ActionList {
	out := must[*ActionList](t)(plan.Act(name, batch, nil, options))
	close_(t, out)
	return out
}

func TestNext(t *testing.T) {
	noneLiving(t)
	plan := smallPlan(t)
	const customers = 30
	acting, batch := smallToAct(t, plan, "", customers)
	list := listed(t, acting, "next", batch, nil)
	scores := must[*Scores](t)(closing(t)(acting.Score(batch)))
	stages := must[Levels](t)(scores.Levels("stage"))
	rows := must[[]NextRow](t)(ActionRows[NextRow](list, 0, list.Len()))
	if list.Len() != customers || len(rows) != customers {
		t.Fatal(list.Len(), len(rows))
	}
	atTop := 0
	for _, row := range rows {
		var number int
		must[int](t)(fmt.Sscanf(row.Customer, "c-%d", &number))
		if row.Stage != stages.At(number) || row.AsOf != today.String() {
			t.Errorf("%+v", row)
		}
		if row.Stage == "Active" {
			atTop++
			if row.Target != nil || row.Reason != nil {
				t.Errorf("%+v", row)
			}
			continue
		}
		if *row.Target != "Active" || *row.Conditions < 1 || *row.Reason == "" || *row.ReasonJa == "" {
			t.Errorf("%+v", row)
		}
	}
	head := list.Head()
	var own struct {
		Ladder string
		AtTop  int `json:"at_top"`
	}
	ok(t, head.Decode(&own))
	if head.Action != "next" || head.Model != "small" || head.AsOf != today.String() || head.Customers != customers ||
		own.Ladder != "stage" || own.AtTop != atTop || atTop == 0 || head.Sentence["ja"] == "" {
		t.Errorf("%+v %+v %d", head, own, atTop)
	}

	// By rows, in any form, and as columns.
	maps := must[[]map[string]any](t)(ActionRows[map[string]any](list, 3, 5))
	if len(maps) != 2 || maps[0]["customer"] != rows[3].Customer || len(maps[0]) != 20 {
		t.Error(maps)
	}
	if none := must[[]NextRow](t)(ActionRows[NextRow](list, customers, customers)); len(none) != 0 {
		t.Error(none)
	}
	for _, wrong := range [][2]int{{-1, 2}, {2, 1}, {0, customers + 1}, {math.MaxInt, math.MaxInt}} {
		if _, err := list.RowsJSON(wrong[0], wrong[1]); !errors.Is(err, ErrInvalidArgument) {
			t.Error(wrong, err)
		}
	}
	out := arrowc.Empty()
	defer out.Free()
	ok(t, list.ExportArrow(out.Schema(), out.Array()))
	_, keys, err := out.Column("customer")
	ok(t, err)
	mrr, _, err := out.Column("effort")
	ok(t, err)
	for k, row := range rows {
		if keys[k] != row.Customer || (row.Effort == nil) != math.IsNaN(mrr[k]) || (row.Effort != nil && *row.Effort != mrr[k]) {
			t.Fatal(k, keys[k], mrr[k], row)
		}
	}
	ReleaseArrow(out.Schema(), out.Array())
	if err := list.ExportArrow(nil, nil); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
}

func TestTriggersAndSegment(t *testing.T) {
	plan := smallPlan(t)
	acting, batch := smallToAct(t, plan, "mrr >= 5 && setup", 44, Initiative{"c-0", "quiet", today - 500, NoDate, NoDate})

	messages := must[[]TriggerRow](t)(ActionRows[TriggerRow](listed(t, acting, "triggers", batch, nil), 0, 1))
	list := listed(t, acting, "triggers", batch, map[string]any{"trigger": "quiet"})
	all := must[[]TriggerRow](t)(ActionRows[TriggerRow](list, 0, list.Len()))
	// Logins are the number modulo 11, every fifth is not known; c-0 was sent it.
	expected, held := 0, 0
	for number := 1; number < 44; number++ {
		if number%11 < 3 && number%5 != 1 {
			expected++
		}
	}
	for _, one := range all {
		if one.Key != "quiet::"+one.Customer || one.Initiative != "quiet" || one.Play != "call" || *one.Owner != "success" ||
			one.Date != today.String() || one.Variant != nil || one.Period != nil || one.Customer == "c-0" {
			t.Errorf("%+v", one)
		}
		if one.Holdout {
			held++
		}
	}
	if len(all) != expected || held == 0 || held == expected || messages[0].Key != all[0].Key {
		t.Error(len(all), expected, held)
	}
	without := listed(t, acting, "triggers", batch, struct {
		Holdouts bool `json:"holdouts"`
	}{})
	if without.Len() != expected-held {
		t.Error(without.Len())
	}

	segment := listed(t, acting, "segment", batch, nil)
	rows := must[[]SegmentRow](t)(ActionRows[SegmentRow](segment, 0, segment.Len()))
	for _, row := range rows {
		if !strings.Contains(row.Reason, "mrr >= 5 && setup (mrr ") || *row.Overall < 0 || *row.Stage == "" || *row.Band == "" {
			t.Errorf("%+v", row)
		}
	}
	if len(rows) == 0 || len(rows) == 44 {
		t.Error(len(rows))
	}
}

func TestActionsThatAreRefused(t *testing.T) {
	plan := smallPlan(t)
	acting, batch := smallToAct(t, plan, "", 5)
	for name, want := range map[string]struct {
		options any
		code    error
		says    string
	}{
		"nxt":      {nil, ErrNotFound, `did you mean "next"?`},
		"next":     {map[string]int{"x": 1}, ErrInvalidArgument, "not an option of this action"},
		"triggers": {map[string]string{"trigger": "quite"}, ErrNotFound, `did you mean "quiet"?`},
		"segment":  {nil, ErrInvalidArgument, "no condition to ask"},
		"":         {make(chan int), ErrInvalidArgument, "cannot be encoded"},
	} {
		if _, err := acting.Act(name, batch, nil, want.options); !errors.Is(err, want.code) || !strings.Contains(err.Error(), want.says) {
			t.Error(name, err)
		}
	}
	if _, err := plan.Act("next", batch, nil, nil); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	if _, err := plan.ForActions("logns < 3"); !errors.Is(err, ErrBadModel) || !strings.Contains(err.Error(), `did you mean "logins"?`) {
		t.Error(err)
	}
	names := Actions()
	if len(names) < 3 || names[0] != "next" {
		t.Error(names)
	}

	list := must[*ActionList](t)(acting.Act("next", batch, nil, nil))
	ok(t, batch.Close())
	rows := must[[]byte](t)(list.RowsJSON(0, 1))
	ok(t, list.Close())
	ok(t, list.Close())
	if _, err := list.RowsJSON(0, 1); err != ErrClosed {
		t.Error(err)
	}
	if err := list.ExportArrow(nil, nil); err != ErrClosed {
		t.Error(err)
	}
	if list.Len() != 5 || list.Head().Action != "next" || !strings.HasPrefix(string(rows), "[{") {
		t.Error(list.Len(), list.Head(), string(rows))
	}
	if _, err := acting.Act("next", batch, nil, nil); err != ErrClosed {
		t.Error(err)
	}
}

// A plan that is made to act outlives its own, with its scorers, and lists are made beside each other.
func TestActionsOutliveTheirPlan(t *testing.T) {
	before := OpenHandles()
	plan := must[*Plan](t)(Load([]byte(small)))
	acting := must[*Plan](t)(plan.ForActions("U < 60"))
	again := must[*Plan](t)(acting.ForActions("U >= 60"))
	ok(t, plan.Close())
	if _, err := plan.ForActions(""); err != ErrClosed {
		t.Error(err)
	}
	batch := must[*Batch](t)(acting.NewBatch(200, &BatchOptions{AsOf: today, AllMetrics: true, MissingColumnsUnknown: true}))
	fillSmall(t, batch)
	var group sync.WaitGroup
	lists := make([]*ActionList, 8)
	for k := range lists {
		group.Add(1)
		go func() {
			defer group.Done()
			lists[k], _ = acting.Act([]string{"next", "triggers", "segment"}[k%3], batch, nil, nil)
		}()
	}
	group.Wait()
	if open := OpenHandles(); open.Actions-before.Actions != int64(len(lists)) {
		t.Error(open)
	}
	for k, one := range lists {
		if one == nil || string(one.Head().Raw) != string(lists[k%3].Head().Raw) {
			t.Fatal(k)
		}
	}
	for _, one := range lists {
		ok(t, one.Close())
	}
	ok(t, errors.Join(batch.Close(), acting.Close(), again.Close()))
	if after := OpenHandles(); after != before {
		t.Errorf("%+v, before %+v", after, before)
	}
}

// The row types have the members of the schemas, in their order.
func TestRowsAreThoseOfTheSchemas(t *testing.T) {
	for name, row := range map[string]any{
		"next": NextRow{}, "priority": PriorityRow{}, "goals": GoalRow{}, "alerts": AlertRow{},
		"triggers": TriggerRow{}, "segment": SegmentRow{},
	} {
		text := must[[]byte](t)(os.ReadFile("../../schema/actions/" + name + ".schema.json"))
		var schema struct {
			Defs struct {
				Row struct {
					Required []string `json:"required"`
				} `json:"row"`
			} `json:"$defs"`
		}
		ok(t, json.Unmarshal(text, &schema))
		var tags []string
		of := reflect.TypeOf(row)
		for k := 0; k < of.NumField(); k++ {
			tags = append(tags, of.Field(k).Tag.Get("json"))
		}
		if !reflect.DeepEqual(tags, schema.Defs.Row.Required) {
			t.Errorf("%s: %v, the schema has %v", name, tags, schema.Defs.Row.Required)
		}
	}
}

// What a step up is worth rests on evidence; alerts and goals do without.
func TestAlertsGoalsPriority(t *testing.T) {
	noneLiving(t)
	plan := smallPlan(t)
	acting, batch := smallToAct(t, plan, "", 5)
	if list := listed(t, acting, "alerts", batch, nil); list.Head().Action != "alerts" {
		t.Error(list.Head())
	}
	if list := listed(t, acting, "goals", batch, nil); list.Head().Action != "goals" {
		t.Error(list.Head())
	}
	_, err := acting.Act("priority", batch, nil, nil)
	if err == nil || !strings.Contains(err.Error(), "comes from evidence") {
		t.Error(err)
	}
}
