package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"strconv"

	aiueo "github.com/aiueo-health/aiueo/capi/go"
)

// table is an upload in columns of text: the core knows the metrics' types and names row and column
// of what it cannot read.
type table struct {
	names   []string
	columns [][]string
	rows    int
}

// batch answers POST /batch: many customers, as CSV or JSON lines; scores come back in the same
// format.
func (s *service) batch(w http.ResponseWriter, r *http.Request) {
	format, err := formatOf(r)
	if err != nil {
		refuse(w, err)
		return
	}
	body := http.MaxBytesReader(w, r.Body, mostOfBatch)
	var in *table
	if format == "csv" {
		in, err = readCSV(body)
	} else {
		in, err = readLines(body)
	}
	if err != nil {
		refuse(w, err)
		return
	}
	if err := s.scoreTable(w, in, format); err != nil {
		refuse(w, err)
	}
}

func (s *service) scoreTable(w http.ResponseWriter, in *table, format string) error {
	m := s.engine.use()
	defer m.done()
	batch, err := m.plan.NewBatch(in.rows, nil)
	if err != nil {
		return err
	}
	defer batch.Close()
	for k, name := range in.names {
		if err := batch.BindTexts(name, in.columns[k]); err != nil && !m.ignores(name, err) {
			return err
		}
	}
	if err := batch.CheckRows(); err != nil {
		return err
	}
	scores, err := m.plan.Score(batch)
	if err != nil {
		return err
	}
	defer scores.Close()
	out, err := columnsOf(m, in, scores)
	if err != nil {
		return err
	}
	if format == "csv" {
		writeCSV(w, out)
	} else {
		writeLines(w, out)
	}
	return nil
}

// ignores says whether a column that could not be bound is none of the model's business.
func (m *model) ignores(name string, err error) bool {
	if !errors.Is(err, aiueo.ErrNotFound) {
		return false
	}
	for _, one := range m.description.Metrics {
		if one.Name == name || one.Name+"@" == name {
			return false
		}
	}
	return true
}

func readCSV(from io.Reader) (*table, error) {
	reader := csv.NewReader(bufio.NewReader(from))
	reader.ReuseRecord = true
	out := &table{}
	for {
		record, err := reader.Read()
		var large *http.MaxBytesError
		switch {
		case err == io.EOF && out.names != nil:
			return out, nil
		case err == io.EOF:
			return nil, bad("the CSV is empty; its first line has the names of the columns")
		case errors.As(err, &large):
			return nil, err
		case err != nil:
			return nil, bad("the CSV cannot be read: %v", err)
		case out.names == nil:
			out.names = append(out.names, record...)
			out.columns = make([][]string, len(record))
		default:
			for k, cell := range record {
				out.columns[k] = append(out.columns[k], cell)
			}
			out.rows++
		}
	}
}

// readLines reads a customer a line, as POST /score takes it.
func readLines(from io.Reader) (*table, error) {
	out := &table{names: []string{"customer", "as_of"}, columns: make([][]string, 2)}
	at := map[string]int{}
	decoder := json.NewDecoder(from)
	decoder.DisallowUnknownFields()
	decoder.UseNumber()
	for {
		one := customer{AsOf: aiueo.NoDate}
		err := decoder.Decode(&one)
		var large *http.MaxBytesError
		switch {
		case err == io.EOF:
			return out, nil
		case errors.As(err, &large):
			return nil, err
		case err != nil:
			return nil, bad("customer %d cannot be read: %v", out.rows+1, err)
		}
		out.columns[0] = append(out.columns[0], one.Customer)
		out.columns[1] = append(out.columns[1], one.AsOf.String())
		for name, value := range one.Metrics {
			text, err := textOf(value)
			if err != nil {
				return nil, bad("customer %d, metric %q: %v", out.rows+1, name, err)
			}
			k, ok := at[name]
			if !ok {
				k = len(out.names)
				at[name] = k
				out.names = append(out.names, name)
				out.columns = append(out.columns, nil)
			}
			for len(out.columns[k]) < out.rows {
				out.columns[k] = append(out.columns[k], "")
			}
			out.columns[k] = append(out.columns[k], text)
		}
		out.rows++
		for k := range out.columns {
			if len(out.columns[k]) < out.rows {
				out.columns[k] = append(out.columns[k], "")
			}
		}
	}
}

func textOf(value any) (string, error) {
	switch value := value.(type) {
	case nil:
		return "", nil
	case string:
		return value, nil
	case bool:
		return strconv.FormatBool(value), nil
	case json.Number:
		return value.String(), nil
	}
	return "", errors.New("it is neither a number, a text, true, false nor null")
}

// column is a column of the scores table: numbers, or texts.
type column struct {
	name    string
	numbers []float64
	texts   []string
	flags   []bool
}

func columnsOf(m *model, in *table, scores *aiueo.Scores) ([]column, error) {
	var out []column
	for _, one := range m.description.Columns {
		made := column{name: one.Name}
		switch one.Type {
		case "text", "date":
			for k, name := range in.names {
				if name == one.Name {
					made.texts = in.columns[k]
				}
			}
		case "flag":
			for _, overall := range scores.Overall() {
				made.flags = append(made.flags, math.IsNaN(overall))
			}
		case "level":
			levels, err := scores.Levels(one.Name)
			if err != nil {
				return nil, err
			}
			made.texts = levels.Copy()
		default:
			numbers, err := scores.Numbers(one.Name)
			if err != nil {
				return nil, err
			}
			made.numbers = numbers
		}
		out = append(out, made)
	}
	return out, nil
}

// cell is a value of a column: nil where there is none.
func (c *column) cell(row int) any {
	switch {
	case c.numbers != nil:
		if math.IsNaN(c.numbers[row]) {
			return nil
		}
		return c.numbers[row]
	case c.flags != nil:
		return c.flags[row]
	case c.texts != nil && c.texts[row] != "":
		return c.texts[row]
	}
	return nil
}

func (c *column) length() int { return max(len(c.numbers), len(c.texts), len(c.flags)) }

func rowsOf(columns []column) (rows int) {
	for i := range columns {
		rows = max(rows, columns[i].length())
	}
	return rows
}

func writeCSV(w http.ResponseWriter, columns []column) {
	w.Header().Set("Content-Type", "text/csv")
	out := csv.NewWriter(w)
	record := make([]string, len(columns))
	for k, one := range columns {
		record[k] = one.name
	}
	out.Write(record)
	for row := 0; row < rowsOf(columns); row++ {
		for k := range columns {
			switch value := columns[k].cell(row).(type) {
			case nil:
				record[k] = ""
			case float64:
				record[k] = strconv.FormatFloat(value, 'f', -1, 64)
			case bool:
				record[k] = strconv.FormatBool(value)
			case string:
				record[k] = value
			}
		}
		out.Write(record)
	}
	out.Flush()
}

func writeLines(w http.ResponseWriter, columns []column) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	buffered := bufio.NewWriter(w)
	out := json.NewEncoder(buffered)
	for row := 0; row < rowsOf(columns); row++ {
		line := make(map[string]any, len(columns))
		for k := range columns {
			line[columns[k].name] = columns[k].cell(row)
		}
		out.Encode(line)
	}
	buffered.Flush()
}
