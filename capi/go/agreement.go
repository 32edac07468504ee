package aiueo

// #include "shim.h"
import "C"

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
)

// SealedAgreement is what members rank before anyone knows the stages.
type SealedAgreement struct {
	Seal  json.RawMessage `json:"seal"`  // keep it: one digest of all stages, see [OpenAgreement]
	Sheet []SheetRow      `json:"sheet"` // for the members to fill in
}

// SheetRow is a customer to be ranked.
type SheetRow struct {
	Customer string `json:"customer"`
	AsOf     string `json:"as_of"` // "2026-11-21"; ranks are of that day or later
}

// AgreementOpening is how ranks and stages agree, once all ranks are given.
type AgreementOpening struct {
	AsOf          string          `json:"as_of"`
	Customers     int64           `json:"customers"`
	Ranks         int64           `json:"ranks"`
	Agreement     json.RawMessage `json:"agreement"`     // the finding of the study "agreement"
	Disagreements []OpenedRank    `json:"disagreements"` // the furthest apart first
	Surprises     []OpenedRank    `json:"surprises"`     // ranked high, at a low stage, ending soon; nil without contracts
}

// OpenedRank is a member's rank beside the stage.
type OpenedRank struct {
	Customer  string  `json:"customer"`
	Rank      string  `json:"rank"`
	By        *string `json:"by"` // nil: nobody named
	Stage     string  `json:"stage"`
	End       *string `json:"end"` // of the contract that ends within 90 days; nil: none
	DaysToEnd *int    `json:"days_to_end"`
	Outcome   *string `json:"outcome"` // "kept", "lost", "open"
}

// SealAgreement seals the stages of all customers with a snapshot in the 31 days up to asOf
// ([NoDate]: the latest snapshot). scores are those of the batch without overrides, see
// [ScoresOptions]. The seal's random part comes from crypto/rand.
func SealAgreement(batch *Batch, scores *Scores, asOf Date) (*SealedAgreement, error) {
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		return nil, err
	}
	nonce := fmt.Appendf(nil, "%x", random)
	uses := []*handle{&batch.handle, &scores.handle}
	for _, one := range uses {
		if err := one.acquire(); err != nil {
			return nil, err
		}
		defer one.release()
	}
	out, err := text(func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t {
		return C.aiueo_agreement_seal(batch.c, scores.c, C.int32_t(asOf), bytePointer(nonce), C.size_t(len(nonce)), buffer,
			capacity, needed, &k.c.error)
	})
	if err != nil {
		return nil, err
	}
	return decode[SealedAgreement](out)
}

// OpenAgreement opens a seal with the members' ranks, finished and all given on the seal's day or
// later. batch and scores hold the snapshots as they were sealed; contracts may be nil.
// ErrInvalidState while ranks are missing, ErrInvalidArgument for a model or stages that are not
// those that were sealed, ErrBadValue for what is no seal and for ranks of others or from before.
func OpenAgreement(batch *Batch, scores *Scores, ranks *Ranks, contracts *Contracts, seal []byte) (*AgreementOpening, error) {
	uses := []*handle{&batch.handle, &scores.handle, &ranks.handle}
	var ends *C.aiueo_contracts
	if contracts != nil {
		uses = append(uses, &contracts.handle)
		ends = contracts.c
	}
	for _, one := range uses {
		if err := one.acquire(); err != nil {
			return nil, err
		}
		defer one.release()
	}
	out, err := text(func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t {
		return C.aiueo_agreement_open(batch.c, scores.c, ranks.c, ends, bytePointer(seal), C.size_t(len(seal)), buffer,
			capacity, needed, &k.c.error)
	})
	if err != nil {
		return nil, err
	}
	return decode[AgreementOpening](out)
}

// AgreementOptions are optional; the zero value is all ranks.
type AgreementOptions struct {
	FirstMonth string `json:"first_month,omitempty"` // "2026-04"
	LastMonth  string `json:"last_month,omitempty"`
	Member     string `json:"member,omitempty"` // the ranks of this one alone
}

// Agreement is how the members' ranks and the stages agree.
type Agreement struct {
	Finding
	Ladder       *string  `json:"ladder"`     // nil: the model has none
	N            int64    `json:"n"`          // ranks, each beside a stage
	Unseen       int64    `json:"unseen"`     // ranks without a snapshot in the 31 days before them
	EachOnce     bool     `json:"each_once"`  // no customer has two of the ranks here
	Comparable   bool     `json:"comparable"` // as many ranks as stages
	Agreed       Figure   `json:"agreed"`
	Chance       *float64 `json:"chance"`
	RankedHigher int64    `json:"ranked_higher"` // than the stage
	RankedLower  int64    `json:"ranked_lower"`
	Matrix       []struct {
		Rank   string           `json:"rank"`
		Stages map[string]int64 `json:"stages"`
	} `json:"matrix"`
	Kappas []struct {
		Weights string `json:"weights"` // "plain", "linear", "quadratic"
		Kappa   Figure `json:"kappa"`
	} `json:"kappas"`
	Correlations []struct {
		Of          string `json:"of"` // "spearman", "kendall"
		Correlation Figure `json:"correlation"`
	} `json:"correlations"`
	Corners []AgreementCorner `json:"corners"` // ranked high at a low stage first
	Members []AgreementMember `json:"members"` // who agrees least first
}

// AgreementCorner is ranks and stages at one end of their scales, and what became of the customers.
type AgreementCorner struct {
	Ranked  string `json:"ranked"` // "high", "low"
	Stage   string `json:"stage"`
	Ranks   int64  `json:"ranks"`
	Ending  int64  `json:"ending"` // with a contract that ends within 90 days
	Open    int64  `json:"open"`
	Kept    int64  `json:"kept"`
	Lost    int64  `json:"lost"`
	Renewed Figure `json:"renewed"` // kept ÷ (kept + lost)
}

// AgreementMember is the ranks of one member.
type AgreementMember struct {
	By           *string `json:"by"` // nil: nobody named
	Agreed       Figure  `json:"agreed"`
	RankedHigher int64   `json:"ranked_higher"`
	RankedLower  int64   `json:"ranked_lower"`
}

// Agreement asks whether the stages say what the members' own ranks say.
func (e *Evidence) Agreement(options AgreementOptions) (*Agreement, error) {
	found, err := e.Study("agreement", options)
	if err != nil {
		return nil, err
	}
	out, err := decode[Agreement](found.Raw)
	if err != nil {
		return nil, err
	}
	out.Raw = found.Raw
	return out, nil
}
