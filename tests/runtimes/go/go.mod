module github.com/aiueo-health/aiueo/tests/runtimes/go

go 1.22

require github.com/aiueo-health/aiueo/capi/go v0.0.0

replace github.com/aiueo-health/aiueo/capi/go => ../../../capi/go
