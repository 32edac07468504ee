package aiueo

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const golden = "../../tests/golden"

// table is a table of text.
type table struct {
	names []string
	rows  [][]string
}

func readTable(t testing.TB, path string) table {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return table{all[0], all[1:]}
}

func (c table) column(k int) []string {
	out := make([]string, len(c.rows))
	for i, row := range c.rows {
		out[i] = row[k]
	}
	return out
}

// bindTo binds every column as text.
func (c table) bindTo(t testing.TB, batch *Batch) {
	t.Helper()
	for k, name := range c.names {
		ok(t, batch.BindTexts(name, c.column(k)))
	}
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	out, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func lines(t testing.TB, path string) []string {
	t.Helper()
	return strings.Split(strings.TrimSuffix(string(readFile(t, path)), "\n"), "\n")
}

func must[T any](t testing.TB) func(value T, err error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func close_(t testing.TB, closer interface{ Close() error }) {
	t.Cleanup(func() { ok(t, closer.Close()) })
}

// hex is a number as expected.csv writes it.
func hex(value float64) string {
	if math.IsNaN(value) {
		return ""
	}
	return fmt.Sprintf("%016x", math.Float64bits(value))
}

// written is a cell of the scores as expected.csv writes it.
func written(t *testing.T, s *Scores, name string) []string {
	t.Helper()
	out := make([]string, s.Rows())
	if name == "insufficient" {
		for row, value := range s.Overall() {
			out[row] = strconv.FormatBool(math.IsNaN(value))
		}
		return out
	}
	if numbers, err := s.Numbers(name); err == nil {
		for row, value := range numbers {
			out[row] = hex(value)
		}
		return out
	}
	if counts, err := s.Counts(name); err == nil {
		for row, value := range counts {
			out[row] = strconv.Itoa(int(value))
		}
		return out
	}
	return must[Levels](t)(s.Levels(name)).Copy()
}

func compare(t *testing.T, how string, s *Scores, expected table) {
	t.Helper()
	for k, name := range expected.names {
		if name == "customer" || name == "as_of" {
			continue
		}
		found := written(t, s, name)
		for row, wanted := range expected.column(k) {
			if found[row] != wanted {
				t.Errorf("%s: %s of row %d is %q, expected %q", how, name, row+1, found[row], wanted)
			}
		}
	}
}

func readInitiatives(t *testing.T, plan *Plan, path string) *Initiatives {
	if _, err := os.Stat(path); err != nil {
		return nil
	}
	out := must[*Initiatives](t)(plan.NewInitiatives())
	close_(t, out)
	for _, row := range readTable(t, path).rows {
		one := Initiative{Customer: row[0], Initiative: row[1]}
		for k, date := range []*Date{&one.Date, &one.Attended, &one.Responded} {
			*date = must[Date](t)(ParseDate(row[2+k]))
		}
		ok(t, out.Add(one))
	}
	ok(t, out.Finish())
	return out
}

// Every golden case of scores: text columns, columns of Go types, and rows one by one.
func TestGoldenScores(t *testing.T) {
	cases := lines(t, filepath.Join(golden, "scores", "cases.txt"))
	if len(cases) < 30 {
		t.Fatal("cases.txt lists too few cases")
	}
	typed, single := 0, 0
	for _, name := range cases {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(golden, "scores", name)
			plan := must[*Plan](t)(LoadFile(filepath.Join(folder, "model.json")))
			close_(t, plan)
			snapshots := readTable(t, filepath.Join(folder, "snapshots.csv"))
			expected := readTable(t, filepath.Join(folder, "expected.csv"))
			options := &BatchOptions{Initiatives: readInitiatives(t, plan, filepath.Join(folder, "initiatives.csv"))}
			rows := len(snapshots.rows)

			batch := must[*Batch](t)(plan.NewBatch(rows, options))
			close_(t, batch)
			snapshots.bindTo(t, batch)
			scores := must[*Scores](t)(plan.NewScores(rows, &ScoresOptions{Detail: true}))
			close_(t, scores)
			ok(t, plan.ScoreInto(batch, scores))
			compare(t, "texts", scores, expected)

			parts := must[*Scores](t)(plan.NewScores(rows, &ScoresOptions{Detail: true}))
			close_(t, parts)
			ok(t, plan.ScoreParallel(batch, parts, 3))
			compare(t, "parts", parts, expected)

			if batch := typedBatch(t, plan, snapshots, options); batch != nil {
				typed++
				ok(t, plan.ScoreInto(batch, scores))
				compare(t, "typed", scores, expected)
			}
			single += oneByOne(t, plan, snapshots, expected, options)
		})
	}
	if typed < len(cases)/2 || single < 100 {
		t.Errorf("%d cases as typed columns, %d rows one by one: too few", typed, single)
	}
}

