// The bench's worker or client on the official Go SDK. The client keeps workflows with one activity running, a number of them at
// once, and for every line it reads prints how many have ended so far.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

func main() {
	role := flag.String("role", "worker", "worker or client")
	address := flag.String("address", "127.0.0.1:7233", "HOST:PORT of the server")
	queue := flag.String("queue", "bench-go", "task queue")
	concurrency := flag.Int("concurrency", 100, "workflows at once")
	flag.Parse()

	logger := sdklog.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil)))
	connection, err := client.Dial(client.Options{HostPort: *address, Logger: logger})
	if err != nil {
		log.Fatal(err)
	}
	if *role == "worker" {
		work(connection, *queue)
	} else {
		load(connection, *queue, *concurrency)
	}
}

// Tuned for load as the bench's own worker is: with a few polls only, starting runs waits for their round trips.
func work(connection client.Client, queue string) {
	w := worker.New(connection, queue, worker.Options{MaxConcurrentWorkflowTaskPollers: 40, MaxConcurrentActivityTaskPollers: 10})
	w.RegisterWorkflow(OneActivity)
	w.RegisterActivity(Echo)
	if err := w.Run(nil); err != nil {
		log.Fatal(err)
	}
}

func OneActivity(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	return workflow.ExecuteActivity(ctx, Echo).Get(ctx, nil)
}

func Echo(context.Context) error { return nil }

func load(connection client.Client, queue string, concurrency int) {
	var ended, started atomic.Int64
	for range concurrency {
		go func() {
			for {
				id := fmt.Sprintf("%s-%d", queue, started.Add(1))
				run, err := connection.ExecuteWorkflow(context.Background(), client.StartWorkflowOptions{ID: id, TaskQueue: queue}, OneActivity)
				if err == nil {
					err = run.Get(context.Background(), nil)
				}
				if err != nil {
					log.Fatal(err)
				}
				ended.Add(1)
			}
		}()
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		fmt.Println(ended.Load())
	}
}
