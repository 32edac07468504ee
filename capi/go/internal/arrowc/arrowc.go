// Package arrowc builds and reads structures of the Arrow C interfaces by hand, for tests.
package arrowc

// #include <stdlib.h>
// #include "build.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// Living is how many structures were built here and not yet released.
func Living() int { return int(C.arrowc_living()) }

// Table is columns of text.
type Table struct {
	Names []string
	Rows  [][]string
}

// Batch is a schema and an array in C memory.
type Batch struct {
	schema *C.struct_ArrowSchema
	array  *C.struct_ArrowArray
}

// Empty is memory for structures that somebody else fills.
func Empty() *Batch {
	return &Batch{
		(*C.struct_ArrowSchema)(C.calloc(1, C.sizeof_struct_ArrowSchema)),
		(*C.struct_ArrowArray)(C.calloc(1, C.sizeof_struct_ArrowArray)),
	}
}

// Schema points to the C structure.
func (b *Batch) Schema() unsafe.Pointer { return unsafe.Pointer(b.schema) }

// Array points to the C structure.
func (b *Batch) Array() unsafe.Pointer { return unsafe.Pointer(b.array) }

// Released says whether the array has been released, or moved away.
func (b *Batch) Released() bool { return b.array.release == nil }

// Free releases what has not been, and frees the memory.
func (b *Batch) Free() {
	C.arrowc_release_schema(b.schema)
	C.arrowc_release_array(b.array)
	C.free(unsafe.Pointer(b.schema))
	C.free(unsafe.Pointer(b.array))
}

// Build makes a record batch of a table.
func Build(from Table) *Batch {
	out := Empty()
	buildSchema(out.schema, from)
	buildArray(out.array, from, 0, len(from.Rows))
	return out
}

func schemaNamed(out *C.struct_ArrowSchema, name, format string, children int) {
	n, f := C.CString(name), C.CString(format)
	C.arrowc_schema(out, n, f, C.int64_t(children))
	C.free(unsafe.Pointer(n))
	C.free(unsafe.Pointer(f))
}

func buildSchema(out *C.struct_ArrowSchema, from Table) {
	schemaNamed(out, "", "+s", len(from.Names))
	for k, name := range from.Names {
		schemaNamed(C.arrowc_schema_child(out, C.int64_t(k)), name, "u", 0)
	}
}

func buildArray(out *C.struct_ArrowArray, from Table, begin, end int) {
	rows := C.int64_t(end - begin)
	C.arrowc_array(out, rows, 1, C.int64_t(len(from.Names)))
	for k := range from.Names {
		child := C.arrowc_array_child(out, C.int64_t(k))
		C.arrowc_array(child, rows, 3, 0)
		offsets := make([]int32, 1, end-begin+1)
		var text []byte
		for _, row := range from.Rows[begin:end] {
			text = append(text, row[k]...)
			offsets = append(offsets, int32(len(text)))
		}
		C.arrowc_buffer(child, 1, unsafe.Pointer(unsafe.SliceData(offsets)), C.size_t(4*len(offsets)))
		C.arrowc_buffer(child, 2, unsafe.Pointer(unsafe.SliceData(text)), C.size_t(len(text)))
	}
}

// Stream is an ArrowArrayStream in C memory.
type Stream struct{ c *C.struct_ArrowArrayStream }

// EmptyStream is memory for a stream that somebody else fills.
func EmptyStream() *Stream {
	return &Stream{(*C.struct_ArrowArrayStream)(C.calloc(1, C.sizeof_struct_ArrowArrayStream))}
}

// BuildStream makes a stream of a table, so many rows a batch; one that fails breaks off with EIO
// after them.
func BuildStream(from Table, rows int, fails bool) *Stream {
	out := EmptyStream()
	var schema C.struct_ArrowSchema
	buildSchema(&schema, from)
	count := (len(from.Rows) + rows - 1) / rows
	end := C.int32_t(0)
	if fails {
		end = 1
	}
	C.arrowc_stream(out.c, &schema, C.int64_t(count), end)
	for k := 0; k < count; k++ {
		buildArray(C.arrowc_stream_array(out.c, C.int64_t(k)), from, k*rows, min((k+1)*rows, len(from.Rows)))
	}
	return out
}

// Pointer to the C structure.
func (s *Stream) Pointer() unsafe.Pointer { return unsafe.Pointer(s.c) }

// Release releases the stream, as a foreign reader does.
func (s *Stream) Release() { C.arrowc_release_stream(s.c) }

// Free releases the stream unless it has been, and frees the memory.
func (s *Stream) Free() {
	s.Release()
	C.free(unsafe.Pointer(s.c))
}

// Column reads a column of a record batch: float64, or a dictionary's or a column's texts ("" is
// null).
func (b *Batch) Column(name string) (numbers []float64, texts []string, err error) {
	for k := C.int64_t(0); k < b.schema.n_children; k++ {
		schema, array := C.arrowc_schema_child(b.schema, k), C.arrowc_array_child(b.array, k)
		if C.GoString(schema.name) != name {
			continue
		}
		rows := int(b.array.length)
		if schema.dictionary != nil {
			words, err := texts32(schema.dictionary, array.dictionary)
			if err != nil {
				return nil, nil, err
			}
			return nil, indexed(schema, array, words, rows), nil
		}
		if C.GoString(schema.format) == "g" {
			values := unsafe.Slice((*float64)(C.arrowc_get_buffer(array, 1)), rows)
			return append([]float64(nil), values...), nil, nil
		}
		texts, err := texts32(schema, array)
		return nil, texts, err
	}
	return nil, nil, fmt.Errorf("no column %q", name)
}

func texts32(schema *C.struct_ArrowSchema, array *C.struct_ArrowArray) ([]string, error) {
	if format := C.GoString(schema.format); format != "u" {
		return nil, fmt.Errorf("a column of format %q", format)
	}
	rows := int(array.length)
	offsets := unsafe.Slice((*int32)(C.arrowc_get_buffer(array, 1)), rows+1)
	text := (*byte)(C.arrowc_get_buffer(array, 2))
	out := make([]string, rows)
	for row := range out {
		out[row] = string(unsafe.Slice(text, offsets[rows])[offsets[row]:offsets[row+1]])
	}
	return out, nil
}

func indexed(schema *C.struct_ArrowSchema, array *C.struct_ArrowArray, words []string, rows int) []string {
	out := make([]string, rows)
	validity := C.arrowc_get_buffer(array, 0)
	for row := range out {
		if validity != nil && unsafe.Slice((*byte)(validity), rows/8+1)[row/8]>>(row%8)&1 == 0 {
			continue
		}
		values := C.arrowc_get_buffer(array, 1)
		code := 0
		switch C.GoString(schema.format) {
		case "S":
			code = int(unsafe.Slice((*uint16)(values), rows)[row])
		case "i":
			code = int(unsafe.Slice((*int32)(values), rows)[row])
		default:
			panic("codes of format " + C.GoString(schema.format))
		}
		out[row] = words[code]
	}
	return out
}
