package aiueo_test

// The Go of docs/go.md and of the README, compiled and run. The last test compares the pages with the
// sources.

import (
	"errors"
	"fmt"
	"log"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	aiueo "github.com/aiueo-health/aiueo/capi/go"
)

func firstScore(path string) error {
	plan, err := aiueo.LoadFile(path) // problems with line and column
	if err != nil {
		return err
	}
	defer plan.Close()

	batch, err := plan.NewBatch(3, &aiueo.BatchOptions{AsOf: aiueo.NewDate(2026, 11, 21)})
	if err != nil {
		return err
	}
	defer batch.Close()
	if err := errors.Join(
		batch.BindTexts("customer", []string{"Aoba", "Midori", "Kuro"}),
		aiueo.Bind(batch, "setup_done", []bool{true, true, false}, nil),
		aiueo.Bind(batch, "logins_28d", []int32{35, 4, 0}, []bool{true, true, false}), // Kuro's is unknown, not zero
		aiueo.Bind(batch, "last_login", []aiueo.Date{20777, 20770, aiueo.NoDate}, nil),
		batch.BindCategories("plan", []string{"pro", "trial", ""}),
	); err != nil {
		return err
	}

	scores, err := plan.Score(batch)
	if err != nil {
		return err
	}
	defer scores.Close()
	stages, err := scores.Levels("stage")
	if err != nil {
		return err
	}
	for row, u := range scores.Axis(aiueo.Utilization) { // 0..100, NaN = insufficient
		fmt.Printf("%5.1f %5.1f %s\n", u, scores.Overall()[row], stages.At(row))
	}
	return nil
}

func again(plan *aiueo.Plan, days [][]float64) error {
	const rows = 1024
	batch, err := plan.NewBatch(rows, &aiueo.BatchOptions{AsOf: today, MissingColumnsUnknown: true})
	if err != nil {
		return err
	}
	defer batch.Close()
	scores, err := plan.NewScores(rows, &aiueo.ScoresOptions{Detail: true})
	if err != nil {
		return err
	}
	defer scores.Close()
	logins, err := aiueo.Float64(batch, "logins_28d") // the batch's memory
	if err != nil {
		return err
	}
	for _, day := range days {
		copy(logins.Values, day)                              // NaN is unknown
		if err := plan.ScoreInto(batch, scores); err != nil { // allocates nothing
			return err
		}
		log.Print(scores.Overall()[0])
	}
	return nil
}

type request struct {
	customer  string
	asOf      aiueo.Date
	logins    float64
	setup     bool
	lastLogin aiueo.Date
	plan      string
}

type server struct {
	rows                              *aiueo.RowPool
	logins, setup, lastLogin, planned aiueo.Metric
}

func newServer(plan *aiueo.Plan) (*server, error) {
	s := &server{rows: plan.NewRowPool(nil, 64)}
	var errs [4]error
	s.logins, errs[0] = plan.Metric("logins_28d")
	s.setup, errs[1] = plan.Metric("setup_done")
	s.lastLogin, errs[2] = plan.Metric("last_login")
	s.planned, errs[3] = plan.Metric("plan")
	return s, errors.Join(errs[:]...)
}

func (s *server) overall(in request) (float64, error) {
	row, err := s.rows.Get() // like new: all unknown, no date
	if err != nil {
		return math.NaN(), err
	}
	defer s.rows.Put(row)
	if err := errors.Join(
		row.SetCustomer(in.customer),
		row.SetAsOf(in.asOf),
		row.SetNumber(s.logins, in.logins),
		row.SetFlag(s.setup, in.setup),
		row.SetDate(s.lastLogin, in.lastLogin),
		row.SetText(s.planned, in.plan),
		row.Score(),
	); err != nil {
		return math.NaN(), err
	}
	return row.Overall(), nil
}

func report(path string) {
	_, err := aiueo.LoadFile(path)
	var bad *aiueo.Error
	switch {
	case errors.Is(err, os.ErrNotExist):
		log.Print("no such file")
	case errors.Is(err, aiueo.ErrBadModel) && errors.As(err, &bad):
		for _, p := range bad.Problems { // all of them
			log.Printf("%s:%d:%d: %s", path, p.Line, p.Column, p.Message)
		}
	}
}

