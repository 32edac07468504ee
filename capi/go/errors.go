package aiueo

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"runtime/cgo"
	"strings"
	"sync"
)

// Code says what kind of failure an [Error] is. Codes are errors themselves, to be found with
// errors.Is:
//
//	if errors.Is(err, aiueo.ErrBadColumn) { … }
//
// The numbers are those of aiueo.h; they are never reused.
type Code int32

// The kinds of failure.
const (
	ErrInvalidArgument Code = C.AIUEO_INVALID_ARGUMENT // an argument is out of its documented range
	ErrInvalidState    Code = C.AIUEO_INVALID_STATE    // the call came at the wrong time
	ErrNotFound        Code = C.AIUEO_NOT_FOUND        // a name or a customer that is not there
	ErrBufferTooSmall  Code = C.AIUEO_BUFFER_TOO_SMALL // never seen by users of this package
	ErrUnsupported     Code = C.AIUEO_UNSUPPORTED      // right in principle, but this build or type cannot do it
	ErrBadJSON         Code = C.AIUEO_BAD_JSON         // not JSON, or JSON that is refused
	ErrBadModel        Code = C.AIUEO_BAD_MODEL        // JSON, but not a model
	ErrLimitExceeded   Code = C.AIUEO_LIMIT_EXCEEDED   // larger or deeper than a declared limit
	ErrBadColumn       Code = C.AIUEO_BAD_COLUMN       // a column is missing, repeated or of the wrong type
	ErrBadValue        Code = C.AIUEO_BAD_VALUE        // one value cannot be what its column says
	ErrDuplicateRow    Code = C.AIUEO_DUPLICATE_ROW    // the same customer and date twice
	ErrBadArrow        Code = C.AIUEO_BAD_ARROW        // an Arrow structure contradicts itself
	ErrBadState        Code = C.AIUEO_BAD_STATE        // not a state of evidence, or one that contradicts itself
	ErrScorerFailed    Code = C.AIUEO_SCORER_FAILED    // a custom scorer reported failure
	ErrCancelled       Code = C.AIUEO_CANCELLED        // a callback asked to stop
	ErrOutOfMemory     Code = C.AIUEO_OUT_OF_MEMORY
	ErrIO              Code = C.AIUEO_IO       // a file or stream could not be read or written
	ErrInternal        Code = C.AIUEO_INTERNAL // a defect of the library
)

// String is the code's name: "bad_column".
func (c Code) String() string { return C.GoString(C.aiueo_status_name(C.int32_t(c))) }

// Error makes a code the target of errors.Is.
func (c Code) Error() string { return "aiueo: " + c.String() }

// ErrClosed is what every method of a closed handle returns.
var ErrClosed error = &Error{Code: ErrInvalidState, Message: "it is closed"}

// Error is what a call of the library failed with. Message is one line that says where it
// happened (file, line and column of a model; table, row and column of data), what was found and
// what would be right.
type Error struct {
	Code    Code
	Message string
	// Problems lists all that is wrong with a model, in the model's order: for failures of [Load],
	// [LoadFile] and [Compile]; else empty.
	Problems []Problem

	cause error
}

// Error is the library's sentence.
func (e *Error) Error() string {
	if e.Message == "" {
		return e.Code.Error()
	}
	return "aiueo: " + e.Message
}

// Is reports whether target is this error's [Code].
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	return ok && code == e.Code
}

// Unwrap is the error with which a custom scorer or a progress function failed, or nil.
func (e *Error) Unwrap() error { return e.cause }

// Problem is one thing that is wrong, or doubtful, with a model.
type Problem struct {
	Level   string `json:"level"`   // "error" or "warning"
	Code    string `json:"code"`    // "bad_model", "bad_json", …
	Line    int    `json:"line"`    // from 1; 0: of no line
	Column  int    `json:"column"`  // from 1, in characters
	Path    string `json:"path"`    // "axes.U.components.logins.metric"
	Message string `json:"message"` // what was found and what would be right
	Text    string `json:"text"`    // all of it: "model.json:14:22: axes.U… …"
}

// String is the problem in one line.
func (p Problem) String() string { return p.Text }

// Hint is the part of the message that says what would be right ("did you mean \"nps\"?"), or
// empty if the message is one statement.
func (p Problem) Hint() string {
	if at := strings.LastIndex(p.Message, "; "); at >= 0 {
		return p.Message[at+2:]
	}
	return ""
}

// PanicError is a panic of a custom scorer or a progress function. The call that ran it fails with
// an [Error] that wraps this one; C frames lie between, so the panic itself must end there.
type PanicError struct {
	Value any    // what was given to panic
	Stack []byte // where, as runtime/debug.Stack writes it
}

// Error says what was given to panic.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap is the value given to panic, if that was an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// call is what a call of the library needs beside its arguments. Pooled: an error structure is
// half a kilobyte, and would be allocated by each call.
type call struct{ c C.aiueo_go_call }

var calls = sync.Pool{New: func() any {
	k := new(call)
	k.c.error.struct_size = C.sizeof_aiueo_error
	return k
}}

func begin() *call { return calls.Get().(*call) }

// pointer is the whole call, for what may call back.
func (k *call) pointer() *C.aiueo_go_call { return &k.c }

// end is the Go error of a status. The call must not be used after it.
func (k *call) end(status C.int32_t) error {
	err := k.result(status)
	calls.Put(k)
	return err
}

// result is the Go error of a status; the call can be used again.
func (k *call) result(status C.int32_t) error {
	if status == C.AIUEO_OK && k.c.failure == 0 {
		return nil
	}
	return k.fail(status)
}

func (k *call) fail(status C.int32_t) error {
	var cause error
	if k.c.failure != 0 {
		left := cgo.Handle(k.c.failure)
		cause, _ = left.Value().(error)
		left.Delete()
		k.c.failure = 0
	}
	if status == C.AIUEO_OK {
		return nil
	}
	err := &Error{Code: Code(status), Message: C.GoString(&k.c.error.message[0]), cause: cause}
	k.c.error.message[0] = 0
	return err
}

func argumentError(format string, a ...any) error {
	return &Error{Code: ErrInvalidArgument, Message: fmt.Sprintf(format, a...)}
}

func columnError(code Code, name, format string, a ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf("column %q: ", name) + fmt.Sprintf(format, a...)}
}

// codeOf is the code that an error carries.
func codeOf(err error) (Code, bool) {
	var code Code
	if errors.As(err, &code) {
		return code, true
	}
	var known *Error
	if errors.As(err, &known) {
		return known.Code, true
	}
	return 0, false
}
