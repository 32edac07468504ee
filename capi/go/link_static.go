//go:build aiueo_static

package aiueo

// One binary: libaiueo.a and the C++ runtime are linked in. Where they lie is said by
// CGO_CFLAGS="-I…/include" and CGO_LDFLAGS="-L…/lib"; together with the tag aiueo_source the
// header is that of the source tree.

// #cgo aiueo_source CFLAGS: -I${SRCDIR}/../include
// #cgo LDFLAGS: -l:libaiueo.a -l:libstdc++.a -static-libgcc -lm
import "C"