func seatPressure() aiueo.Scorer {
	return aiueo.Scorer{
		Name: "seat_pressure", Version: 1, Inputs: 2,
		Chunk: func(c *aiueo.ScorerCall) error {
			users, seats := c.Inputs[0], c.Inputs[1]
			for i := range c.Out {
				c.Out[i] = min(100*users[i]/seats[i], 100) // NaN stays NaN: unknown
			}
			return nil
		},
	}
}

func months(plan *aiueo.Plan, state []byte) error {
	seen, err := plan.ReadEvidence(state, nil) // as Bytes or aiueo evidence wrote it
	if err != nil {
		return err
	}
	defer seen.Close()
	found, err := seen.Study("bottleneck", map[string]string{"month": "2026-04"})
	if err != nil {
		return err
	}
	var chain struct { // what you need of schema/findings/bottleneck.schema.json
		Links []struct {
			Link, Verdict string
			Conversion    aiueo.Figure
			Recoverable   aiueo.Figure `json:"recoverable_mrr_minor_units"`
		}
	}
	if err := found.Decode(&chain); err != nil {
		return err
	}
	for _, link := range chain.Links {
		log.Print(link.Link, " ", link.Verdict, " of ", link.Conversion.N)
	}
	log.Print(found.Sentence["en"], found.Cautions)
	return nil
}

func readme(logins aiueo.Metric) error {
	plan, err := aiueo.LoadFile("model.json") // problems with line and column
	rows := plan.NewRowPool(nil, 64)          // for the goroutines of a service; a request allocates nothing

	row, err := rows.Get()
	defer rows.Put(row)
	err = errors.Join(row.SetCustomer("c-7"), row.SetNumber(logins, 31), row.Score())
	return err
}

func ExamplePlan_Score_firstScore() {
	path := write(model)
	defer os.Remove(path)
	if err := firstScore(path); err != nil {
		fmt.Println(err)
	}
	// Output:
	//  95.2  96.8 Active
	//  50.6  67.0 Onboard
	//   NaN   NaN Entry
}

func write(text string) string {
	file, err := os.CreateTemp("", "model-*.json")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		panic(err)
	}
	return file.Name()
}

func TestThePagesFunctions(t *testing.T) {
	log.SetOutput(&strings.Builder{})
	defer log.SetOutput(os.Stderr)
	plan, err := aiueo.Compile([]byte(model), aiueo.CompileOptions{Scorers: []aiueo.Scorer{seatPressure()}})
	if err != nil {
		t.Fatal(err)
	}
	defer plan.Close()
	if err := again(plan, [][]float64{{1, 2}, {math.NaN()}}); err != nil {
		t.Error(err)
	}
	s, err := newServer(plan)
	if err != nil {
		t.Fatal(err)
	}
	defer s.rows.Close()
	overall, err := s.overall(request{"c-7", today, 12, true, today - 3, "pro"})
	if err != nil || math.Abs(overall-84.698) > 0.01 {
		t.Error(overall, err)
	}
	var said strings.Builder
	log.SetOutput(&said)
	steps, state := stateOfApril(t)
	defer steps.Close()
	if err := months(steps, state); err != nil || strings.Count(said.String(), " of ") < 4 ||
		!strings.Contains(said.String(), "1-2 unknown of 0\n") || !strings.Contains(said.String(), "3-4b unknown") {
		t.Error(err, said.String())
	}
	bad := write(`{"aiueo": 1}`)
	defer os.Remove(bad)
	report(bad)
	report("none.json")
	if !strings.Contains(said.String(), "no such file") || !strings.Contains(said.String(), ":1:") {
		t.Error(said.String())
	}
}

func morning(acting *aiueo.Plan, done *aiueo.Initiatives, bind func(*aiueo.Batch) error, rows int) error {
	batch, err := acting.NewBatch(rows, &aiueo.BatchOptions{AllMetrics: true, Initiatives: done})
	if err != nil {
		return err
	}
	defer batch.Close()
	if err := bind(batch); err != nil {
		return err
	}
	list, err := acting.Act("triggers", batch, nil, map[string]any{"as_of": "2026-04-30"})
	if err != nil {
		return err
	}
	defer list.Close()
	messages, err := aiueo.ActionRows[aiueo.TriggerRow](list, 0, list.Len())
	if err != nil {
		return err
	}
	for _, one := range messages {
		if !one.Holdout {
			log.Print(one.Key, " ", one.Play)
		}
	}
	log.Print(list.Head().Sentence["en"])
	return nil
}

