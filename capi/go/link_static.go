//go:build aiueo_static

package aiueo

// One binary: libaiueo.a and the C++ runtime are linked in. pkg-config names the installed archive;
// together with the tag aiueo_source it is that of ./dev build.

// #cgo !aiueo_source pkg-config: --define-variable=cxx=:libstdc++.a aiueo-static
// #cgo !aiueo_source LDFLAGS: -static-libgcc
// #cgo aiueo_source CFLAGS: -I${SRCDIR}/../include
// #cgo aiueo_source LDFLAGS: ${SRCDIR}/../../build/release/lib/libaiueo.a -l:libstdc++.a -static-libgcc -lm
import "C"
