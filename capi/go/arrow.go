package aiueo

// #include "shim.h"
import "C"

import "unsafe"

// Arrow structures are given as unsafe.Pointer to the C structures of the Arrow C data and stream
// interfaces, as every Arrow implementation has them (in arrow-go: &cdata.CArrowArray and so on).
// They must lie in C memory, or in Go memory that holds no Go pointers.

// Validation is how far an Arrow producer is trusted.
type Validation int32

// The levels of validation.
const (
	ValidateFull  Validation = C.AIUEO_VALIDATE_FULL  // every offset and index: for data from outside
	ValidateBasic Validation = C.AIUEO_VALIDATE_BASIC // structure and lengths
	ValidateNone  Validation = C.AIUEO_VALIDATE_NONE  // only what costs nothing
)

// ImportArrow makes a batch of an Arrow record batch (a struct array) without copying: known columns
// are bound, others ignored. array is taken over: released when the batch is closed, or at once on
// failure. schema is only read. options may be nil.
func (p *Plan) ImportArrow(schema, array unsafe.Pointer, validation Validation, options *BatchOptions) (*Batch, error) {
	if err := p.acquire(); err != nil {
		C.aiueo_go_release_array((*C.struct_ArrowArray)(array))
		return nil, err
	}
	defer p.release()
	given, done, err := options.c()
	if err != nil {
		C.aiueo_go_release_array((*C.struct_ArrowArray)(array))
		return nil, err
	}
	defer done()
	core := &batchCore{plan: p.planCore}
	k := begin()
	err = k.end(C.aiueo_batch_import(p.c, C.AIUEO_SNAPSHOTS, (*C.struct_ArrowSchema)(schema),
		(*C.struct_ArrowArray)(array), C.int32_t(validation), &given, &core.c, &k.c.error))
	if err != nil {
		return nil, err
	}
	core.rows = int(C.aiueo_batch_rows(core.c))
	p.retain()
	core.handle.init(batchKind, core.destroy)
	return core.wrap(), nil
}

// ExportArrow writes the first rows as an Arrow record batch of their own, the scores table:
// customer and as_of from the batch (which may be nil), then the columns of
// [Description.Columns], levels as dictionaries. schema and array are the caller's to release, and
// need neither the scores nor the plan.
func (s *Scores) ExportArrow(b *Batch, rows int, schema, array unsafe.Pointer) error {
	if err := s.acquire(); err != nil {
		return err
	}
	defer s.release()
	var keys *C.aiueo_batch
	if b != nil {
		if err := b.acquire(); err != nil {
			return err
		}
		defer b.release()
		keys = b.c
	}
	k := begin()
	return k.end(C.aiueo_scores_export(s.c, keys, C.int64_t(rows), (*C.struct_ArrowSchema)(schema),
		(*C.struct_ArrowArray)(array), &k.c.error))
}

// ReleaseArrow releases an ArrowArray and an ArrowSchema that were exported; either may be nil, or
// released already.
func ReleaseArrow(schema, array unsafe.Pointer) {
	C.aiueo_go_release_array((*C.struct_ArrowArray)(array))
	C.aiueo_go_release_schema((*C.struct_ArrowSchema)(schema))
}
