package aiueo

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// notCalled are functions of the C interface that Go users do without, each with the reason.
var notCalled = map[string]string{
	"aiueo_evidence_update": "aiueo_evidence_update_from takes contracts alone, too",
}

// Every function that the library exports is called by this package, or a reason is written down.
func TestEveryFunctionIsReached(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	ok(t, err)
	sources = append(sources, "shim.c")
	called := map[string]bool{}
	call := regexp.MustCompile(`\b(?:C\.)?(aiueo_[a-z_]+)\(`)
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		ok(t, err)
		for _, found := range call.FindAllStringSubmatch(string(text), -1) {
			called[found[1]] = true
		}
	}
	listed := map[string]bool{}
	for _, name := range lines(t, "../symbols.txt") {
		listed[name] = true
		_, excused := notCalled[name]
		if called[name] == excused {
			t.Errorf("%s: called %v, excused %v", name, called[name], excused)
		}
	}
	for name := range notCalled {
		if !listed[name] {
			t.Errorf("%s is excused and does not exist", name)
		}
	}
}