// kinds of the metrics that a table gives.
func metricTypes(t *testing.T, plan *Plan) map[string]string {
	out := map[string]string{}
	for _, one := range must[*Description](t)(plan.Describe()).Metrics {
		if one.From == "column" {
			out[one.Name] = one.Type
		}
	}
	return out
}

// typedBatch is the table in columns of Go types; nil if a cell is none of its metric's type.
func typedBatch(t *testing.T, plan *Plan, from table, options *BatchOptions) *Batch {
	batch := must[*Batch](t)(plan.NewBatch(len(from.rows), options))
	close_(t, batch)
	types := metricTypes(t, plan)
	for k, name := range from.names {
		texts := from.column(k)
		known := make([]bool, len(texts))
		for row, text := range texts {
			known[row] = text != ""
		}
		kind := types[name]
		if strings.HasSuffix(name, "@") || name == "as_of" {
			kind = "date"
		}
		switch kind {
		case "number", "money":
			values := make([]float64, len(texts))
			for row, text := range texts {
				var err error
				if values[row], err = strconv.ParseFloat(text, 64); err != nil && known[row] {
					return nil
				}
			}
			ok(t, Bind(batch, name, values, known))
		case "flag":
			column := must[Column[bool]](t)(Bool(batch, name))
			for row, text := range texts {
				value, err := strconv.ParseBool(text)
				if err != nil && known[row] {
					return nil
				}
				if known[row] {
					column.Set(row, value)
				}
			}
		case "date":
			values := make([]Date, len(texts))
			for row, text := range texts {
				var err error
				if values[row], err = ParseDate(text); err != nil {
					return nil
				}
			}
			ok(t, Bind(batch, name, values, nil))
		case "category":
			ok(t, batch.BindCategories(name, texts))
		default:
			ok(t, batch.BindTexts(name, texts))
		}
	}
	return batch
}

