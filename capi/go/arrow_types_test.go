package aiueo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aiueo-health/aiueo/capi/go/internal/arrowc"
)

// typed is whole numbers, of which some are unknown, as an Arrow column.
type typed struct {
	values []int64
	known  []bool // nil: all
}

func packed[T any](values []int64, as func(int64) T) []byte {
	var out bytes.Buffer
	for _, v := range values {
		if err := binary.Write(&out, binary.LittleEndian, as(v)); err != nil {
			panic(err)
		}
	}
	return out.Bytes()
}

// half is a small whole number in half precision.
func half(v int64) uint16 {
	if v == 0 {
		return 0
	}
	power := uint16(0)
	for v>>(power+1) != 0 {
		power++
	}
	return (15+power)<<10 | uint16(v<<(10-power))&0x3ff
}

func wide(v int64) [2]int64 { return [2]int64{v, v >> 63} }

// utf8 is texts with offsets of 4 or 8 bytes, or as views.
func utf8(words []string, format string) (buffers [][]byte) {
	offsets, text := []int64{0}, []byte{}
	for _, word := range words {
		text = append(text, word...)
		offsets = append(offsets, int64(len(text)))
	}
	switch format {
	case "u":
		return [][]byte{packed(offsets, func(v int64) int32 { return int32(v) }), text}
	case "U":
		return [][]byte{packed(offsets, func(v int64) int64 { return v }), text}
	}
	var views bytes.Buffer
	for k, word := range words {
		view := make([]byte, 16)
		binary.LittleEndian.PutUint32(view, uint32(len(word)))
		if len(word) <= 12 {
			copy(view[4:], word)
		} else { // the first four bytes, the number of the buffer, and where it begins
			copy(view[4:8], word)
			binary.LittleEndian.PutUint32(view[12:], uint32(offsets[k]))
		}
		views.Write(view)
	}
	return [][]byte{views.Bytes(), text, packed([]int64{int64(len(text))}, func(v int64) int64 { return v })}
}

const dayMillis = 86400 * 1000

// column is the values in a format, as words where it is text; the first `skip` rows of its memory
// are not in it.
func (c typed) column(name, format string, skip int, word func(int64) string) arrowc.Column {
	values := append(make([]int64, skip), c.values...)
	out := arrowc.Column{Name: name, Format: format, Rows: len(c.values), Offset: skip, Nulls: -1, Buffers: [][]byte{nil}}
	if c.known != nil {
		out.Buffers[0] = bitsOf(append(make([]bool, skip), c.known...))
	}
	one := func(data []byte) { out.Buffers = append(out.Buffers, data) }
	times := func(factor int64) { one(packed(values, func(v int64) int64 { return v * factor })) }
	words := func() (out []string) {
		for _, v := range values {
			out = append(out, word(v))
		}
		return out
	}
	switch format {
	case "c", "C":
		one(packed(values, func(v int64) int8 { return int8(v) }))
	case "s", "S":
		one(packed(values, func(v int64) int16 { return int16(v) }))
	case "i", "I", "tdD":
		one(packed(values, func(v int64) int32 { return int32(v) }))
	case "l", "L":
		times(1)
	case "e":
		one(packed(values, half))
	case "f":
		one(packed(values, func(v int64) float32 { return float32(v) }))
	case "g":
		one(packed(values, func(v int64) float64 { return float64(v) }))
	case "b":
		set := make([]bool, len(values))
		for k, v := range values {
			set[k] = v != 0
		}
		one(bitsOf(set))
	case "tdm", "tsm:":
		times(dayMillis)
	case "tss:":
		times(dayMillis / 1000)
	case "tsu:UTC":
		times(dayMillis * 1000)
	case "tsn:":
		times(dayMillis * 1000 * 1000)
	case "d:9,2,32":
		one(packed(values, func(v int64) int32 { return int32(v * 100) }))
	case "d:18,2,64":
		times(100)
	case "d:38,2":
		one(packed(values, func(v int64) [2]int64 { return wide(v * 100) }))
	case "d:76,2,256":
		one(packed(values, func(v int64) [4]int64 { return [4]int64{v * 100, v >> 63, v >> 63, v >> 63} }))
	case "u", "U", "vu":
		out.Buffers = append(out.Buffers, utf8(words(), format)...)
	case "C+u", "i+U", "s+vu": // dictionaries, words in the order of their first row
		index, kind, _ := strings.Cut(format, "+")
		numbers, list, codes := map[string]int64{}, []string{}, []int64{}
		for _, one := range words() {
			if _, ok := numbers[one]; !ok {
				numbers[one] = int64(len(list))
				list = append(list, one)
			}
			codes = append(codes, numbers[one])
		}
		out.Buffers = append(out.Buffers, typed{values: codes}.column("", index, 0, nil).Buffers[1])
		out.Format = index
		out.Dictionary = &arrowc.Column{Format: kind, Rows: len(list), Buffers: append([][]byte{nil}, utf8(list, kind)...)}
	default:
		panic(format)
	}
	return out
}

