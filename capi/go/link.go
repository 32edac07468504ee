//go:build !aiueo_source && !aiueo_static

package aiueo

// An installed library, as pkg-config describes it.

// #cgo pkg-config: aiueo
import "C"
