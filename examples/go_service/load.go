package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sort"
	"sync"
	"time"
)

// loaded is what a service did under load.
type loaded struct {
	requests int
	perSec   float64
	p50, p99 time.Duration
}

func (l loaded) String() string {
	return fmt.Sprintf("%7.0f requests/s  p50 %6.0f µs  p99 %6.0f µs", l.perSec, float64(l.p50)/1e3, float64(l.p99)/1e3)
}

var sample = []byte(`{"customer": "c-7", "as_of": "2026-11-21", "metrics": {"plan": "pro", "mrr": 120000, "setup_done": true,
  "admins": 2, "seats": 10, "logins_28d": 35, "last_login": "2026-11-20", "features_used": 12, "nps": 9,
  "nps@": "2026-10-01", "champion": "yes", "goal_reports": 5}}`)

// compareLoads prints what the service does with and without scoring, in turns on one machine.
func compareLoads(e *engine, length time.Duration, clients int) error {
	const turns = 4
	var with, without []loaded
	for turn := 0; turn < turns; turn++ {
		for _, scoring := range []bool{true, false} {
			found, err := load(&service{engine: e, scoring: scoring}, length/(2*turns), clients)
			if err != nil {
				return err
			}
			if scoring {
				with = append(with, found)
			} else {
				without = append(without, found)
			}
		}
	}
	fmt.Printf("POST /score, %d connections over loopback, client and service in one process\n", clients)
	fmt.Println("with scoring   ", median(with))
	fmt.Println("without scoring", median(without))
	return nil
}

func median(all []loaded) loaded {
	sort.Slice(all, func(i, j int) bool { return all[i].perSec < all[j].perSec })
	return all[len(all)/2]
}

// load sends requests over so many connections for so long.
func load(s *service, length time.Duration, clients int) (loaded, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return loaded{}, err
	}
	server := &http.Server{Handler: s.handler(), ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(listener)
	defer server.Shutdown(context.Background())
	url := "http://" + listener.Addr().String() + "/score"
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	defer client.CloseIdleConnections()

	var (
		all   sync.WaitGroup
		mutex sync.Mutex
		took  []time.Duration
		first error
	)
	begin := time.Now()
	for k := 0; k < clients; k++ {
		all.Add(1)
		go func() {
			defer all.Done()
			var own []time.Duration
			var failed error
			for failed == nil && time.Since(begin) < length {
				start := time.Now()
				failed = post(client, url)
				own = append(own, time.Since(start))
			}
			mutex.Lock()
			defer mutex.Unlock()
			took = append(took, own...)
			first = errors.Join(first, failed)
		}()
	}
	all.Wait()
	elapsed := time.Since(begin)
	if first != nil || len(took) == 0 {
		return loaded{}, errors.Join(first, errors.New("the load was not borne"))
	}
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	return loaded{len(took), float64(len(took)) / elapsed.Seconds(), took[len(took)/2], took[len(took)*99/100]}, nil
}

func post(client *http.Client, url string) error {
	answer, err := client.Post(url, "application/json", bytes.NewReader(sample))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", answer.Status, text)
	}
	return err
}