var (
	numberFormats = []string{"c", "C", "s", "S", "i", "I", "l", "L", "e", "f", "g", "d:9,2,32", "d:18,2,64", "d:38,2",
		"d:76,2,256", "u", "U", "vu", "C+u", "i+U", "s+vu"}
	formats = map[string][]string{
		"logins": numberFormats, "mrr": numberFormats, "customer": {"s", "i", "l", "u", "U", "vu", "s+vu", "i+U"},
		"setup": {"b", "c", "C", "s", "i", "l", "e", "f", "g", "u", "U", "vu", "C+u"},
		"last":  {"tdD", "tdm", "tss:", "tsm:", "tsu:UTC", "tsn:", "u", "U", "vu", "i+U"},
		"as_of": {"tdD", "tdm", "tss:", "tsm:", "tsu:UTC", "tsn:", "u", "U", "vu", "C+u"},
		"plan":  {"u", "U", "vu", "C+u", "i+U", "s+vu"},
	}
	wordOf = map[string]func(int64) string{
		"setup": func(v int64) string { return []string{"false", "true"}[v] },
		"plan":  func(v int64) string { return []string{"trial", "small", "bigger than twelve bytes", "大きい"}[v] },
		"last":  func(v int64) string { return Date(v).String() },
		"as_of": func(v int64) string { return Date(v).String() },
	}
)

const typedRows = 77

func typedTable(holes bool) map[string]typed {
	out := map[string]typed{}
	add := func(name string, every int, value func(k int) int64) {
		one := typed{values: make([]int64, typedRows)}
		if holes && every > 0 {
			one.known = make([]bool, typedRows)
		}
		for k := range one.values {
			one.values[k] = value(k)
			if one.known != nil {
				one.known[k] = k%every != 0
			}
		}
		out[name] = one
	}
	add("customer", 0, func(k int) int64 { return int64(1000 + k) })
	add("as_of", 0, func(k int) int64 { return int64(today) })
	add("plan", 5, func(k int) int64 { return int64(k % 4) })
	add("setup", 6, func(k int) int64 { return int64(k % 2) })
	add("logins", 7, func(k int) int64 { return int64(k % 13) })
	add("last", 8, func(k int) int64 { return int64(today) - int64(k%20) })
	add("mrr", 9, func(k int) int64 { return int64(k) })
	add("nps", 3, func(k int) int64 { return int64(k % 11) })
	add("nps@", 0, func(k int) int64 { return int64(today) - 10 })
	return out
}

var plainFormat = map[string]string{"customer": "l", "as_of": "tdD", "plan": "u", "setup": "b", "logins": "g", "last": "tdD",
	"mrr": "l", "nps": "f", "nps@": "tdD"}

func typedColumns(from map[string]typed, changed, format string, skip int) (out []arrowc.Column) {
	for name, values := range from {
		kind := plainFormat[name]
		if name == changed {
			kind = format
		}
		word := wordOf[name]
		if word == nil {
			word = func(v int64) string { return fmt.Sprint(v) }
		}
		out = append(out, values.column(name, kind, skip, word))
	}
	return out
}