// oneByOne scores what rows it can as rows, and says how many.
func oneByOne(t *testing.T, plan *Plan, from, expected table, options *BatchOptions) int {
	row := must[*Row](t)(plan.NewRow(&RowOptions{Initiatives: options.Initiatives, Detail: true}))
	defer row.Close()
	types := metricTypes(t, plan)
	scored := 0
next:
	for i, cells := range from.rows {
		row.Reset()
		for k, name := range from.names {
			text := cells[k]
			var value any = text
			switch types[name] {
			case "number", "money":
				number, err := strconv.ParseFloat(text, 64)
				if text == "" {
					number = math.NaN()
				} else if err != nil {
					continue next
				}
				value = number
			case "flag":
				value = nil
				if flag, err := strconv.ParseBool(text); err == nil {
					value = flag
				} else if text != "" {
					continue next
				}
			case "":
				switch {
				case name == "customer":
					ok(t, row.SetCustomer(text))
					continue
				case name == "as_of":
					date, err := ParseDate(text)
					if err != nil || date == NoDate {
						continue next
					}
					ok(t, row.SetAsOf(date))
					continue
				case !strings.HasSuffix(name, "@"):
					continue
				}
			}
			if err := row.Set(name, value); errors.Is(err, ErrBadValue) {
				continue next
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if err := row.Score(); err != nil {
			t.Fatal(err)
		}
		scored++
		for k, name := range expected.names {
			found := ""
			switch c := row.columns[name]; {
			case name == "customer" || name == "as_of":
				continue
			case name == "insufficient":
				found = strconv.FormatBool(math.IsNaN(row.Overall()))
			case c.number != nil:
				found = hex(row.Number(name))
			case c.count != nil:
				found = strconv.Itoa(int(row.Number(name)))
			default:
				found = row.Level(name)
			}
			if found != expected.rows[i][k] {
				t.Errorf("row alone: %s of row %d is %q, expected %q", name, i+1, found, expected.rows[i][k])
			}
		}
	}
	return scored
}

// Every golden condition: as a derived metric, seen by a custom scorer, and as a rung.
func TestGoldenConditions(t *testing.T) {
	rows := readTable(t, filepath.Join(golden, "conditions_rows.csv"))
	model := string(readFile(t, filepath.Join(golden, "conditions_model.json")))
	all := lines(t, filepath.Join(golden, "conditions.tsv"))
	if len(all) < 900 {
		t.Fatal("too few conditions")
	}
	const atOnce = 16
	for from := 0; from < len(all); from += atOnce {
		conditions(t, model, rows, all[from:min(from+atOnce, len(all))])
	}
}

func conditions(t *testing.T, model string, rows table, some []string) {
	t.Helper()
	var derived, inputs, ladders []string
	for i, line := range some {
		fields := strings.Split(line, "\t")
		source := `"` + strings.ReplaceAll(strings.ReplaceAll(fields[0], `\`, `\\`), `"`, `\"`) + `"`
		derived = append(derived, fmt.Sprintf(`"v%d": {"derive": %s}, `, i, source))
		inputs = append(inputs, fmt.Sprintf(`"v%d"`, i))
		if fields[1] == "flag" {
			ladders = append(ladders, fmt.Sprintf(`"q%d": [{"name": "F"}, {"name": "T", "when": %s}]`, i, source))
		}
	}
	model = strings.Replace(model, `"metrics": {`, `"metrics": {`+strings.Join(derived, ""), 1)
	model = strings.Replace(model, `"axes": {`, `"ladders": {`+strings.Join(ladders, ", ")+
		`}, "axes": {"E": {"components": {"probe": {"scorer": "probe", "metrics": [`+strings.Join(inputs, ", ")+`]}}}, `, 1)
	var seen [][]float64
	plan := must[*Plan](t)(Compile([]byte(model), CompileOptions{Scorers: []Scorer{{Name: "probe",
		Chunk: func(c *ScorerCall) error {
			seen = nil
			for _, column := range c.Inputs {
				seen = append(seen, append([]float64(nil), column...))
			}
			return nil
		}}}}))
	defer plan.Close()
	batch := must[*Batch](t)(plan.NewBatch(len(rows.rows), nil))
	defer batch.Close()
	for k, name := range rows.names {
		ok(t, batch.BindTexts(name, rows.column(k)))
	}
	scores := must[*Scores](t)(plan.Score(batch))
	defer scores.Close()
	for i, line := range some {
		fields := strings.Split(line, "\t")
		for row, wanted := range fields[2:] {
			value := seen[i][row]
			found := fmt.Sprintf("%016x", math.Float64bits(value))
			switch {
			case math.IsNaN(value):
				found = "U"
			case fields[1] == "flag":
				found = map[float64]string{0: "F", 1: "T"}[value]
			}
			if found != wanted {
				t.Errorf("%s of row %d is %s, expected %s", fields[0], row+1, found, wanted)
			}
			if fields[1] != "flag" {
				continue
			}
			rung := must[Levels](t)(scores.Levels(fmt.Sprintf("q%d", i))).At(row)
			if rung == "F" && must[Levels](t)(scores.Levels(fmt.Sprintf("q%d_provisional", i))).At(row) == "T" {
				rung = "U"
			}
			if rung != wanted {
				t.Errorf("%s of row %d as a rung is %s, expected %s", fields[0], row+1, rung, wanted)
			}
		}
	}
}

// Every malformed model has its place and its words.
func TestGoldenErrors(t *testing.T) {
	folder := filepath.Join(golden, "errors")
	all := lines(t, filepath.Join(folder, "expected.tsv"))
	if len(all) < 80 {
		t.Fatal("too few malformed models")
	}
	for _, line := range all[1:] {
		fields := strings.Split(line, "\t")
		model := readFile(t, filepath.Join(folder, fields[0]))
		report := must[*Report](t)(Check(model, fields[0]))
		if len(report.Problems) == 0 {
			t.Errorf("%s has no problems", fields[0])
			continue
		}
		first := report.Problems[0]
		code, path := first.Code, first.Path
		if first.Level == "warning" {
			code = "warning"
		}
		if path != "" {
			path += " "
		}
		found := fmt.Sprintf("%s\t%d\t%d\t%s\t%s", fields[0], first.Line, first.Column, code, path+first.Message)
		if found != line {
			t.Errorf("found    %s\nexpected %s", found, line)
		}
		plan, err := Compile(model, CompileOptions{File: fields[0]})
		if (err == nil) != report.Usable {
			t.Errorf("%s: usable is %v, loading says %v", fields[0], report.Usable, err)
		}
		if err == nil {
			plan.Close()
			continue
		}
		var known *Error
		if !errors.As(err, &known) || len(known.Problems) == 0 || !strings.HasSuffix(err.Error(), known.Problems[0].Text) &&
			first.Level == "error" {
			t.Errorf("%s: the error %q has %d problems", fields[0], err, len(known.Problems))
		}
	}
}

// A state that was counted in C++, by tests/golden/golden_state.cpp.
func TestGoldenState(t *testing.T) {
	plan, err := LoadFile(filepath.Join(golden, "state", "model.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer plan.Close()
	wanted := readFile(t, filepath.Join(golden, "state", "counted.state"))
	seen, err := plan.ReadEvidence(wanted, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer seen.Close()
	found, err := seen.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(found, wanted) {
		t.Errorf("%d bytes were read, and %d others written", len(wanted), len(found))
	}
}
