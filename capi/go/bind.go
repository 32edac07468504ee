package aiueo

// #include "shim.h"
import "C"

import (
	"time"
	"unsafe"
)

// Data describes a column of any type. Sizes are checked: every slice must be as long as Type, Rows
// and Offset say.
type Data struct {
	Type     ColumnType
	Rows     int    // must equal the batch's (a dictionary: its entries)
	Offset   int    // rows before the first in Values, Offsets and Validity alike
	Values   []byte // see [AsBytes]
	Validity Bits   // 1 = known; nil = all known
	Offsets  []byte // text: Offset + Rows + 1 of them
	Text     []byte // text: the characters
	Scale    int    // decimals: value = unscaled ÷ 10^Scale
	Unit     Unit   // timestamps
	// IndexType of a dictionary: TypeInt8 to TypeUint64.
	IndexType  ColumnType
	Dictionary *Data // text
	// Zoned: timestamps are instants (UTC), shown in the model's time zone.
	Zoned bool
	// MinorUnits: money whose integers count the currency's minor unit.
	MinorUnits bool
}

// Unit of timestamps.
type Unit int32

// The units of timestamps.
const (
	Seconds      Unit = C.AIUEO_UNIT_SECOND
	Milliseconds Unit = C.AIUEO_UNIT_MILLI
	Microseconds Unit = C.AIUEO_UNIT_MICRO
	Nanoseconds  Unit = C.AIUEO_UNIT_NANO
)

// Bind copies a column into the batch. known[row] false is unknown, as is NaN, and [NoDate] among
// dates; known nil is all known.
func Bind[T Value](b *Batch, name string, values []T, known []bool) error {
	if known != nil && len(known) != len(values) {
		return columnError(ErrBadColumn, name, "%d values, but known has %d", len(values), len(known))
	}
	validity := bitsOf(known)
	if dates, ok := any(values).([]Date); ok {
		validity = withoutNoDate(dates, validity)
	}
	return b.BindColumn(name, Data{Type: typeOf[T](), Rows: len(values), Values: AsBytes(values), Validity: validity})
}

// BindTexts copies a column of texts; the empty one is unknown. Every kind of metric can be read
// from text (numbers, "true", "2026-11-21"): what CSV gives. Also for "customer" and "parent".
func (b *Batch) BindTexts(name string, values []string) error {
	offsets, text := joined(values)
	return b.BindColumn(name, Data{Type: TypeText64, Rows: len(values), Offsets: AsBytes(offsets), Text: text})
}

// BindCategories copies a column of categories, each different text once; the empty one is unknown.
func (b *Batch) BindCategories(name string, values []string) error {
	codes := make([]int32, len(values))
	known := NewBits(len(values))
	numbers := map[string]int32{}
	var words []string
	for row, word := range values {
		if word == "" {
			continue
		}
		code, ok := numbers[word]
		if !ok {
			code = int32(len(words))
			numbers[word] = code
			words = append(words, word)
		}
		codes[row] = code
		known.Set(row, true)
	}
	return b.BindColumn(name, dictionaryOf(TypeInt32, AsBytes(codes), len(codes), words, known))
}

// Index is a code of a dictionary.
type Index interface {
	int8 | int16 | int32 | int64 | int | uint8 | uint16 | uint32 | uint64 | uint
}

// BindCodes copies a column of codes into words. known as in [Bind]; the empty word is unknown.
func BindCodes[T Index](b *Batch, name string, codes []T, words []string, known []bool) error {
	if known != nil && len(known) != len(codes) {
		return columnError(ErrBadColumn, name, "%d codes, but known has %d", len(codes), len(known))
	}
	return b.BindColumn(name, dictionaryOf(typeOf[T](), AsBytes(codes), len(codes), words, bitsOf(known)))
}

// BindTimes copies a column of dates: the calendar date of each time in its own location, see
// [DateOf]. The zero time is unknown.
func (b *Batch) BindTimes(name string, values []time.Time) error {
	dates := make([]Date, len(values))
	for row, t := range values {
		dates[row] = DateOf(t)
	}
	return Bind(b, name, dates, nil)
}

// BindColumn copies a column of any type into the batch.
func (b *Batch) BindColumn(name string, data Data) error {
	if err := b.acquire(); err != nil {
		return err
	}
	defer b.release()
	mark := len(b.memory)
	err := b.bind(name, &data)
	if err != nil {
		for _, one := range b.memory[mark:] {
			C.free(one)
		}
		b.memory = b.memory[:mark]
	}
	return err
}

