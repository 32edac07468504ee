package main

import (
	"errors"
	"fmt"
	"sync"

	aiueo "github.com/aiueo-health/aiueo/capi/go"
)

// model is a plan in use, and the rows that requests score with.
type model struct {
	plan        *aiueo.Plan
	rows        *aiueo.RowPool
	description *aiueo.Description
	users       sync.WaitGroup
}

// engine is the model that serves now. Reloading puts another in its place; requests that have
// begun with the old one end with it.
type engine struct {
	path    string
	loading sync.Mutex
	mutex   sync.RWMutex
	current *model
}

const idleRows = 64

func open(path string) (*engine, error) {
	e := &engine{path: path}
	return e, e.reload()
}

// reload reads the model file again. If it has errors the model that serves goes on serving.
func (e *engine) reload() error {
	e.loading.Lock()
	defer e.loading.Unlock()
	plan, err := aiueo.LoadFile(e.path)
	if err != nil {
		return err
	}
	description, err := plan.Describe()
	if err != nil {
		return errors.Join(err, plan.Close())
	}
	if description.NeedsInitiatives {
		plan.Close()
		return fmt.Errorf("%s counts initiatives; this service has none", e.path)
	}
	e.swap(&model{plan: plan, rows: plan.NewRowPool(nil, idleRows), description: description})
	return nil
}

// swap puts another model in place, and closes the old one when the requests that use it are done.
func (e *engine) swap(next *model) {
	e.mutex.Lock()
	old := e.current
	e.current = next
	e.mutex.Unlock()
	if old != nil {
		go func() {
			old.users.Wait()
			old.rows.Close()
			old.plan.Close()
		}()
	}
}

// use is the model that serves now; done ends its use.
func (e *engine) use() *model {
	e.mutex.RLock()
	defer e.mutex.RUnlock()
	e.current.users.Add(1)
	return e.current
}

func (m *model) done() { m.users.Done() }

// close gives the model up. No request may come after it.
func (e *engine) close() {
	e.current.users.Wait()
	e.current.rows.Close()
	e.current.plan.Close()
}
