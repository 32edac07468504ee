package aiueo

import (
	"fmt"
	"math"
	"reflect"
	"runtime"
)

// Set sets a value of any kind by the metric's name, as decoded from JSON: a number (an integer or
// float of any Go type), a bool, a string (a category, or a date as 2026-11-21), a [Date], or nil for
// unknown. A name ending in "@" is the date on which the metric was observed. ErrNotFound if the model has no
// such metric, ErrBadColumn if it computes it, ErrBadValue if the value is of another kind.
func (r *Row) Set(name string, value any) error {
	if n := len(name) - 1; n > 0 && name[n] == '@' {
		return r.setObserved(name[:n], value)
	}
	metric, err := r.plan.number(name)
	if err != nil || metric == Unread {
		return err
	}
	s, err := r.slot(metric, "")
	if err != nil {
		return err
	}
	switch value := value.(type) {
	case nil:
		r.unset(s)
		return nil
	case bool:
		return r.SetFlag(metric, value)
	case Date:
		return r.SetDate(metric, value)
	case string:
		if s.day == nil {
			return r.SetText(metric, value)
		}
		date, err := ParseDate(value)
		if err != nil {
			return named(name, err)
		}
		return r.SetDate(metric, date)
	}
	number, ok := numberOf(value)
	if !ok || s.day != nil {
		return &Error{Code: ErrBadValue, Message: fmt.Sprintf("metric %q: %v is no %s", name, value, s.kind)}
	}
	return r.SetNumber(metric, number)
}

func (r *Row) setObserved(name string, value any) error {
	metric, err := r.plan.number(name)
	if err != nil {
		return err
	}
	date := NoDate
	switch value := value.(type) {
	case nil:
	case Date:
		date = value
	case string:
		if date, err = ParseDate(value); err != nil {
			return named(name+"@", err)
		}
	default:
		return &Error{Code: ErrBadValue, Message: fmt.Sprintf("metric %q: %v is no date", name+"@", value)}
	}
	return r.SetObserved(metric, date)
}

func (r *Row) unset(s *slot) {
	switch {
	case s.number != nil:
		*s.number = math.NaN()
	case s.word != nil:
		*s.word = -1
	default:
		*s.known = 0
	}
	runtime.KeepAlive(r)
}

func named(name string, err error) error {
	known, ok := err.(*Error)
	if !ok {
		return err
	}
	return &Error{Code: known.Code, Message: fmt.Sprintf("metric %q: %s", name, known.Message)}
}

func numberOf(value any) (float64, bool) {
	switch v := value.(type) {
	case float64: // what is most common, without reflection
		return v, true
	case interface{ Float64() (float64, error) }: // json.Number
		number, err := v.Float64()
		return number, err == nil
	}
	switch v := reflect.ValueOf(value); {
	case v.CanInt():
		return float64(v.Int()), true
	case v.CanUint():
		return float64(v.Uint()), true
	case v.CanFloat():
		return v.Float(), true
	}
	return 0, false
}
