package aiueo

// #include "shim.h"
import "C"

import "unsafe"

// Value is what a column in Go memory may hold. Flags are bool; numbers and money may be of any
// width, with the same scores to the bit wherever the values are the same.
type Value interface {
	int8 | int16 | int32 | int64 | int | uint8 | uint16 | uint32 | uint64 | uint | float32 | float64 | bool | Date
}

// ColumnType says how the values of a column lie in memory; layouts are Arrow's.
type ColumnType int32

// The types of columns.
const (
	TypeNone       ColumnType = C.AIUEO_TYPE_NONE // no values: every row is unknown
	TypeBit        ColumnType = C.AIUEO_TYPE_BIT  // one bit a row, least significant first
	TypeByte       ColumnType = C.AIUEO_TYPE_BYTE // one byte a row, 0 or not 0
	TypeInt8       ColumnType = C.AIUEO_TYPE_INT8
	TypeInt16      ColumnType = C.AIUEO_TYPE_INT16
	TypeInt32      ColumnType = C.AIUEO_TYPE_INT32
	TypeInt64      ColumnType = C.AIUEO_TYPE_INT64
	TypeUint8      ColumnType = C.AIUEO_TYPE_UINT8
	TypeUint16     ColumnType = C.AIUEO_TYPE_UINT16
	TypeUint32     ColumnType = C.AIUEO_TYPE_UINT32
	TypeUint64     ColumnType = C.AIUEO_TYPE_UINT64
	TypeFloat16    ColumnType = C.AIUEO_TYPE_FLOAT16
	TypeFloat32    ColumnType = C.AIUEO_TYPE_FLOAT32
	TypeFloat64    ColumnType = C.AIUEO_TYPE_FLOAT64 // NaN is unknown
	TypeDecimal32  ColumnType = C.AIUEO_TYPE_DECIMAL32
	TypeDecimal64  ColumnType = C.AIUEO_TYPE_DECIMAL64
	TypeDecimal128 ColumnType = C.AIUEO_TYPE_DECIMAL128
	TypeDecimal256 ColumnType = C.AIUEO_TYPE_DECIMAL256
	TypeDate32     ColumnType = C.AIUEO_TYPE_DATE32     // int32 days
	TypeDate64     ColumnType = C.AIUEO_TYPE_DATE64     // int64 milliseconds, whole days
	TypeTimestamp  ColumnType = C.AIUEO_TYPE_TIMESTAMP  // int64 in a Unit
	TypeText32     ColumnType = C.AIUEO_TYPE_TEXT32     // UTF-8 with int32 offsets
	TypeText64     ColumnType = C.AIUEO_TYPE_TEXT64     // UTF-8 with int64 offsets
	TypeDictionary ColumnType = C.AIUEO_TYPE_DICTIONARY // integers into a text column
)

// bits is how many bits a value takes; 0 for types that have no values of one width.
func (t ColumnType) bits() int {
	switch t {
	case TypeBit:
		return 1
	case TypeByte, TypeInt8, TypeUint8:
		return 8
	case TypeInt16, TypeUint16, TypeFloat16:
		return 16
	case TypeInt32, TypeUint32, TypeFloat32, TypeDecimal32, TypeDate32:
		return 32
	case TypeInt64, TypeUint64, TypeFloat64, TypeDecimal64, TypeDate64, TypeTimestamp:
		return 64
	case TypeDecimal128:
		return 128
	case TypeDecimal256:
		return 256
	}
	return 0
}

// typeOf is the column type of a Go type.
func typeOf[T Value]() ColumnType {
	var zero T
	switch any(zero).(type) {
	case int8:
		return TypeInt8
	case int16:
		return TypeInt16
	case int32:
		return TypeInt32
	case int64:
		return TypeInt64
	case uint8:
		return TypeUint8
	case uint16:
		return TypeUint16
	case uint32:
		return TypeUint32
	case uint64:
		return TypeUint64
	case float32:
		return TypeFloat32
	case float64:
		return TypeFloat64
	case bool:
		return TypeByte
	case Date:
		return TypeDate32
	case int:
		if unsafe.Sizeof(zero) == 4 {
			return TypeInt32
		}
		return TypeInt64
	case uint:
		if unsafe.Sizeof(zero) == 4 {
			return TypeUint32
		}
		return TypeUint64
	}
	return TypeNone
}

// AsBytes is the memory of a slice, for [Data]. No copy: the bytes are the slice's own.
func AsBytes[T Value](values []T) []byte {
	if len(values) == 0 {
		return nil
	}
	var zero T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), len(values)*int(unsafe.Sizeof(zero)))
}

// Bits is a bit for each row, least significant first, as Arrow has validity: 1 is known. Rows that
// share a byte must not be set by two goroutines at once.
type Bits []byte

// NewBits makes bits for so many rows, all 0.
func NewBits(rows int) Bits { return make(Bits, (rows+7)/8) }

// At is a row's bit.
func (b Bits) At(row int) bool { return b[row>>3]>>(row&7)&1 == 1 }

// Set sets a row's bit.
func (b Bits) Set(row int, known bool) {
	if known {
		b[row>>3] |= 1 << (row & 7)
	} else {
		b[row>>3] &^= 1 << (row & 7)
	}
}

// SetAll sets the bits of all rows.
func (b Bits) SetAll(known bool) {
	var fill byte
	if known {
		fill = 0xff
	}
	for i := range b {
		b[i] = fill
	}
}