// copied is memory of C that holds the same bytes.
func (b *batchCore) copied(bytes []byte) unsafe.Pointer {
	if len(bytes) == 0 {
		return nil
	}
	out := C.CBytes(bytes)
	b.memory = append(b.memory, out)
	return out
}

func (b *batchCore) bind(name string, data *Data) error {
	if err := data.check(name); err != nil {
		return err
	}
	column := data.c(b.copied)
	var words *C.aiueo_column
	if data.Dictionary != nil {
		if err := data.Dictionary.check(name); err != nil {
			return err
		}
		made := data.Dictionary.c(b.copied)
		words = &made
	}
	k := begin()
	return k.end(C.aiueo_go_bind(b.c, stringPointer(name), C.size_t(len(name)), &column, words, &k.c.error))
}

func (d *Data) c(place func([]byte) unsafe.Pointer) C.aiueo_column {
	out := C.aiueo_column{
		struct_size: C.sizeof_aiueo_column,
		_type:       C.int32_t(d.Type),
		length:      C.int64_t(d.Rows),
		offset:      C.int64_t(d.Offset),
		values:      place(d.Values),
		validity:    (*C.uint8_t)(place(d.Validity)),
		offsets:     place(d.Offsets),
		bytes:       (*C.char)(place(d.Text)),
		bytes_size:  C.int64_t(len(d.Text)),
		scale:       C.int32_t(d.Scale),
		unit:        C.int32_t(d.Unit),
		index_type:  C.int32_t(d.IndexType),
	}
	if d.Zoned {
		out.flags |= C.AIUEO_COLUMN_ZONED
	}
	if d.MinorUnits {
		out.flags |= C.AIUEO_COLUMN_MINOR_UNITS
	}
	return out
}

// check compares the sizes of a column with its rows.
func (d *Data) check(name string) error {
	const most = 1 << 40
	if d.Rows < 0 || d.Rows > most || d.Offset < 0 || d.Offset > most {
		return columnError(ErrInvalidArgument, name, "rows %d, offset %d; both are from 0 to 2^40", d.Rows, d.Offset)
	}
	last := d.Offset + d.Rows
	if d.Validity != nil && len(d.Validity) < (last+7)/8 {
		return columnError(ErrBadColumn, name, "validity has %d bytes; %d rows need %d", len(d.Validity), last, (last+7)/8)
	}
	elements, kind := d.Values, d.Type
	switch d.Type {
	case TypeText32, TypeText64:
		kind = TypeInt32
		if d.Type == TypeText64 {
			kind = TypeInt64
		}
		elements = d.Offsets
		if d.Rows == 0 && d.Offsets == nil {
			return nil
		}
		last++
	case TypeDictionary:
		kind = d.IndexType
		if d.Dictionary == nil {
			return columnError(ErrBadColumn, name, "it has no dictionary")
		}
	}
	need := (last*kind.bits() + 7) / 8
	if len(elements) < need {
		return columnError(ErrBadColumn, name, "it has %d bytes; %d values of type %d need %d", len(elements), last, kind, need)
	}
	return nil
}

func bitsOf(known []bool) Bits {
	if known == nil {
		return nil
	}
	out := NewBits(len(known))
	for row, one := range known {
		if one {
			out[row>>3] |= 1 << (row & 7)
		}
	}
	return out
}

func withoutNoDate(dates []Date, validity Bits) Bits {
	for row, date := range dates {
		if date != NoDate {
			continue
		}
		if validity == nil {
			validity = NewBits(len(dates))
			validity.SetAll(true)
		}
		validity.Set(row, false)
	}
	return validity
}

// joined is texts as Arrow has them.
func joined(values []string) (offsets []int64, text []byte) {
	size := 0
	for _, one := range values {
		size += len(one)
	}
	offsets = make([]int64, 1, len(values)+1)
	text = make([]byte, 0, size)
	for _, one := range values {
		text = append(text, one...)
		offsets = append(offsets, int64(len(text)))
	}
	return offsets, text
}

func dictionaryOf(index ColumnType, codes []byte, rows int, words []string, known Bits) Data {
	offsets, text := joined(words)
	return Data{Type: TypeDictionary, IndexType: index, Rows: rows, Values: codes, Validity: known,
		Dictionary: &Data{Type: TypeText64, Rows: len(words), Offsets: AsBytes(offsets), Text: text}}
}
