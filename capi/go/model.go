package aiueo

// #include "shim.h"
import "C"

import (
	"encoding/json"
	"fmt"
	"os"
	"unsafe"
)

// Version of the linked library: "0.1.0".
func Version() string { return C.GoString(C.aiueo_version()) }

// compatible refuses a library that this package was not compiled for.
func compatible() error {
	if found := uint32(C.aiueo_abi_version()); found != C.AIUEO_ABI_VERSION {
		return &Error{Code: ErrUnsupported, Message: fmt.Sprintf(
			"libaiueo %s has interface %d; this package was compiled for %d", Version(), found, C.AIUEO_ABI_VERSION)}
	}
	return nil
}

// Report is everything that is wrong or doubtful with a model.
type Report struct {
	// Usable: it has no errors, and can be loaded.
	Usable bool `json:"usable"`
	// Name and Fingerprint are those of a usable model. Models with the same fingerprint give the
	// same scores.
	Name        string          `json:"name"`
	Fingerprint string          `json:"fingerprint"`
	Problems    []Problem       `json:"problems"`
	Profiles    []ProfileChange `json:"profiles"`
}

// ProfileChange says what a profile changes in the model.
type ProfileChange struct {
	Name    string   `json:"name"`
	Changes []string `json:"changes"`
}

// Check finds every problem of a model, with line and column. A model with errors is no failure of
// this call. file is how messages name the text; empty: "model.json".
func Check(model []byte, file string) (*Report, error) {
	if err := compatible(); err != nil {
		return nil, err
	}
	out, err := text(func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t {
		return C.aiueo_model_check(bytePointer(model), C.size_t(len(model)), stringPointer(file), C.size_t(len(file)),
			buffer, capacity, needed, &k.c.error)
	})
	if err != nil {
		return nil, err
	}
	return decode[Report](out)
}

// CheckWith is [Check] within the limits that [Compile] has with these options, of which File and the
// limits count. ErrInvalidArgument for a limit that no model is read with.
func CheckWith(model []byte, options CompileOptions) (*Report, error) {
	if err := compatible(); err != nil {
		return nil, err
	}
	limits := options.limits()
	out, err := text(func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t {
		return C.aiueo_go_model_check_with(bytePointer(model), C.size_t(len(model)), stringPointer(options.File),
			C.size_t(len(options.File)), &limits, buffer, capacity, needed, &k.c.error)
	})
	if err != nil {
		return nil, err
	}
	return decode[Report](out)
}

// CheckFile is [Check] of a file, which messages call by its path. Errors in reading it are those
// of os.ReadFile.
func CheckFile(path string) (*Report, error) {
	model, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Check(model, path)
}

// Schema is the JSON Schema (2020-12) of the model file.
func Schema() ([]byte, error) {
	if err := compatible(); err != nil {
		return nil, err
	}
	return text(func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t {
		return C.aiueo_model_schema(buffer, capacity, needed, &k.c.error)
	})
}

// text fetches a text of any length.
func text(fetch func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t) ([]byte, error) {
	buffer := make([]byte, 4096)
	needed := new(C.size_t)
	for {
		k := begin()
		status := fetch((*C.char)(unsafe.Pointer(unsafe.SliceData(buffer))), C.size_t(len(buffer)), needed, k)
		err := k.end(status)
		if status == C.AIUEO_BUFFER_TOO_SMALL {
			buffer = make([]byte, int(*needed)+1)
			continue
		}
		if err != nil {
			return nil, err
		}
		return buffer[:int(*needed)], nil
	}
}

func decode[T any](text []byte) (*T, error) {
	out := new(T)
	if err := json.Unmarshal(text, out); err != nil {
		return nil, &Error{Code: ErrInternal, Message: "the library's JSON cannot be read: " + err.Error()}
	}
	return out, nil
}

// texts is text of a JSON array of texts.
func texts(fetch func(buffer *C.char, capacity C.size_t, needed *C.size_t, k *call) C.int32_t) ([]string, error) {
	out, err := text(fetch)
	if err != nil {
		return nil, err
	}
	list, err := decode[[]string](out)
	if err != nil {
		return nil, err
	}
	return *list, nil
}

func stringPointer(s string) *C.char {
	if len(s) == 0 {
		return nil
	}
	return (*C.char)(unsafe.Pointer(unsafe.StringData(s)))
}

func bytePointer(b []byte) *C.char {
	if len(b) == 0 {
		return nil
	}
	return (*C.char)(unsafe.Pointer(unsafe.SliceData(b)))
}
