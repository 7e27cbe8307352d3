package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
)

var customer = temporal.NewSearchAttributeKeyKeyword("customer")

// The SDK's local test environment on a server executable: start, run a workflow, list it, shut down.
func runLocalEnvironment(executable, db string, logger log.Logger) {
	server, err := testsuite.StartDevServer(context.Background(), testsuite.DevServerOptions{
		ExistingPath:     executable,
		ClientOptions:    &client.Options{Namespace: "orders", Logger: logger},
		DBFilename:       db,
		LogLevel:         "error",
		LogFormat:        "pretty",
		SearchAttributes: temporal.NewSearchAttributes(customer.ValueSet("")),
		// What users put there is the reference's; some of it means nothing here.
		ExtraArgs: []string{"--dynamic-config-value", "system.forceSearchAttributesCacheRefreshOnRead=true", "--ui-port", "0"},
		Stdout:    os.Stderr,
	})
	must(err)
	runner := newWorker(server.Client(), "local")
	must(runner.Start())
	must(checkHello(server.Client()))
	runner.Stop()
	must(server.Stop())
	line, _ := json.Marshal(map[string]string{"address": server.FrontendHostPort()})
	fmt.Println(string(line))
}

func checkHello(connection client.Client) error {
	ctx := context.Background()
	run, err := connection.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                    "local",
		TaskQueue:             "local",
		TypedSearchAttributes: temporal.NewSearchAttributes(customer.ValueSet("ann")),
	}, Hello, "world")
	if err != nil {
		return err
	}
	var result string
	if err = run.Get(ctx, &result); err != nil {
		return err
	}
	if result != "Hello, world!" {
		return fmt.Errorf("the result is %q", result)
	}
	count, err := connection.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Query: `customer = "ann"`})
	if err == nil && count.Count != 1 {
		err = fmt.Errorf("%d executions found", count.Count)
	}
	return err
}
