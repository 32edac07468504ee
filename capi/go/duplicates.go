package aiueo

// #include "shim.h"
import "C"

import "runtime"

// Duplicates finds two rows of one customer and date in a table that comes in several batches; for
// one batch there is [Batch.CheckRows]. It belongs to one goroutine at a time.
type Duplicates struct{ *duplicatesCore }

type duplicatesCore struct {
	handle
	c *C.aiueo_duplicates
}

// NewDuplicates has seen nothing yet. Rows that come in order of customer and date (or of date and
// customer) are checked without end; of others budget rows are remembered at most, 16,777,216 if it
// is 0.
func NewDuplicates(budget int64) (*Duplicates, error) {
	core := &duplicatesCore{}
	k := begin()
	if err := k.end(C.aiueo_duplicates_new(C.int64_t(budget), &core.c, &k.c.error)); err != nil {
		return nil, err
	}
	core.handle.init(duplicatesKind, core.destroy)
	out := &Duplicates{core}
	runtime.SetFinalizer(out, func(d *Duplicates) { d.abandon() })
	return out, nil
}

func (d *duplicatesCore) destroy() {
	C.aiueo_duplicates_free(d.c)
	d.c = nil
}

// Close gives it up. It returns nil.
func (d *Duplicates) Close() error { return d.close() }

// Add checks a batch's rows as [Batch.CheckRows] does, also against those of all batches before it;
// messages count rows over all batches. After an error the rest of the batch was not looked at.
func (d *Duplicates) Add(batch *Batch) error {
	if err := d.acquire(); err != nil {
		return err
	}
	defer d.release()
	if err := batch.acquire(); err != nil {
		return err
	}
	defer batch.release()
	k := begin()
	return k.end(C.aiueo_duplicates_add(d.c, batch.c, &k.c.error))
}

// Checked is how many of the rows, from the first on, were compared with all before them: all, or
// where the budget ended.
func (d *Duplicates) Checked() int64 {
	if d.acquire() != nil {
		return 0
	}
	defer d.release()
	return int64(C.aiueo_duplicates_checked(d.c))
}
