// Scores a folder of raw columns in Go, counts evidence where it has contracts, makes its lists:
// runtime_go IN OUT.
// See ../folder.py.
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
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
	contracts, err := readContracts(plan, in)
	if err != nil {
		return err
	}
	initiatives, err := readInitiatives(plan, in, contracts != nil)
	if err != nil {
		return err
	}
	batch, err := plan.NewBatch(rows, &aiueo.BatchOptions{Initiatives: initiatives, AllMetrics: contracts != nil})
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
	if err := errors.Join(writeAll(scores, in, out), act(plan, rows, in, out)); err != nil || contracts == nil {
		return err
	}
	state, err := evidenceOf(plan, batch, rows, contracts, initiatives, in)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "state"), state, 0o644)
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

// readInitiatives keeps all rows, for evidence, or what the model counts.
func readInitiatives(plan *aiueo.Plan, in string, all bool) (*aiueo.Initiatives, error) {
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
	if all {
		if err := out.KeepAll(); err != nil {
			return nil, err
		}
	}
	for _, row := range rows {
		one := aiueo.Initiative{Customer: row[0], Initiative: row[1]}
		for k, date := range []*aiueo.Date{&one.Date, &one.Attended, &one.Responded} {
			day, err := number(row[2+k], int64(aiueo.NoDate))
			if err != nil {
				return nil, err
			}
			*date = aiueo.Date(day)
		}
		if err := out.Add(one); err != nil {
			return nil, err
		}
	}
	return out, out.Finish()
}

// number is that of a cell; what is empty is none.
func number(text string, none int64) (int64, error) {
	if text == "" {
		return none, nil
	}
	return strconv.ParseInt(text, 10, 64)
}

// numbers are those of cells that are dates, outcomes and kinds, and of the last ones, which are money.
func numbers(cells []string, money int) (out []int64, err error) {
	for k, text := range cells {
		none := int64(aiueo.NoDate)
		if k >= len(cells)-money {
			none = aiueo.NoMoney
		}
		value, err := number(text, none)
		if err != nil {
			return nil, err
		}
		out = append(out, value)
	}
	return out, nil
}

// readContracts is nil where there are none. Each line: customer, start, end, outcome, kind, MRR
// before and after.
func readContracts(plan *aiueo.Plan, in string) (*aiueo.Contracts, error) {
	rows, err := lines(filepath.Join(in, "contracts.tsv"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	out, err := plan.NewContracts()
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		is, err := numbers(row[1:], 2)
		if err != nil {
			return nil, err
		}
		if err := out.Add(aiueo.Contract{Customer: row[0], Start: aiueo.Date(is[0]), End: aiueo.Date(is[1]),
			Outcome: aiueo.ContractOutcome(is[2]), Kind: aiueo.ContractKind(is[3]), MRRBefore: is[4],
			MRRAfter: is[5]}); err != nil {
			return nil, err
		}
	}
	return out, out.Finish()
}

// readLedger reads lines of customer, start, end and MRR.
func readLedger(plan *aiueo.Plan, in string) (*aiueo.Ledger, error) {
	rows, err := lines(filepath.Join(in, "ledger.tsv"))
	if err != nil {
		return nil, err
	}
	out, err := plan.NewLedger()
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		is, err := numbers(row[1:], 1)
		if err != nil {
			return nil, err
		}
		if err := out.Add(aiueo.LedgerRow{Customer: row[0], Start: aiueo.Date(is[0]), End: aiueo.Date(is[1]),
			MRR: is[2]}); err != nil {
			return nil, err
		}
	}
	return out, out.Finish()
}

// evidenceOf is the state of all rows' evidence, with what customers paid until the batch's latest day.
func evidenceOf(plan *aiueo.Plan, batch *aiueo.Batch, rows int, contracts *aiueo.Contracts,
	initiatives *aiueo.Initiatives, in string) ([]byte, error) {
	ledger, err := readLedger(plan, in)
	if err != nil {
		return nil, err
	}
	until, err := batch.LatestAsOf()
	if err != nil {
		return nil, err
	}
	scores, err := plan.NewScores(rows, &aiueo.ScoresOptions{Detail: true, NoOverrides: true})
	if err != nil {
		return nil, err
	}
	defer scores.Close()
	seen, err := plan.NewEvidence(nil)
	if err != nil {
		return nil, err
	}
	defer seen.Close()
	known := aiueo.Histories{Contracts: contracts, Initiatives: initiatives, Ledger: ledger, DataUntil: until}
	if err := plan.ScoreInto(batch, scores); err != nil {
		return nil, err
	}
	if err := seen.UpdateFrom(batch, scores, known); err != nil {
		return nil, err
	}
	if err := seen.CountUnseen(known); err != nil {
		return nil, err
	}
	return seen.Bytes()
}

// act writes head and rows of each line of actions.tsv: action, condition, options.
func act(plan *aiueo.Plan, rows int, in, out string) error {
	wanted, err := lines(filepath.Join(in, "actions.tsv"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	names := strings.Join(aiueo.Actions(), "\n") + "\n"
	if err := os.WriteFile(filepath.Join(out, "actions"), []byte(names), 0o644); err != nil {
		return err
	}
	for _, one := range wanted {
		acting, err := plan.ForActions(one[1])
		if err != nil {
			return err
		}
		defer acting.Close()
		initiatives, err := readInitiatives(acting, in, true)
		if err != nil {
			return err
		}
		batch, err := acting.NewBatch(rows, &aiueo.BatchOptions{Initiatives: initiatives, AllMetrics: true})
		if err != nil {
			return err
		}
		defer batch.Close()
		if err := bindAll(batch, in, rows); err != nil {
			return err
		}
		list, err := acting.Act(one[0], batch, nil, json.RawMessage(one[2]))
		if err != nil {
			return err
		}
		defer list.Close()
		all, err := list.RowsJSON(0, list.Len())
		if err != nil {
			return err
		}
		text := append(append(append([]byte{}, list.Head().Raw...), '\n'), all...)
		if err := os.WriteFile(filepath.Join(out, one[0]+".json"), text, 0o644); err != nil {
			return err
		}
	}
	return nil
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
