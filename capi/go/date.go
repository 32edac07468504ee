package aiueo

// #include "shim.h"
import "C"

import (
	"fmt"
	"time"
)

// Date is a calendar date: days since 1970-01-01. Observations have dates, not times; which day a
// moment belongs to is the location's matter, see [DateOf].
type Date int32

// NoDate is no date: unknown.
const NoDate Date = C.AIUEO_NO_DATE

// DateOf is the calendar date of a time in its own location. Give the time in the model's time
// zone (t.In(zone)) where that matters. The zero time is [NoDate].
func DateOf(t time.Time) Date {
	if t.IsZero() {
		return NoDate
	}
	year, month, day := t.Date()
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// NewDate is the date of a day in the Gregorian calendar; days and months beyond their range are
// carried over as time.Date does.
func NewDate(year int, month time.Month, day int) Date {
	seconds := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()
	return Date(seconds / 86400)
}

// ParseDate reads "2026-11-21". An empty text is [NoDate]; anything else is ErrBadValue.
func ParseDate(text string) (Date, error) {
	if text == "" {
		return NoDate, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return NoDate, &Error{Code: ErrBadValue, Message: fmt.Sprintf("%q is no date; write it as 2026-11-21", text)}
	}
	return NewDate(t.Date()), nil
}

// Time is midnight of the date in UTC; the zero time for [NoDate].
func (d Date) Time() time.Time {
	if d == NoDate {
		return time.Time{}
	}
	return time.Unix(int64(d)*86400, 0).UTC()
}

// String is the date as 2026-11-21; empty for [NoDate].
func (d Date) String() string {
	if d == NoDate {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// MarshalText writes the date as 2026-11-21.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the date as [ParseDate] does.
func (d *Date) UnmarshalText(text []byte) error {
	read, err := ParseDate(string(text))
	if err == nil {
		*d = read
	}
	return err
}
