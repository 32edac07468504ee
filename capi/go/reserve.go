package aiueo

// #include "shim.h"
import "C"

import (
	"math"
	"strings"
	"unsafe"
)

// Column is a column in the batch's own memory, to be filled. Both slices are valid until the batch
// is closed, and must not be touched after it.
type Column[T Value] struct {
	Values []T
	// Known has a bit for each row. Columns of float64 and float32 begin with all rows known and
	// NaN, which is unknown: it is enough to write values. All others begin with no row known.
	Known Bits
}

// Set sets a row's value, and that it is known.
func (c Column[T]) Set(row int, value T) {
	c.Values[row] = value
	c.Known.Set(row, true)
}

// Unset makes a row unknown.
func (c Column[T]) Unset(row int) { c.Known.Set(row, false) }

// Fill sets the first rows to values, all known.
func (c Column[T]) Fill(values []T) {
	copy(c.Values, values)
	for row := range values {
		c.Known.Set(row, true)
	}
}

// Reserve makes a column in the batch's own memory: numbers and money of any width, bool for flags,
// [Date] for dates. Fill it, score, fill it again: nothing is copied or allocated in between.
// ErrBadColumn for a category: see [Batch.Categories].
func Reserve[T Value](b *Batch, name string) (Column[T], error) {
	kind, err := b.typeOf(name)
	if err != nil {
		return Column[T]{}, err
	}
	if kind == "category" {
		return Column[T]{}, columnError(ErrBadColumn, name, "is of categories; reserve it with Batch.Categories")
	}
	values, known, err := b.reserve(name, typeOf[T]())
	if err != nil {
		return Column[T]{}, err
	}
	out := Column[T]{unsafe.Slice((*T)(values), b.rows), unsafe.Slice((*byte)(known), (b.rows+7)/8)}
	switch values := any(out.Values).(type) {
	case []float64:
		for i := range values {
			values[i] = math.NaN()
		}
		out.Known.SetAll(true)
	case []float32:
		for i := range values {
			values[i] = float32(math.NaN())
		}
		out.Known.SetAll(true)
	}
	return out, nil
}

// Float64 is Reserve[float64]: numbers and money, NaN at first.
func Float64(b *Batch, name string) (Column[float64], error) { return Reserve[float64](b, name) }

// Int32 is Reserve[int32]: numbers, all unknown at first.
func Int32(b *Batch, name string) (Column[int32], error) { return Reserve[int32](b, name) }

// Int64 is Reserve[int64]: numbers and keys, all unknown at first.
func Int64(b *Batch, name string) (Column[int64], error) { return Reserve[int64](b, name) }

// Bool is Reserve[bool]: flags, all unknown at first.
func Bool(b *Batch, name string) (Column[bool], error) { return Reserve[bool](b, name) }

// Dates is Reserve[Date]: all unknown at first. Also for "as_of" and "METRIC@".
func Dates(b *Batch, name string) (Column[Date], error) { return Reserve[Date](b, name) }

// CategoryColumn is a column of categories in the batch's own memory.
type CategoryColumn struct {
	// IDs are those of [Batch.TextID]; −1 is unknown, as all are at first.
	IDs   []int32
	batch *Batch
}

// Set sets a row's category; the empty one is unknown.
func (c CategoryColumn) Set(row int, word string) error {
	id, err := c.batch.TextID(word)
	if err != nil {
		return err
	}
	c.IDs[row] = id
	return nil
}

// Categories makes a column of categories in the batch's own memory, to be filled. ErrBadColumn for
// what is no category. Keys of customers and parents are none: give them with [Batch.BindTexts], or
// as numbers with [Int64].
func (b *Batch) Categories(name string) (CategoryColumn, error) {
	kind, err := b.typeOf(name)
	if err != nil {
		return CategoryColumn{}, err
	}
	switch {
	case name == "customer" || name == "parent":
		return CategoryColumn{}, columnError(ErrBadColumn, name, "is of keys, not of categories; give it with Batch.BindTexts, or as numbers with Int64")
	case name == "as_of" || strings.HasSuffix(name, "@"):
		return CategoryColumn{}, columnError(ErrBadColumn, name, "is of dates, not of categories; reserve it with Dates")
	case kind != "" && kind != "category":
		return CategoryColumn{}, columnError(ErrBadColumn, name, "is of type %s, not of categories; use Reserve", kind)
	}
	values, _, err := b.reserve(name, TypeInt32)
	if err != nil {
		return CategoryColumn{}, err
	}
	return CategoryColumn{unsafe.Slice((*int32)(values), b.rows), b}, nil
}

// typeOf is the type of a metric that a table gives; empty for every other column.
func (b *Batch) typeOf(name string) (string, error) {
	if err := b.acquire(); err != nil {
		return "", err
	}
	defer b.release()
	if _, err := b.plan.known(); err != nil {
		return "", err
	}
	return b.plan.types[name], nil
}

func (b *Batch) reserve(name string, kind ColumnType) (values, known unsafe.Pointer, err error) {
	values, known, err = b.batchCore.reserve(name, kind)
	if err == nil {
		b.viewed.Store(true)
	}
	return values, known, err
}

func (b *batchCore) reserve(name string, kind ColumnType) (values, known unsafe.Pointer, err error) {
	var bits *C.uint8_t
	err = b.use(func(k *call) C.int32_t {
		return C.aiueo_batch_reserve(b.c, stringPointer(name), C.size_t(len(name)), C.int32_t(kind), &values,
			&bits, &k.c.error)
	})
	return values, unsafe.Pointer(bits), err
}