func TestTheMorning(t *testing.T) {
	plan, err := aiueo.Load([]byte(strings.Replace(model, `"aiueo": 1,`, `"aiueo": 1, "plays": { "call": {} },
  "triggers": { "quiet": { "when": "logins_28d < 3", "play": "call" } },`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	defer plan.Close()
	acting, err := plan.ForActions("")
	if err != nil {
		t.Fatal(err)
	}
	defer acting.Close()
	done, err := acting.NewInitiatives()
	if err != nil {
		t.Fatal(err)
	}
	defer done.Close()
	if err := errors.Join(done.KeepAll(), done.Add(aiueo.Initiative{Customer: "b", Initiative: "quiet",
		Date: aiueo.NewDate(2026, 4, 1), Attended: aiueo.NoDate, Responded: aiueo.NoDate}), done.Finish()); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	log.SetOutput(&said)
	defer log.SetOutput(os.Stderr)
	april := aiueo.NewDate(2026, 4, 30)
	err = morning(acting, done, func(batch *aiueo.Batch) error {
		return errors.Join(
			batch.BindTexts("customer", []string{"a", "b", "c"}),
			aiueo.Bind(batch, "as_of", []aiueo.Date{april, april, april}, nil),
			batch.BindCategories("plan", []string{"pro", "pro", "pro"}),
			aiueo.Bind(batch, "setup_done", []bool{true, true, true}, nil),
			aiueo.Bind(batch, "logins_28d", []float64{2, 1, 9}, nil),
			aiueo.Bind(batch, "last_login", []aiueo.Date{april, april, april}, nil))
	}, 3)
	if err != nil || !strings.Contains(said.String(), "quiet::a call") || strings.Contains(said.String(), "quiet::b") {
		t.Error(err, said.String())
	}
}

// One customer's month, by a model with steps.
func stateOfApril(t *testing.T) (*aiueo.Plan, []byte) {
	plan, err := aiueo.Load([]byte(strings.Replace(model, `"aiueo": 1,`, `"aiueo": 1, "steps": { "lag_months": 1 },`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	batch, err := plan.NewBatch(1, &aiueo.BatchOptions{
		AsOf: aiueo.NewDate(2026, 4, 30), AllMetrics: true, MissingColumnsUnknown: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer batch.Close()
	scores, err := plan.NewScores(1, &aiueo.ScoresOptions{Detail: true, NoOverrides: true})
	if err != nil {
		t.Fatal(err)
	}
	defer scores.Close()
	contracts, err := plan.NewContracts()
	if err != nil {
		t.Fatal(err)
	}
	defer contracts.Close()
	seen, err := plan.NewEvidence(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer seen.Close()
	if err := errors.Join(
		batch.BindTexts("customer", []string{"c-7"}),
		plan.ScoreInto(batch, scores),
		contracts.Finish(),
		seen.Update(batch, scores, contracts),
	); err != nil {
		t.Fatal(err)
	}
	state, err := seen.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return plan, state
}

// Every piece of Go on a page is in this file or another one of these examples.
func TestThePagesAreCompiled(t *testing.T) {
	trimmed := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		for _, line := range strings.Split(string(text), "\n") {
			out.WriteString(strings.Join(strings.Fields(line), " ") + "\n")
		}
		return out.String()
	}
	sources := trimmed("page_test.go") + trimmed("example_test.go")
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	number := 0
	for _, page := range append(pages, "../../README.md") {
		for _, piece := range strings.Split(trimmed(page), "```go\n")[1:] {
			piece, _, _ = strings.Cut(piece, "```")
			number++
			if !strings.Contains(sources, piece) {
				t.Errorf("%s: not compiled:\n%s", page, piece)
			}
		}
	}
	if number < 9 {
		t.Errorf("%d pieces", number)
	}
	_ = readme
}
