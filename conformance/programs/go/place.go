package main

import (
	"context"
	"fmt"
	"reflect"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
)

type execution struct {
	WorkflowID string `json:"workflowId"`
}

type scenario struct {
	name string
	run  func(at *place)
}

// place is what one scenario works with: client, queue, ids, and ways to wait for events instead of for time.
type place struct {
	ctx        context.Context
	end        context.CancelFunc
	client     client.Client
	queue      string
	nonce      string
	name       string
	executions []execution
	observed   map[string]any
}

func newPlace(connection client.Client, queue, nonce, name string) *place {
	ctx, end := context.WithTimeout(context.Background(), 90*time.Second)
	return &place{ctx: ctx, end: end, client: connection, queue: queue, nonce: nonce, name: name, executions: []execution{}, observed: map[string]any{}}
}

// id makes a workflow id and records it for the dump.
func (at *place) id(suffix string) string {
	id := at.name
	if suffix != "" {
		id += "-" + suffix
	}
	id += "-" + at.nonce
	for _, known := range at.executions {
		if known.WorkflowID == id {
			return id
		}
	}
	at.executions = append(at.executions, execution{WorkflowID: id})
	return id
}

func (at *place) options(suffix string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{ID: at.id(suffix), TaskQueue: at.queue}
}

func (at *place) start(options client.StartWorkflowOptions, workflow any, args ...any) client.WorkflowRun {
	run, err := at.client.ExecuteWorkflow(at.ctx, options, workflow, args...)
	must(err)
	return run
}

// expect waits for the result and compares it.
func expect[T any](at *place, run client.WorkflowRun, want T) {
	var got T
	must(run.Get(at.ctx, &got))
	if !reflect.DeepEqual(got, want) {
		panic(fmt.Sprintf("expected %v, got %v", want, got))
	}
}

// fails waits for the end and records the error.
func (at *place) fails(label string, err error) {
	if err == nil {
		panic(label + ": expected an error")
	}
	at.observed[label] = fmt.Sprintf("%T", err)
}

func (at *place) signal(id, name string, value any) {
	must(at.client.SignalWorkflow(at.ctx, id, "", name, value))
}

// settled resolves when count events of the type are in the history and no workflow task is pending.
func (at *place) settled(id string, kind enums.EventType, count int) {
	at.until(func() bool {
		seen := 0
		for events := at.client.GetWorkflowHistory(at.ctx, id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); {
			event, err := events.Next()
			must(err)
			if event.EventType == kind {
				seen++
			}
		}
		description, err := at.client.DescribeWorkflowExecution(at.ctx, id, "")
		must(err)
		return seen >= count && description.PendingWorkflowTask == nil
	})
}

func (at *place) idle(id string) {
	at.settled(id, enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, 1)
}

// started resolves when a pending activity is with a worker.
func (at *place) started(id string) {
	at.until(func() bool {
		description, err := at.client.DescribeWorkflowExecution(at.ctx, id, "")
		must(err)
		return len(description.PendingActivities) > 0 && description.PendingActivities[0].State == enums.PENDING_ACTIVITY_STATE_STARTED
	})
}

func (at *place) until(isDone func() bool) {
	for !isDone() {
		must(at.ctx.Err())
		time.Sleep(100 * time.Millisecond)
	}
}
