// Command go_service scores customers over HTTP on loopback:
//
//	go_service -model model.json -listen 127.0.0.1:8080
//	go_service -model model.json -load 5s     # measure, and end
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	path := flag.String("model", "model.json", "the model file")
	listen := flag.String("listen", "127.0.0.1:8080", "address to listen on")
	measure := flag.Duration("load", 0, "measure under load for so long with and without scoring, and end")
	clients := flag.Int("clients", 8, "connections of the measurement")
	flag.Parse()
	stop, done := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer done()
	if err := run(stop, *path, *listen, *measure, *clients); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func run(stop context.Context, path, listen string, measure time.Duration, clients int) error {
	e, err := open(path)
	if err != nil {
		return err
	}
	defer e.close()
	if measure > 0 {
		return compareLoads(e, measure, clients)
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	return serve(stop, e, listener)
}

// serve answers until stop is done; then requests in progress have ten seconds to end. SIGHUP
// reloads the model, as POST /reload does.
func serve(stop context.Context, e *engine, listener net.Listener) error {
	server := &http.Server{Handler: (&service{engine: e, scoring: true}).handler(),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	log.Printf("listening on %s", listener.Addr())
	for {
		select {
		case <-hangup:
			if err := e.reload(); err != nil {
				log.Printf("the model stays as it was: %v", err)
			}
		case err := <-ended:
			return err
		case <-stop.Done():
			log.Print("stopping")
			limit, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			err := server.Shutdown(limit)
			if gone := <-ended; !errors.Is(gone, http.ErrServerClosed) {
				err = errors.Join(err, gone)
			}
			return err
		}
	}
}
