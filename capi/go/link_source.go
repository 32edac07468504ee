//go:build aiueo_source && !aiueo_static

package aiueo

// The library as ./dev build leaves it in the source tree. CGO_LDFLAGS comes first on the linker's
// line, so that another build is used with CGO_LDFLAGS="-L/there -Wl,-rpath,/there".

// #cgo CFLAGS: -I${SRCDIR}/../include
// #cgo LDFLAGS: -L${SRCDIR}/../../build/release/lib -laiueo -Wl,-rpath,${SRCDIR}/../../build/release/lib
import "C"
