package aiueo

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aiueo-health/aiueo/capi/go/internal/arrowc"
)

// smallLedger has what the customers begin … end−1 of [smallHistory] pay, and others do.
func smallLedger(t testing.TB, plan *Plan, begin, end int, others ...string) *Ledger {
	out := must[*Ledger](t)(plan.NewLedger())
	close_(t, out)
	for i := begin; i < end; i++ {
		ok(t, out.Add(LedgerRow{fmt.Sprintf("c-%d", i), today - 270, today + 95, int64(100 + i)}))
		if i%2 == 0 {
			ok(t, out.Add(LedgerRow{fmt.Sprintf("c-%d", i), today - 100, NoDate, 7}))
		}
	}
	for _, key := range others {
		ok(t, out.Add(LedgerRow{key, today - 400, today - 50, 900}))
	}
	ok(t, out.Finish())
	return out
}

func TestLedger(t *testing.T) {
	noneLiving(t)
	plan := smallPlan(t)
	finished := smallLedger(t, plan, 0, 3)
	if err := finished.Add(LedgerRow{"c-1", today, NoDate, 1}); !errors.Is(err, ErrInvalidState) {
		t.Error(err)
	}
	wrong := must[*Ledger](t)(plan.NewLedger())
	close_(t, wrong)
	for what, row := range map[string]LedgerRow{
		"customer":                {"", today, NoDate, 1},
		"every row has a start":   {"c-1", NoDate, today, 1},
		"not later than":          {"c-1", today, today, 1},
		"every row has an MRR":    {"c-1", today, NoDate, NoMoney},
		"an MRR is 0 or more":     {"c-1", today, NoDate, -1},
		"less than 2^48 minor":    {"c-1", today, NoDate, 1 << 48},
		"not UTF-8; save the tab": {"\xff", today, NoDate, 1},
	} {
		if err := wrong.Add(row); !errors.Is(err, ErrBadValue) || !strings.Contains(err.Error(), what) {
			t.Error(what, err)
		}
	}
	stream := func(last string) *arrowc.Stream {
		return arrowc.BuildStream(arrowc.Table{Names: []string{"customer", "start", "end", "mrr"},
			Rows: [][]string{{"c-1", today.String(), "", "12"}, {"c-2", today.String(), (today + 1).String(), last}}}, 1, false)
	}
	bad := stream("many")
	defer bad.Free()
	if err := wrong.AddStream(bad.Pointer()); !errors.Is(err, ErrBadValue) || !strings.Contains(err.Error(), "ledger, row 2") {
		t.Error(err)
	}
	good := stream("5")
	defer good.Free()
	ok(t, wrong.AddStream(good.Pointer()))
	if err := wrong.AddStream(nil); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	ok(t, wrong.Finish())
	if err := wrong.Finish(); !errors.Is(err, ErrInvalidState) {
		t.Error(err)
	}
	closed := stream("5")
	defer closed.Free()
	wrong.Close()
	if err := wrong.AddStream(closed.Pointer()); err != ErrClosed {
		t.Error(err)
	}
}

func TestLatestAsOf(t *testing.T) {
	plan := smallPlan(t)
	batch, _, _ := smallHistory(t, plan, 0, 12)
	if day := must[Date](t)(batch.LatestAsOf()); day != today {
		t.Error(day)
	}
	undated := must[*Batch](t)(plan.NewBatch(2, nil))
	if day, err := undated.LatestAsOf(); !errors.Is(err, ErrNotFound) || day != NoDate {
		t.Error(day, err)
	}
	ok(t, undated.SetAsOf(today-9))
	if day := must[Date](t)(undated.LatestAsOf()); day != today-9 {
		t.Error(day)
	}
	undated.Close()
	if _, err := undated.LatestAsOf(); err != ErrClosed {
		t.Error(err)
	}
}

func TestMoneyOverTime(t *testing.T) {
	plan := smallPlan(t)
	counted := func(begin, end int, unseen bool, others ...string) *Evidence {
		batch, scores, contracts := smallHistory(t, plan, begin, end)
		known := Histories{Contracts: contracts, Ledger: smallLedger(t, plan, begin, end, others...), DataUntil: today}
		out := must[*Evidence](t)(plan.NewEvidence(nil))
		close_(t, out)
		ok(t, out.UpdateFrom(batch, scores, known))
		if unseen {
			ok(t, out.CountUnseen(known))
			once := state(t, out)
			ok(t, out.CountUnseen(known)) // nothing is counted twice
			if !bytes.Equal(state(t, out), once) {
				t.Error("counted twice")
			}
		}
		return out
	}
	whole := counted(0, 60, true, "x", "y")
	counts := must[*EvidenceCounts](t)(whole.Counts())
	if counts.Customers != 60 || counts.Payers != 62 || counts.PayersUnseen != 2 {
		t.Errorf("%+v", counts)
	}
	if counts := must[*EvidenceCounts](t)(counted(0, 60, false, "x", "y").Counts()); counts.Payers != 60 ||
		counts.PayersUnseen != 0 {
		t.Errorf("%+v", counts)
	}

	// In parts, each with the rows of its own customers.
	parts := counted(30, 60, true, "y")
	ok(t, parts.Merge(counted(0, 30, true, "x")))
	if !bytes.Equal(state(t, parts), state(t, whole)) {
		t.Error("parts are not the whole")
	}

	// Without a ledger the contracts tell, without a date nothing does.
	batch, scores, contracts := smallHistory(t, plan, 0, 12)
	ledger := smallLedger(t, plan, 0, 12)
	update := func(known Histories) (*EvidenceCounts, error) {
		seen := must[*Evidence](t)(plan.NewEvidence(nil))
		defer seen.Close()
		err := seen.UpdateFrom(batch, scores, known)
		return must[*EvidenceCounts](t)(seen.Counts()), err
	}
	for payers, known := range map[int64]Histories{
		0:  {Contracts: contracts, DataUntil: NoDate},
		12: {Contracts: contracts, DataUntil: today},
	} {
		if counts, err := update(known); err != nil || counts.Payers != payers {
			t.Errorf("%+v %v", counts, err)
		}
	}
	unfinished := must[*Ledger](t)(plan.NewLedger())
	close_(t, unfinished)
	dollars := must[*Plan](t)(Load(bytes.Replace([]byte(small), []byte("JPY"), []byte("USD"), 1)))
	close_(t, dollars)
	for what, one := range map[string]struct {
		known Histories
		code  error
	}{
		"data_until":          {Histories{Contracts: contracts, Ledger: ledger}, ErrInvalidArgument},
		"aiueo_ledger_finish": {Histories{Contracts: contracts, Ledger: unfinished, DataUntil: today}, ErrInvalidState},
		"digits after the point": {Histories{Contracts: contracts, Ledger: smallLedger(t, dollars, 0, 1), DataUntil: today},
			ErrInvalidArgument},
	} {
		seen := must[*Evidence](t)(plan.NewEvidence(nil))
		close_(t, seen)
		for _, err := range []error{seen.UpdateFrom(batch, scores, one.known), seen.CountUnseen(one.known)} {
			if !errors.Is(err, one.code) || !strings.Contains(err.Error(), what) {
				t.Error(what, err)
			}
		}
	}
	seen := must[*Evidence](t)(plan.NewEvidence(nil))
	close_(t, seen)
	if err := seen.CountUnseen(Histories{Contracts: contracts}); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	ledger.Close()
	if err := seen.CountUnseen(Histories{Contracts: contracts, Ledger: ledger, DataUntil: today}); err != ErrClosed {
		t.Error(err)
	}
}
