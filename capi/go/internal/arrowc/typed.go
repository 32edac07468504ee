package arrowc

// #include "build.h"
import "C"

import "unsafe"

// Column is a column as the Arrow interface describes it. Nothing about it is checked: it may lie.
type Column struct {
	Name, Format string
	Rows, Offset int
	Nulls        int64    // −1: nobody has counted them
	Buffers      [][]byte // nil: a null pointer
	Dictionary   *Column
	Children     []Column
}

// BuildTyped makes a record batch of columns.
func BuildTyped(rows int, columns ...Column) *Batch {
	out := Empty()
	whole := table(rows, columns)
	whole.schema(out.schema)
	whole.array(out.array)
	return out
}

// BuildTypedStream makes a stream of record batches, each of so many rows as its first column.
func BuildTypedStream(batches ...[]Column) *Stream {
	out := EmptyStream()
	var schema C.struct_ArrowSchema
	first := table(0, batches[0])
	first.schema(&schema)
	C.arrowc_stream(out.c, &schema, C.int64_t(len(batches)), 0)
	for k, columns := range batches {
		whole := table(columns[0].Rows, columns)
		whole.array(C.arrowc_stream_array(out.c, C.int64_t(k)))
	}
	return out
}

func table(rows int, columns []Column) Column {
	return Column{Format: "+s", Rows: rows, Buffers: [][]byte{nil}, Children: columns}
}

func (c *Column) schema(out *C.struct_ArrowSchema) {
	schemaNamed(out, c.Name, c.Format, len(c.Children))
	for k := range c.Children {
		c.Children[k].schema(C.arrowc_schema_child(out, C.int64_t(k)))
	}
	if c.Dictionary != nil {
		C.arrowc_dictionary(out, nil)
		c.Dictionary.schema(out.dictionary)
	}
}

func (c *Column) array(out *C.struct_ArrowArray) {
	C.arrowc_array(out, C.int64_t(c.Rows), C.int64_t(len(c.Buffers)), C.int64_t(len(c.Children)))
	out.offset, out.null_count = C.int64_t(c.Offset), C.int64_t(c.Nulls)
	for k, bytes := range c.Buffers {
		if bytes != nil {
			C.arrowc_buffer(out, C.int64_t(k), unsafe.Pointer(unsafe.SliceData(bytes)), C.size_t(len(bytes)))
		}
	}
	for k := range c.Children {
		c.Children[k].array(C.arrowc_array_child(out, C.int64_t(k)))
	}
	if c.Dictionary != nil {
		C.arrowc_dictionary(nil, out)
		c.Dictionary.array(out.dictionary)
	}
}
