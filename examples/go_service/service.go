package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"

	aiueo "github.com/aiueo-health/aiueo/capi/go"
)

const (
	mostOfOne   = 64 << 10 // bytes of one customer
	mostOfBatch = 64 << 20 // bytes of an upload
)

// service answers requests. scoring is false only to measure what the rest of a request costs.
type service struct {
	engine  *engine
	scoring bool
}

func (s *service) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("POST /score", s.score)
	mux.HandleFunc("POST /batch", s.batch)
	mux.HandleFunc("POST /reload", s.reload)
	return mux
}

// customer is one customer to score: what a request brings.
type customer struct {
	Customer string         `json:"customer"`
	AsOf     aiueo.Date     `json:"as_of"`
	Metrics  map[string]any `json:"metrics"`
}

// result is one customer's scores. What is insufficient is null, never a number.
type result struct {
	Customer string              `json:"customer"`
	AsOf     aiueo.Date          `json:"as_of"`
	Profile  string              `json:"profile"`
	Axes     map[string]*float64 `json:"axes"`
	Overall  *float64            `json:"overall"`
	Coverage *float64            `json:"coverage"`
	Levels   map[string]*string  `json:"levels"`
	Gap      json.RawMessage     `json:"gap,omitempty"` // as the engine writes them
	Why      json.RawMessage     `json:"why,omitempty"`
}

func (s *service) healthz(w http.ResponseWriter, _ *http.Request) {
	m := s.engine.use()
	defer m.done()
	answer(w, http.StatusOK, map[string]any{"status": "ok", "model": m.description.Name,
		"fingerprint": m.description.Fingerprint, "library": aiueo.Version(), "handles": aiueo.OpenHandles()})
}

// score answers POST /score, with ?explain=1 and ?gap=LADDER.
func (s *service) score(w http.ResponseWriter, r *http.Request) {
	in := customer{AsOf: aiueo.NoDate}
	if err := readJSON(http.MaxBytesReader(w, r.Body, mostOfOne), &in); err != nil {
		refuse(w, err)
		return
	}
	m := s.engine.use()
	defer m.done()
	row, err := m.rows.Get()
	if err != nil {
		refuse(w, err)
		return
	}
	defer m.rows.Put(row)
	out, err := s.scoreRow(m, row, &in)
	if err == nil && r.URL.Query().Get("explain") == "1" {
		out.Why, err = row.ExplainJSON()
	}
	if ladder := r.URL.Query().Get("gap"); err == nil && ladder != "" {
		out.Gap, err = row.GapJSON(ladder, "")
	}
	if err != nil {
		refuse(w, err)
		return
	}
	answer(w, http.StatusOK, out)
}

func (s *service) scoreRow(m *model, row *aiueo.Row, in *customer) (*result, error) {
	// A row keeps the date of the request before; every request must bring its own.
	if in.AsOf == aiueo.NoDate {
		return nil, bad("as_of is missing; give the date of the snapshot, such as \"2026-11-21\"")
	}
	if err := errors.Join(row.SetCustomer(in.Customer), row.SetAsOf(in.AsOf)); err != nil {
		return nil, err
	}
	for name, value := range in.Metrics {
		if err := row.Set(name, value); err != nil {
			return nil, err
		}
	}
	if s.scoring {
		if err := row.Score(); err != nil {
			return nil, err
		}
	}
	out := &result{Customer: in.Customer, AsOf: in.AsOf, Profile: row.Level("profile"),
		Axes: map[string]*float64{}, Levels: map[string]*string{},
		Overall: known(row.Overall()), Coverage: known(row.Number("coverage"))}
	for _, one := range m.description.Axes {
		out.Axes[one.Name] = known(row.Axis(one.Axis))
	}
	for _, one := range m.description.Columns {
		if one.Type == "level" && one.Name != "profile" {
			out.Levels[one.Name] = named(row.Level(one.Name))
		}
	}
	return out, nil
}

func known(value float64) *float64 {
	if math.IsNaN(value) {
		return nil
	}
	return &value
}

func named(level string) *string {
	if level == "" {
		return nil
	}
	return &level
}

// reload answers POST /reload: 422 and every problem if the new model cannot be used.
func (s *service) reload(w http.ResponseWriter, _ *http.Request) {
	err := s.engine.reload()
	var problem *aiueo.Error
	switch {
	case err == nil:
		s.healthz(w, nil)
	case errors.As(err, &problem):
		answer(w, http.StatusUnprocessableEntity, map[string]any{"error": err.Error(), "problems": problem.Problems})
	default:
		answer(w, http.StatusUnprocessableEntity, map[string]any{"error": err.Error()})
	}
}

// badInput is what a client can mend.
type badInput string

func (b badInput) Error() string { return string(b) }

func bad(format string, a ...any) error { return badInput(fmt.Sprintf(format, a...)) }

// readJSON reads one document with no unknown fields and nothing after it.
func readJSON(from io.Reader, into any) error {
	decoder := json.NewDecoder(from)
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	if err != nil {
		return bad("the body is not a customer in JSON (byte %d): %v", decoder.InputOffset(), err)
	}
	if decoder.More() {
		return bad("the body goes on after the customer (byte %d); send many to /batch", decoder.InputOffset())
	}
	return nil
}

// refuse says what was wrong, in the engine's words where it was the engine that refused.
func refuse(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	var client badInput
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		status = http.StatusRequestEntityTooLarge
		err = bad("the body has more than %d bytes", large.Limit)
	case errors.As(err, &client), errors.Is(err, aiueo.ErrBadValue), errors.Is(err, aiueo.ErrBadColumn),
		errors.Is(err, aiueo.ErrNotFound), errors.Is(err, aiueo.ErrInvalidArgument), errors.Is(err, aiueo.ErrDuplicateRow):
		status = http.StatusBadRequest
	}
	answer(w, status, map[string]string{"error": err.Error()})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) // a client that is gone needs no answer
}

// format of an upload, from its Content-Type.
func formatOf(r *http.Request) (string, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "text/csv":
		return "csv", nil
	case err == nil && (kind == "application/x-ndjson" || kind == "application/jsonl"):
		return "jsonl", nil
	}
	return "", bad("Content-Type is %q; send text/csv or application/x-ndjson", r.Header.Get("Content-Type"))
}