// Every type of Arrow that a metric can be read from, with and without a bitmap, from the beginning
// of its memory and from within: the same bits, as a batch and as a stream.
func TestArrowTypes(t *testing.T) {
	noneLiving(t)
	plan := smallPlan(t)
	for _, holes := range []bool{true, false} {
		from := typedTable(holes)
		expected := typedReference(t, plan, from)
		for name, kinds := range formats {
			for _, format := range kinds {
				for _, skip := range []int{0, 8, 13} {
					columns := typedColumns(from, name, format, skip)
					what := fmt.Sprint(name, " ", format, " from row ", skip)
					in := arrowc.BuildTyped(typedRows, columns...)
					batch, err := plan.ImportArrow(in.Schema(), in.Array(), ValidateFull, nil)
					if err != nil {
						t.Fatalf("%s: %v", what, err)
					}
					ok(t, batch.CheckRows())
					scores := must[*Scores](t)(plan.Score(batch))
					sameBits(t, what, scores.Overall(), expected)
					scores.Close()
					batch.Close()
					in.Free()
					sameBits(t, what+", streamed", streamed(t, plan, nil, columns), expected)
				}
			}
		}
	}
}

// typedReference is the overall scores of the values as Go slices.
func typedReference(t *testing.T, plan *Plan, from map[string]typed) []float64 {
	batch := must[*Batch](t)(plan.NewBatch(typedRows, nil))
	close_(t, batch)
	for name, one := range from {
		switch name {
		case "plan":
			words := make([]string, typedRows)
			for k, v := range one.values {
				if one.known == nil || one.known[k] {
					words[k] = wordOf[name](v)
				}
			}
			ok(t, batch.BindCategories(name, words))
		case "setup":
			flags := make([]bool, typedRows)
			for k, v := range one.values {
				flags[k] = v != 0
			}
			ok(t, Bind(batch, name, flags, one.known))
		case "last", "as_of", "nps@":
			dates := make([]Date, typedRows)
			for k, v := range one.values {
				dates[k] = Date(v)
			}
			ok(t, Bind(batch, name, dates, one.known))
		default:
			ok(t, Bind(batch, name, one.values, one.known))
		}
	}
	scores := must[*Scores](t)(closing(t)(plan.Score(batch)))
	return append([]float64(nil), scores.Overall()...)
}

// streamed is the overall scores of a stream of batches.
func streamed(t *testing.T, plan *Plan, options *StreamOptions, batches ...[]arrowc.Column) (overall []float64) {
	t.Helper()
	in := arrowc.BuildTypedStream(batches...)
	defer in.Free()
	stream := must[*Stream](t)(plan.ScoreStream(in.Pointer(), options))
	defer stream.Close()
	for {
		out := arrowc.Empty()
		ok(t, stream.Schema(out.Schema()))
		more := must[bool](t)(stream.Next(out.Array()))
		if more {
			numbers, _, err := out.Column("overall")
			ok(t, err)
			overall = append(overall, numbers...)
		}
		out.Free()
		if !more {
			return overall
		}
	}
}

// Each batch of a stream has a dictionary of its own.
func TestDictionariesThatDiffer(t *testing.T) {
	noneLiving(t)
	plan := smallPlan(t)
	from := typedTable(true)
	expected := typedReference(t, plan, from)
	var batches [][]arrowc.Column
	for _, part := range [][2]int{{0, 1}, {1, 1}, {1, 40}, {40, typedRows}} {
		slice := map[string]typed{}
		for name, one := range from {
			piece := typed{values: one.values[part[0]:part[1]]}
			if one.known != nil {
				piece.known = one.known[part[0]:part[1]]
			}
			slice[name] = piece
		}
		batches = append(batches, typedColumns(slice, "plan", "C+u", 0))
	}
	// Columns come in one order in all batches.
	for _, columns := range batches[1:] {
		for k := range columns {
			for j := range columns {
				if columns[j].Name == batches[0][k].Name {
					columns[k], columns[j] = columns[j], columns[k]
					break
				}
			}
		}
	}
	sameBits(t, "overall", streamed(t, plan, nil, batches...), expected)
}

