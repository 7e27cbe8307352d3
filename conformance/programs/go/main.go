// Runs every scenario against one address and prints one line of JSON for each: what it made, and whether its own checks held.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"

	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
)

type report struct {
	Scenario   string         `json:"scenario"`
	Ok         bool           `json:"ok"`
	Error      string         `json:"error,omitempty"`
	Executions []execution    `json:"executions"`
	Observed   map[string]any `json:"observed"`
}

func main() {
	address := flag.String("address", "127.0.0.1:7233", "HOST:PORT of the server")
	nonce := flag.String("nonce", "local", "makes all ids unique")
	only := flag.String("only", "", "names of scenarios, comma-separated")
	ca := flag.String("tls-ca", "", "file")
	cert := flag.String("tls-cert", "", "file")
	key := flag.String("tls-key", "", "file")
	executable := flag.String("executable", "", "run one workflow in the SDK's local environment on this server")
	db := flag.String("db", "", "database file of that server")
	flag.Parse()

	logger := sdklog.NewStructuredLogger(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError + 4})))
	if *executable != "" {
		runLocalEnvironment(*executable, *db, logger)
		return
	}
	options := client.Options{HostPort: *address, Logger: logger, ConnectionOptions: client.ConnectionOptions{TLS: tlsConfig(*ca, *cert, *key)}}
	connection, err := client.Dial(options)
	must(err)
	defer connection.Close()

	queue := "go-" + *nonce
	runner := newWorker(connection, queue)
	must(runner.Start())
	defer runner.Stop()
	runAll(connection, queue, *nonce, chosen(*only))
}

func newWorker(connection client.Client, queue string) worker.Worker {
	w := worker.New(connection, queue, worker.Options{})
	registerWorkflows(w)
	registerActivities(w)
	return w
}

func chosen(only string) []scenario {
	if only == "" {
		return scenarios
	}
	var result []scenario
	for _, candidate := range scenarios {
		for _, name := range strings.Split(only, ",") {
			if candidate.name == name {
				result = append(result, candidate)
			}
		}
	}
	return result
}

// Four scenarios at a time: most of them wait.
func runAll(connection client.Client, queue, nonce string, list []scenario) {
	next := make(chan scenario)
	var group sync.WaitGroup
	for range 4 {
		group.Add(1)
		go func() {
			defer group.Done()
			for one := range next {
				line, _ := json.Marshal(runOne(connection, queue, nonce, one))
				fmt.Println(string(line))
			}
		}()
	}
	for _, one := range list {
		next <- one
	}
	close(next)
	group.Wait()
}

func runOne(connection client.Client, queue, nonce string, one scenario) (result report) {
	at := newPlace(connection, queue, nonce, one.name)
	defer at.end()
	result = report{Scenario: one.name, Ok: true}
	defer func() {
		if problem := recover(); problem != nil {
			result.Ok, result.Error = false, fmt.Sprint(problem)
		}
		result.Executions, result.Observed = at.executions, at.observed
	}()
	one.run(at)
	return
}

func tlsConfig(ca, cert, key string) *tls.Config {
	if ca == "" {
		return nil
	}
	pem, err := os.ReadFile(ca)
	must(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	config := &tls.Config{RootCAs: roots}
	if cert != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		must(err)
		config.Certificates = []tls.Certificate{pair}
	}
	return config
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
