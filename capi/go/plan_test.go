package aiueo

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestModelErrors(t *testing.T) {
	slip := strings.Replace(small, `"metric": "logins"`, `"metric": "login"`, 1)
	_, err := Compile([]byte(slip), CompileOptions{File: "health.json"})
	var known *Error
	if !errors.Is(err, ErrBadModel) || !errors.As(err, &known) || errors.Is(err, ErrBadJSON) {
		t.Fatal(err)
	}
	if !strings.HasPrefix(err.Error(), "aiueo: health.json:10:") || len(known.Problems) == 0 {
		t.Error(err)
	}
	first := known.Problems[0]
	if first.Line != 10 || first.Column == 0 || first.Path != "axes.U.components.logins.metric" ||
		first.Hint() != `did you mean "logins"?` || first.String() != first.Text {
		t.Errorf("%+v", first)
	}
	if (Problem{Message: "one statement"}).Hint() != "" {
		t.Error("a hint from nowhere")
	}
	for text, code := range map[string]Code{"": ErrBadJSON, "{": ErrBadJSON, "[]": ErrBadModel, "{}": ErrBadModel} {
		if _, err := Load([]byte(text)); !errors.Is(err, code) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := Compile([]byte(small), CompileOptions{MaxBytes: 100}); !errors.Is(err, ErrLimitExceeded) {
		t.Error(err)
	}
	if _, err := LoadFile(filepath.Join(t.TempDir(), "none.json")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if _, err := CheckFile("none.json"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	path := filepath.Join(t.TempDir(), "model.json")
	ok(t, os.WriteFile(path, []byte(small), 0o600))
	report := must[*Report](t)(CheckFile(path))
	if !report.Usable || report.Name != "small" || len(report.Profiles) != 1 || report.Fingerprint == "" {
		t.Errorf("%+v", report)
	}
	if code := Code(12345); code.String() != "unknown" || ErrBadValue.Error() != "aiueo: bad_value" {
		t.Error(code)
	}
	if (&Error{Code: ErrIO}).Error() != "aiueo: io" {
		t.Error("an error without a sentence")
	}
}

func TestWarningsAreLogged(t *testing.T) {
	model := strings.Replace(small, `"unread": { "type": "number" }`, `"unread": { "type": "number", "max_age_days": 0 }`, 1)
	report := must[*Report](t)(Check([]byte(model), ""))
	warned := strings.Replace(small, `"when": "plan == 'trial'"`, `"when": "plan == 'trial' && false"`, 1)
	var logged []string
	for _, text := range []string{model, warned, string(readFile(t, filepath.Join(golden, "models", "hr-saas.json")))} {
		plan, err := Compile([]byte(text), CompileOptions{Log: func(m string) {
			logged = append(logged, m)
			panic("of the log's own")
		}})
		if err != nil {
			continue
		}
		if len(plan.Warnings()) > len(logged) {
			t.Error(plan.Warnings(), logged)
		}
		plan.Close()
	}
	_ = report
	for _, line := range lines(t, filepath.Join(golden, "errors", "expected.tsv")) {
		fields := strings.Split(line, "\t")
		if fields[3] != "warning" {
			continue
		}
		logged = nil
		text := readFile(t, filepath.Join(golden, "errors", fields[0]))
		plan, err := Compile(text, CompileOptions{File: fields[0], Log: func(m string) { logged = append(logged, m) }})
		if err != nil {
			continue // warnings beside errors
		}
		if len(plan.Warnings()) == 0 || len(logged) != len(plan.Warnings()) || !strings.Contains(logged[0], fields[4]) {
			t.Errorf("%s: %q, expected %q", fields[0], logged, fields[4])
		}
		plan.Close()
		return
	}
	t.Error("no golden model has a warning alone")
}

func TestSchemaAndVersion(t *testing.T) {
	schema := must[[]byte](t)(Schema())
	var read struct {
		ID string `json:"$id"`
	}
	if err := json.Unmarshal(schema, &read); err != nil || !strings.HasPrefix(read.ID, "urn:aiueo:model:") {
		t.Error(err, read)
	}
	if strings.Count(Version(), ".") != 2 {
		t.Error(Version())
	}
}

// The Go structures have every field of the library's JSON, in every golden case.
func TestStructuresAreWhole(t *testing.T) {
	strict := func(text []byte, into any) {
		t.Helper()
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(into); err != nil {
			t.Errorf("%v in %.300s", err, text)
		}
	}
	gaps := 0
	for _, name := range lines(t, filepath.Join(golden, "scores", "cases.txt")) {
		folder := filepath.Join(golden, "scores", name)
		plan := must[*Plan](t)(LoadFile(filepath.Join(folder, "model.json")))
		snapshots := readTable(t, filepath.Join(folder, "snapshots.csv"))
		batch := must[*Batch](t)(plan.NewBatch(len(snapshots.rows), &BatchOptions{
			Initiatives: readInitiatives(t, plan, filepath.Join(folder, "initiatives.csv"))}))
		snapshots.bindTo(t, batch)
		strict(must[[]byte](t)(plan.DescribeJSON()), new(Description))
		for row := range snapshots.rows {
			strict(must[[]byte](t)(plan.ExplainJSON(batch, row)), new(Explanation))
			for _, ladder := range must[*Description](t)(plan.Describe()).Ladders {
				gap := new(Gap)
				strict(must[[]byte](t)(plan.GapJSON(batch, row, ladder.Name, "")), gap)
				gaps += len(gap.Conditions)
			}
		}
		scores := must[*Scores](t)(plan.Score(batch))
		summary := must[*Summary](t)(plan.NewSummary())
		ok(t, summary.Add(scores, scores.Rows()))
		strict(must[[]byte](t)(summary.JSON()), new(SummaryCounts))
		for _, one := range []interface{ Close() error }{summary, scores, batch, plan} {
			ok(t, one.Close())
		}
	}
	if gaps < 10 {
		t.Error("too few conditions were seen")
	}
}

func TestExplainAndGap(t *testing.T) {
	plan := smallPlan(t)
	batch := smallBatch(t, plan, 20)
	why := must[*Explanation](t)(plan.Explain(batch, 4))
	if why.Row != 4 || why.Customer != "c-4" || *why.AsOf != today || why.Profile != "trial" || why.Overall == nil {
		t.Errorf("%+v", why)
	}
	var u *ExplainedAxis
	for i := range why.Axes {
		if why.Axes[i].Name == "U" {
			u = &why.Axes[i]
		}
	}
	if u == nil || u.Kana != "う" || len(u.Components) != 2 || *u.Components[0].Contribution != 20 || u.Score == nil {
		t.Fatalf("%+v", u)
	}
	gap := must[*Gap](t)(plan.Gap(batch, 4, "stage", ""))
	if gap.Stage != "Entry" || *gap.Target != "Active" || !gap.Reachable || len(gap.Conditions) != 1 ||
		gap.Conditions[0].Condition != "setup" {
		t.Errorf("%+v", gap)
	}
	if top := must[*Gap](t)(plan.Gap(batch, 9, "stage", "Active")); top.Stage != "Active" || len(top.Conditions) != 0 {
		t.Errorf("%+v", top)
	}
}

func TestSummary(t *testing.T) {
	plan := smallPlan(t)
	batch := smallBatch(t, plan, 640)
	scores := must[*Scores](t)(plan.NewScores(640, nil))
	close_(t, scores)
	summary := must[*Summary](t)(plan.NewSummary())
	close_(t, summary)
	var all sync.WaitGroup
	for k := 0; k < 4; k++ {
		all.Add(1)
		go func() {
			defer all.Done()
			own, err := plan.Score(batch)
			if err != nil {
				t.Error(err)
				return
			}
			defer own.Close()
			if err := summary.Add(own, 640); err != nil {
				t.Error(err)
			}
		}()
	}
	all.Wait()
	counts := must[*SummaryCounts](t)(summary.Counts())
	if counts.Rows != 4*640 || counts.Model != "small" || len(counts.Axes) != 5 || counts.Overall == nil {
		t.Errorf("%+v", counts)
	}
	total := int64(0)
	for _, rung := range counts.Ladders[0].Rungs {
		total += rung.Count
	}
	if total != counts.Rows {
		t.Error(counts.Ladders)
	}
	if err := summary.Add(scores, 641); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
}

// A summary a shard, merged, from both sides at once; the plans are two of one model.
func TestSummariesMerge(t *testing.T) {
	summaryOf := func(rows int) *Summary {
		plan := smallPlan(t)
		scores := must[*Scores](t)(plan.Score(smallBatch(t, plan, rows)))
		defer scores.Close()
		out := must[*Summary](t)(plan.NewSummary())
		close_(t, out)
		ok(t, out.Add(scores, rows))
		return out
	}
	one, other, sum := summaryOf(64), summaryOf(128), summaryOf(0)
	ok(t, sum.Merge(one))
	ok(t, sum.Merge(other))
	if rows := must[*SummaryCounts](t)(sum.Counts()).Rows; rows != 192 {
		t.Error(rows)
	}
	var all sync.WaitGroup
	for _, pair := range [][2]*Summary{{one, other}, {other, one}} {
		all.Add(1)
		go func() {
			defer all.Done()
			if err := pair[0].Merge(pair[1]); err != nil {
				t.Error(err)
			}
		}()
	}
	all.Wait()
	// Whoever came second has the other's rows and its own twice.
	left, right := must[*SummaryCounts](t)(one.Counts()).Rows, must[*SummaryCounts](t)(other.Counts()).Rows
	if !(left == 192 && right == 320 || left == 256 && right == 192) {
		t.Error(left, right)
	}
	if err := one.Merge(one); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	strange := must[*Plan](t)(Load([]byte(strings.Replace(small, `"currency": "JPY"`, `"currency": "USD"`, 1))))
	close_(t, strange)
	stranger := must[*Summary](t)(strange.NewSummary())
	close_(t, stranger)
	if err := one.Merge(stranger); !errors.Is(err, ErrInvalidArgument) || !strings.Contains(err.Error(), "different models") {
		t.Error(err)
	}
}

func TestLabels(t *testing.T) {
	label := Label{"ja": "プラン", "en": "Plan"}
	if label.In("ja") != "プラン" || label.In("fr") != "Plan" || (Label{"ja": "x"}).In("en") != "x" || Label(nil).In("en") != "" {
		t.Error(label)
	}
}

// Every instruction set gives the same bits.
func TestInstructionSets(t *testing.T) {
	sets := InstructionSets()
	if len(sets) == 0 || sets[0] != "portable" {
		t.Fatal(sets)
	}
	score := func(set string) []float64 {
		t.Helper()
		plan := must[*Plan](t)(Compile([]byte(large()), CompileOptions{InstructionSet: set}))
		defer plan.Close()
		if set != "" && plan.InstructionSet() != set || set == "" && plan.InstructionSet() != sets[len(sets)-1] {
			t.Error(set, plan.InstructionSet())
		}
		batch := must[*Batch](t)(plan.NewBatch(777, nil))
		defer batch.Close()
		largeColumns(t, batch)
		scores := must[*Scores](t)(plan.Score(batch))
		defer scores.Close()
		return must[[]float64](t)(scores.CopyNumbers("overall"))
	}
	expected := score("")
	for _, set := range sets {
		sameBits(t, set, score(set), expected)
	}
	if _, err := Compile([]byte(small), CompileOptions{InstructionSet: "z80"}); !errors.Is(err, ErrUnsupported) {
		t.Error(err)
	}
	closed := must[*Plan](t)(Load([]byte(small)))
	closed.Close()
	if closed.InstructionSet() != "" {
		t.Error(closed.InstructionSet())
	}
}
