// Scores a folder of raw columns in Go: runtime_go IN OUT. See ../folder.py.
package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	aiueo "github.com/aiueo-health/aiueo/capi/go"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: runtime_go IN OUT")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func run(in, out string) error {
	text, err := os.ReadFile(filepath.Join(in, "rows"))
	if err != nil {
		return err
	}
	rows, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return err
	}
	plan, err := aiueo.LoadFile(filepath.Join(in, "model.json"))
	if err != nil {
		return err
	}
	defer plan.Close()
	initiatives, err := readInitiatives(plan, in)
	if err != nil {
		return err
	}
	batch, err := plan.NewBatch(rows, &aiueo.BatchOptions{Initiatives: initiatives})
	if err != nil {
		return err
	}
	defer batch.Close()
	if err := bindAll(batch, in, rows); err != nil {
		return err
	}
	scores, err := plan.NewScores(rows, &aiueo.ScoresOptions{Detail: true})
	if err != nil {
		return err
	}
	defer scores.Close()
	if err := plan.ScoreInto(batch, scores); err != nil {
		return err
	}
	return writeAll(scores, in, out)
}

// lines of a file, each split at tabs.
func lines(path string) (out [][]string, err error) {
	text, err := os.ReadFile(path)
	if err != nil || len(text) == 0 {
		return nil, err
	}
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		out = append(out, strings.Split(line, "\t"))
	}
	return out, nil
}

var types = map[string]aiueo.ColumnType{
	"float64": aiueo.TypeFloat64,
	"int64":   aiueo.TypeInt64,
	"bit":     aiueo.TypeBit,
	"date32":  aiueo.TypeDate32,
	"text32":  aiueo.TypeText32,
}

func bindAll(batch *aiueo.Batch, in string, rows int) error {
	columns, err := lines(filepath.Join(in, "columns.tsv"))
	if err != nil {
		return err
	}
	for number, column := range columns {
		file := func(ending string) string { return filepath.Join(in, fmt.Sprint(number)+ending) }
		kind, ok := types[column[0]]
		if !ok {
			return fmt.Errorf("%s is no type of a column", column[0])
		}
		data := aiueo.Data{Type: kind, Rows: rows}
		if data.Values, err = os.ReadFile(file(".values")); err != nil {
			return err
		}
		if data.Validity, err = os.ReadFile(file(".known")); errors.Is(err, fs.ErrNotExist) {
			data.Validity = nil
		} else if err != nil {
			return err
		}
		if kind == aiueo.TypeText32 {
			data.Text, data.Values = data.Values, nil
			if data.Offsets, err = os.ReadFile(file(".offsets")); err != nil {
				return err
			}
		}
		if err := batch.BindColumn(column[1], data); err != nil {
			return err
		}
	}
	return nil
}

func readInitiatives(plan *aiueo.Plan, in string) (*aiueo.Initiatives, error) {
	rows, err := lines(filepath.Join(in, "initiatives.tsv"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	out, err := plan.NewInitiatives()
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		one := aiueo.Initiative{Customer: row[0], Initiative: row[1]}
		for k, date := range []*aiueo.Date{&one.Date, &one.Attended, &one.Responded} {
			*date = aiueo.NoDate
			if text := row[2+k]; text != "" {
				day, err := strconv.Atoi(text)
				if err != nil {
					return nil, err
				}
				*date = aiueo.Date(day)
			}
		}
		if err := out.Add(one); err != nil {
			return nil, err
		}
	}
	return out, out.Finish()
}

func writeAll(scores *aiueo.Scores, in, out string) error {
	columns, err := lines(filepath.Join(in, "scores.tsv"))
	if err != nil {
		return err
	}
	for number, column := range columns {
		values, err := columnOf(scores, column[0], column[1])
		if err != nil {
			return err
		}
		var bits bytes.Buffer
		if err := binary.Write(&bits, binary.LittleEndian, values); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(out, fmt.Sprint(number)), bits.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func columnOf(scores *aiueo.Scores, kind, name string) (any, error) {
	switch kind {
	case "number":
		return scores.Numbers(name)
	case "count":
		return scores.Counts(name)
	case "flag": // insufficient: overall has no score
		flags := make([]bool, scores.Rows())
		for row, value := range scores.Overall() {
			flags[row] = math.IsNaN(value)
		}
		return flags, nil
	}
	levels, err := scores.Levels(name)
	if err != nil {
		return nil, err
	}
	codes := make([]int16, levels.Len())
	for row := range codes {
		codes[row] = int16(levels.Code(row))
	}
	return codes, nil
}
