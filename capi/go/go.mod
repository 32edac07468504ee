module github.com/aiueo-health/aiueo/capi/go

go 1.22