func TestArrowTypesThatAreRefused(t *testing.T) {
	noneLiving(t)
	plan := smallPlan(t)
	inner := arrowc.Column{Name: "item", Format: "l", Rows: 0, Buffers: [][]byte{nil, {}}}
	for format, c := range map[string]struct {
		column arrowc.Column
		word   string
	}{
		"+l":  {arrowc.Column{Buffers: [][]byte{nil, make([]byte, 4*(typedRows+1))}, Children: []arrowc.Column{inner}}, "a list"},
		"+s":  {arrowc.Column{Buffers: [][]byte{nil}, Children: []arrowc.Column{inner}}, "a struct"},
		"+r":  {arrowc.Column{Children: []arrowc.Column{inner, inner}}, "run-end encoded"},
		"w:2": {arrowc.Column{Buffers: [][]byte{nil, make([]byte, 2*typedRows)}}, "a fixed size"},
		"ttm": {arrowc.Column{Buffers: [][]byte{nil, make([]byte, 4*typedRows)}}, "a time of day"},
		"tDs": {arrowc.Column{Buffers: [][]byte{nil, make([]byte, 8*typedRows)}}, "a duration"},
		"?":   {arrowc.Column{Buffers: [][]byte{nil, nil}}, "unknown Arrow type"},
	} {
		columns := typedColumns(typedTable(true), "", "", 0)
		for k := range columns {
			if columns[k].Name == "logins" {
				columns[k] = c.column
				columns[k].Name, columns[k].Format, columns[k].Rows = "logins", format, typedRows
			}
		}
		in := arrowc.BuildTyped(typedRows, columns...)
		_, err := plan.ImportArrow(in.Schema(), in.Array(), ValidateFull, nil)
		if err == nil || !strings.Contains(err.Error(), `column "logins"`) || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%s: %v", format, err)
		}
		in.Free()
	}
}

// Structures that contradict themselves are found at the full level, by batch and by stream.
func TestArrowThatLies(t *testing.T) {
	noneLiving(t)
	plan := smallPlan(t)
	words := &arrowc.Column{Format: "u", Rows: 2, Buffers: append([][]byte{nil}, utf8([]string{"a", "b"}, "u")...)}
	offsets := func(values ...int64) []byte { return packed(values, func(v int64) int32 { return int32(v) }) }
	for what, lie := range map[string]arrowc.Column{
		"an index beyond":    {Format: "c", Buffers: [][]byte{nil, {0, 1, 2}}, Dictionary: words},
		"a negative index":   {Format: "c", Buffers: [][]byte{nil, {0, 0xff, 1}}, Dictionary: words},
		"offsets go back":    {Format: "u", Buffers: [][]byte{nil, offsets(0, 3, 1, 4), []byte("abcd")}},
		"a negative offset":  {Format: "u", Buffers: [][]byte{nil, offsets(-1, 0, 1, 2), []byte("ab")}},
		"not UTF-8":          {Format: "u", Buffers: [][]byte{nil, offsets(0, 1, 2, 3), {'a', 0xff, 'b'}}},
		"too many nulls":     {Format: "u", Nulls: 4, Buffers: [][]byte{nil, offsets(0, 1, 2, 3), []byte("abc")}},
		"nulls of no bitmap": {Format: "u", Nulls: 1, Buffers: [][]byte{nil, offsets(0, 1, 2, 3), []byte("abc")}},
		"uncounted nulls":    {Format: "u", Nulls: 0, Buffers: [][]byte{{1}, offsets(0, 1, 2, 3), []byte("abc")}},
		"no values":          {Format: "c", Buffers: [][]byte{nil, nil}, Dictionary: words},
		"a buffer too few":   {Format: "u", Buffers: [][]byte{nil, offsets(0, 1, 2, 3)}},
	} {
		lie.Name, lie.Rows = "plan", 3
		key := typed{values: []int64{1, 2, 3}}.column("customer", "l", 0, nil)
		options := &BatchOptions{AsOf: today, MissingColumnsUnknown: true}
		in := arrowc.BuildTyped(3, key, lie)
		batch, err := plan.ImportArrow(in.Schema(), in.Array(), ValidateFull, options)
		if err == nil {
			batch.Close()
		}
		if !errors.Is(err, ErrBadArrow) && !errors.Is(err, ErrBadValue) || !strings.Contains(fmt.Sprint(err), `column "plan"`) {
			t.Errorf("%s: %v", what, err)
		}
		in.Free()

		source := arrowc.BuildTypedStream([]arrowc.Column{key, lie})
		stream := must[*Stream](t)(plan.ScoreStream(source.Pointer(), &StreamOptions{Batch: options, Validation: ValidateFull}))
		out := arrowc.Empty()
		if _, err := stream.Next(out.Array()); err == nil || !strings.Contains(err.Error(), `column "plan"`) {
			t.Errorf("%s, streamed: %v", what, err)
		}
		out.Free()
		stream.Close()
		source.Free()
	}
}
