package aiueo

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestSealedAgreement(t *testing.T) {
	noneLiving(t)
	plan := smallPlan(t)
	const customers = 12
	batch, scores, contracts := smallHistory(t, plan, 0, customers)
	sealed := must[*SealedAgreement](t)(SealAgreement(batch, scores, NoDate))
	if len(sealed.Sheet) != customers || sealed.Sheet[0].Customer != "c-0" || sealed.Sheet[0].AsOf != today.String() {
		t.Errorf("%+v", sealed.Sheet)
	}
	again := must[*SealedAgreement](t)(SealAgreement(batch, scores, today))
	if string(again.Seal) == string(sealed.Seal) {
		t.Error("the nonce is the same")
	}
	ranked := func(n int, day Date) *Ranks {
		out := must[*Ranks](t)(plan.NewRanks())
		close_(t, out)
		for i := 0; i < n; i++ {
			ok(t, out.Add(Rank{fmt.Sprintf("c-%d", i), day, "A", "mika"}))
		}
		ok(t, out.Finish())
		return out
	}
	opened := must[*AgreementOpening](t)(OpenAgreement(batch, scores, ranked(customers, today+1), contracts, sealed.Seal))
	if opened.Ranks != customers || opened.Customers != customers || opened.AsOf != today.String() ||
		!strings.Contains(string(opened.Agreement), `"study":"agreement"`) || opened.Surprises == nil {
		t.Errorf("%+v", opened)
	}
	for _, one := range opened.Disagreements {
		if one.Rank != "A" || *one.By != "mika" || one.Stage == "" {
			t.Errorf("%+v", one)
		}
	}
	without := must[*AgreementOpening](t)(OpenAgreement(batch, scores, ranked(customers, today), nil, sealed.Seal))
	if without.Surprises != nil {
		t.Errorf("%+v", without.Surprises)
	}
	for what, refused := range map[string]struct {
		ranks *Ranks
		seal  string
		want  error
	}{
		"customers have no rank yet: c-11": {ranked(customers-1, today), string(sealed.Seal), ErrInvalidState},
		"is not on the sheet":              {ranked(customers+1, today), string(sealed.Seal), ErrBadValue},
		"before the seal":                  {ranked(customers, today-1), string(sealed.Seal), ErrBadValue},
		"not a seal":                       {ranked(customers, today), "{}", ErrBadValue},
		"not the stages that were sealed": {ranked(customers, today), strings.Replace(string(sealed.Seal), `"nonce":"`, `"nonce":"0`, 1),
			ErrInvalidArgument},
	} {
		_, err := OpenAgreement(batch, scores, refused.ranks, contracts, []byte(refused.seal))
		if !errors.Is(err, refused.want) || !strings.Contains(err.Error(), what) {
			t.Error(what, err)
		}
	}
	overridden := must[*Scores](t)(plan.Score(batch))
	close_(t, overridden)
	if _, err := SealAgreement(batch, overridden, today); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	ok(t, scores.Close())
	if _, err := SealAgreement(batch, scores, today); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

func TestAgreement(t *testing.T) {
	plan := smallPlan(t)
	seen := must[*Evidence](t)(plan.NewEvidence(nil))
	close_(t, seen)
	batch, scores, contracts := smallHistory(t, plan, 0, 40)
	ok(t, seen.UpdateFrom(batch, scores, Histories{Contracts: contracts, Ranks: smallRanks(t, plan)}))
	found := must[*Agreement](t)(seen.Agreement(AgreementOptions{}))
	counts := must[*EvidenceCounts](t)(seen.Counts())
	if found.N != 2 || counts.RanksSeen != 2 || counts.RanksUnseen != 1 || counts.CustomersRanked != 1 || found.EachOnce {
		t.Errorf("%+v %+v", found, counts)
	}
	if found.Study != "agreement" || found.Sentence.In("en") == "" || len(found.Members) != 2 || len(found.Corners) != 4 {
		t.Errorf("%+v", found)
	}
	one := must[*Agreement](t)(seen.Agreement(AgreementOptions{Member: "mika"}))
	if one.N != 1 || !one.EachOnce || *one.Members[0].By != "mika" {
		t.Errorf("%+v", one)
	}
	if _, err := seen.Agreement(AgreementOptions{FirstMonth: "spring"}); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
}
