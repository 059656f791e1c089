// Package simulatedkms runs Simulated KMS for the tests of a package.
//
// TestMain starts and stops an emulator. A test that calls emulator.For(t) restores its state at the end. The tests of a
// package share the emulator, so they cannot run in parallel.
package simulatedkms

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
)

// A start takes milliseconds, or seconds on a busy machine.
const timeout = time.Minute

// Emulator is a running emulator with its data in memory.
type Emulator struct {
	// Endpoint is its URL, the value of AWS_ENDPOINT_URL_KMS for other programs.
	Endpoint string
	// Authority is its certificate authority in PEM, if it was started with --tls: the content of AWS_CA_BUNDLE.
	Authority []byte

	process *exec.Cmd
	client  http.Client
}

// Start starts the program in the environment variable KMS_EMULATOR, or kms-emulator on the PATH. It takes the emulator's
// options, such as --quotas=aws.
func Start(options ...string) (*Emulator, error) {
	program := os.Getenv("KMS_EMULATOR")
	if program == "" {
		program = "kms-emulator"
	}
	command := exec.Command(program, append(options, "--port=0", "--temporary", "--log-level=warn")...)
	// The machine's settings for the emulator do not apply to tests.
	command.Env = []string{}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "KMS_") {
			command.Env = append(command.Env, variable)
		}
	}
	var log bytes.Buffer
	command.Stderr = &log
	stdout, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("cannot start the emulator; set KMS_EMULATOR to its path: %w", err)
	}
	e := &Emulator{process: command, client: http.Client{Timeout: timeout}}
	first := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(stdout).ReadString('\n')
		first <- line
	}()
	var line string
	select {
	case line = <-first:
	case <-time.After(timeout):
	}
	rest, ready := strings.CutPrefix(line, "Simulated KMS ready at ")
	if !ready {
		e.Stop()
		return nil, fmt.Errorf("no ready line: %q\n%s", line, &log)
	}
	e.Endpoint, _, _ = strings.Cut(rest, " ")
	if err := e.trust(); err != nil {
		e.Stop()
		return nil, err
	}
	if err := e.Snapshot(); err != nil {
		e.Stop()
		return nil, err
	}
	return e, nil
}

// trust fetches the certificate authority over plain HTTP, if the emulator serves HTTPS.
func (e *Emulator) trust() error {
	address, https := strings.CutPrefix(e.Endpoint, "https://")
	if !https {
		return nil
	}
	response, err := e.client.Get("http://" + address + "/ca.pem")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if e.Authority, err = io.ReadAll(response.Body); err != nil {
		return err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(e.Authority) {
		return fmt.Errorf("not a certificate: %s", e.Authority)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	e.client.Transport = transport
	return nil
}

// Stop kills the emulator. It has no data to save.
func (e *Emulator) Stop() {
	_ = e.process.Process.Kill()
	_ = e.process.Wait()
}

// Config is a configuration for the emulator. Unlike config.LoadDefaultConfig, it does not read the machine's settings.
func (e *Emulator) Config() aws.Config {
	config := aws.Config{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(e.Endpoint),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	}
	if e.Authority != nil {
		config.HTTPClient = &e.client
	}
	return config
}

// Client returns the SDK's client with its defaults and these options.
func (e *Emulator) Client(options ...func(*kms.Options)) *kms.Client {
	return kms.NewFromConfig(e.Config(), options...)
}

// Seed adds the keys and identities of a seed file.
func (e *Emulator) Seed(document string) error {
	_, err := e.control(http.MethodPost, "seed", document)
	return err
}

// Snapshot saves the current state. Each test begins with it. A TestMain that creates keys calls it.
func (e *Emulator) Snapshot() error {
	_, err := e.control(http.MethodPost, "snapshots/before-each", "")
	return err
}

// Send sends a request to the control plane.
func (e *Emulator) Send(method, path, body string) (*http.Response, error) {
	request, err := http.NewRequest(method, e.Endpoint+"/_emulator/"+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("X-Emulator-Token", "local")
	return e.client.Do(request)
}

func (e *Emulator) control(method, path, body string) ([]byte, error) {
	response, err := e.Send(method, path, body)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s %s", method, path, response.Status, content)
	}
	return content, err
}

// Test is the emulator as one test uses it.
type Test struct {
	*Emulator

	t testing.TB
}

// For returns the emulator for a test. At the end of the test, keys, clock and faults are restored from the last snapshot,
// and events are deleted.
func (e *Emulator) For(t testing.TB) *Test {
	t.Helper()
	test := &Test{Emulator: e, t: t}
	t.Cleanup(func() { test.do(http.MethodPost, "snapshots/before-each/restore", "") })
	return test
}

// AdvanceClock advances the emulator's clock.
func (t *Test) AdvanceClock(by time.Duration) {
	t.t.Helper()
	t.do(http.MethodPut, "clock", fmt.Sprintf(`{"advance": "%dms"}`, by.Milliseconds()))
}

// SetFault makes requests fail: {"operation": "Sign", "times": 2, "error": "ThrottlingException"}.
func (t *Test) SetFault(fault string) {
	t.t.Helper()
	t.do(http.MethodPost, "faults", fault)
}

// Event is a request as a CloudTrail event. ErrorCode is "" if the request succeeded.
type Event struct {
	EventName         string
	ErrorCode         string
	ErrorMessage      string
	RequestParameters map[string]any
}

// Events returns the test's requests of an operation, the oldest first.
func (t *Test) Events(operation string) []Event {
	t.t.Helper()
	var page struct{ Events []Event }
	if err := json.Unmarshal(t.do(http.MethodGet, "events?operation="+operation, ""), &page); err != nil {
		t.t.Fatal(err)
	}
	return page.Events
}

func (t *Test) do(method, path, body string) []byte {
	t.t.Helper()
	content, err := t.control(method, path, body)
	if err != nil {
		t.t.Fatal(err)
	}
	return content
}
