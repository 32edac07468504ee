package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	aiueo "github.com/aiueo-health/aiueo/capi/go"
)

func started(t *testing.T) (*engine, *httptest.Server) {
	t.Helper()
	text, err := os.ReadFile("model.json")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "model.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	e, err := open(path)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer((&service{engine: e, scoring: true}).handler())
	t.Cleanup(func() {
		server.Close()
		e.close()
	})
	return e, server
}

func ask(t *testing.T, url, kind, body string) (int, string) {
	t.Helper()
	found, err := http.Post(url, kind, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer found.Body.Close()
	text, err := io.ReadAll(found.Body)
	if err != nil {
		t.Fatal(err)
	}
	return found.StatusCode, string(text)
}

func TestScoreOne(t *testing.T) {
	_, server := started(t)
	status, text := ask(t, server.URL+"/score?explain=1&gap=stage", "application/json", string(sample))
	var found result
	if err := json.Unmarshal([]byte(text), &found); err != nil || status != http.StatusOK {
		t.Fatal(status, text, err)
	}
	if found.Customer != "c-7" || *found.Levels["stage"] != "Loyal" || *found.Levels["band"] != "Lv5" ||
		*found.Axes["I"] != 100 || *found.Axes["E"] != 92.5 ||
		!strings.Contains(string(found.Why), `"movers":`) || !strings.Contains(string(found.Gap), `"target":null`) {
		t.Errorf("%s", text)
	}
	// Nothing of one request is left for the next.
	status, text = ask(t, server.URL+"/score", "application/json", `{"as_of": "2026-11-21", "metrics": {"setup_done": true}}`)
	found = result{}
	if err := json.Unmarshal([]byte(text), &found); err != nil || status != http.StatusOK || found.Overall != nil ||
		found.Axes["U"] != nil || *found.Axes["I"] != 100 || found.Customer != "" {
		t.Error(status, text, err)
	}
}

func TestBadInput(t *testing.T) {
	_, server := started(t)
	for body, words := range map[string]string{
		``:                                     "not a customer in JSON",
		`{"customer": "c", "metric": {}}`:      `unknown field "metric"`,
		`{"customer": "c", "metrics": {}}`:     "as_of is missing",
		`{"as_of": "21.11.2026"}`:              "write it as 2026-11-21",
		`{"as_of": "2026-11-21"} {}`:           "send many to /batch",
		one(`"login_28d": 3`):                  `did you mean "logins_28d"?`,
		one(`"login_rate": 3`):                 "login_rate",
		one(`"logins_28d": "many"`):            `metric "logins_28d" is a number`,
		one(`"plan": 3`):                       `metric "plan" is a category and cannot be set to a number`,
		one(`"last_login": "yesterday"`):       "write it as 2026-11-21",
		one(`"seats": [1]`):                    `metric "seats"`,
		strings.Repeat(" ", mostOfOne+1) + "{": "more than 65536 bytes",
	} {
		status, text := ask(t, server.URL+"/score", "application/json", body)
		wanted := http.StatusBadRequest
		if len(body) > mostOfOne {
			wanted = http.StatusRequestEntityTooLarge
		}
		var said struct{ Error string }
		if err := json.Unmarshal([]byte(text), &said); err != nil || status != wanted || !strings.Contains(said.Error, words) {
			t.Errorf("%.60s: %d %s", body, status, text)
		}
	}
	if status, _ := ask(t, server.URL+"/healthz", "", ""); status != http.StatusMethodNotAllowed {
		t.Error(status)
	}
	if status, text := ask(t, server.URL+"/score?gap=stge", "application/json", string(sample)); status != http.StatusBadRequest ||
		!strings.Contains(text, "did you mean") {
		t.Error(status, text)
	}
}

func one(metric string) string { return `{"as_of": "2026-11-21", "metrics": {` + metric + `}}` }

func TestUpload(t *testing.T) {
	_, server := started(t)
	customers, err := os.ReadFile("customers.csv")
	if err != nil {
		t.Fatal(err)
	}
	status, text := ask(t, server.URL+"/batch", "text/csv", string(customers))
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if status != http.StatusOK || len(lines) != 4 || !strings.HasPrefix(lines[0], "customer,as_of,profile,I,U,E,O,overall,") ||
		!strings.HasPrefix(lines[1], "Aoba,2026-11-21,default,100,") || !strings.HasPrefix(lines[2], "Midori,2026-11-21,trial,") {
		t.Errorf("%d %s", status, text)
	}
	// The same customer, one at a time and in JSON lines, has the same scores.
	flat := strings.ReplaceAll(string(sample), "\n", " ")
	status, text = ask(t, server.URL+"/batch", "application/x-ndjson", flat+"\n"+`{"customer": "d", "as_of": "2026-11-21"}`+"\n")
	var batch map[string]any
	if err := json.Unmarshal([]byte(strings.Split(text, "\n")[0]), &batch); err != nil || status != http.StatusOK {
		t.Fatal(status, text, err)
	}
	_, text = ask(t, server.URL+"/score", "application/json", string(sample))
	var single result
	if err := json.Unmarshal([]byte(text), &single); err != nil {
		t.Fatal(err)
	}
	if batch["overall"] != *single.Overall || batch["U"] != *single.Axes["U"] || batch["stage"] != *single.Levels["stage"] {
		t.Error(batch, text)
	}
	for _, c := range []struct{ kind, body, words string }{
		{"text/plain", "x", "send text/csv"},
		{"text/csv", "", "the CSV is empty"},
		{"text/csv", "customer,as_of\nc", "wrong number of fields"},
		{"text/csv", "customer,as_of\nc,2026-11-21\n", "which are not there"},
		{"text/csv", strings.Replace(string(customers), ",35,", ",many,", 1), `row 1, column "logins_28d"`},
		{"text/csv", string(customers) + "Aoba,2026-11-21,pro,1,true,2,10,35,2026-11-20,12,9,2026-10-01,yes,5\n", "Aoba"},
		{"text/csv", strings.Replace(string(customers), "seats", "seat", 1), `"seats"`},
		{"application/x-ndjson", flat + "\n{", "customer 2 cannot be read"},
		{"application/x-ndjson", `{"customer": "c", "as_of": "2026-11-21", "metrics": {"seats": {}}}`, `metric "seats"`},
	} {
		status, text := ask(t, server.URL+"/batch", c.kind, c.body)
		var said struct{ Error string }
		if err := json.Unmarshal([]byte(text), &said); err != nil || status != http.StatusBadRequest || !strings.Contains(said.Error, c.words) {
			t.Errorf("%s: %d %s", c.words, status, text)
		}
	}
}

// Reloading under load: every request is answered, by the old model or the new one.
func TestReload(t *testing.T) {
	e, server := started(t)
	good, err := os.ReadFile(e.path)
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var all sync.WaitGroup
	for k := 0; k < 4; k++ {
		all.Add(1)
		go func(k int) {
			defer all.Done()
			for {
				select {
				case <-stop:
					return
				default:
				}
				url, kind := server.URL+"/score", "application/json"
				if k == 0 {
					url, kind = server.URL+"/batch", "application/x-ndjson"
				}
				if status, text := ask(t, url, kind, string(sample)); status != http.StatusOK {
					t.Error(status, text)
					return
				}
			}
		}(k)
	}
	for n := 0; n < 20; n++ {
		name := fmt.Sprintf(`"name": "version-%d"`, n)
		text := strings.Replace(string(good), `"name": "go-service"`, name, 1)
		if err := os.WriteFile(e.path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if status, text := ask(t, server.URL+"/reload", "", ""); status != http.StatusOK || !strings.Contains(text, fmt.Sprintf("version-%d", n)) {
			t.Error(status, text)
		}
	}
	if err := os.WriteFile(e.path, []byte(strings.Replace(string(good), `"metric": "admins"`, `"metric": "admin"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	status, text := ask(t, server.URL+"/reload", "", "")
	if status != http.StatusUnprocessableEntity || !strings.Contains(text, `did you mean \"admins\"?`) || !strings.Contains(text, `"line":`) {
		t.Error(status, text)
	}
	close(stop)
	all.Wait()
	for k := 0; k < 100 && aiueo.OpenHandles().Plans > 1; k++ {
		time.Sleep(time.Millisecond)
	}
	if open := aiueo.OpenHandles(); open.Plans != 1 || open.Batches != open.Rows || open.Leaked != 0 {
		t.Errorf("%+v", open)
	}
}

// Stopping ends what has begun, and then the service.
func TestStop(t *testing.T) {
	e, err := open("model.json")
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stop, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serve(stop, e, listener) }()
	reader, writer := io.Pipe()
	slow := make(chan error, 1)
	go func() {
		answer, err := http.Post("http://"+listener.Addr().String()+"/score", "application/json", reader)
		if err == nil && answer.StatusCode != http.StatusOK {
			err = errors.New(answer.Status)
		}
		slow <- err
	}()
	if _, err := writer.Write(sample[:40]); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond) // the request is in progress
	cancel()
	time.Sleep(50 * time.Millisecond)
	if _, err := writer.Write(sample[40:]); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	if err := <-slow; err != nil {
		t.Errorf("the request in progress: %v", err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := http.Get("http://" + listener.Addr().String() + "/healthz"); err == nil {
		t.Error("it still answers")
	}
}

func TestRefusedModels(t *testing.T) {
	if _, err := open("none.json"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if err := run(context.Background(), "go.mod", "", 0, 0); !errors.Is(err, aiueo.ErrBadJSON) {
		t.Error(err)
	}
	counting := `{"aiueo": 1, "metrics": {"calls": {"from": "initiatives", "initiative": "call", "value": "count", "window_days": 30}},
		"touch": {"components": {"calls": {"metric": "calls", "steps": [[1, 100]]}}}}`
	path := filepath.Join(t.TempDir(), "model.json")
	if err := os.WriteFile(path, []byte(counting), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := open(path); err == nil || !strings.Contains(err.Error(), "initiatives") {
		t.Error(err)
	}
}

// A short load: it is borne, with and without scoring. The figures are for -v; nothing is asserted
// of them.
func TestLoad(t *testing.T) {
	e, err := open("model.json")
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	for _, scoring := range []bool{true, false} {
		found, err := load(&service{engine: e, scoring: scoring}, 300*time.Millisecond, 4)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("scoring %-5v %v", scoring, found)
	}
}

// The answers in README.md are those of the service.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, server := started(t)
	pieces := strings.Split(string(text), "127.0.0.1:8080/score -d '")[1:]
	if len(pieces) != 2 {
		t.Fatalf("%d requests", len(pieces))
	}
	plain := strings.NewReplacer(" ", "", "\n", "")
	for _, piece := range pieces {
		request, rest, _ := strings.Cut(piece, "'\n")
		if _, found := ask(t, server.URL+"/score", "application/json", request); !strings.HasPrefix(plain.Replace(rest), plain.Replace(found)) {
			t.Errorf("%s is answered with %s", request, found)
		}
	}
}
