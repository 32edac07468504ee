//go:build !asan

package aiueo

const underASan = false
