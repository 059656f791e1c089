package sdk

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	simulatedkms "github.com/simulated-kms/simulated-kms/emulator/packaging/go"
)

func TestSequentialCallsShareAConnection(t *testing.T) {
	client := client()
	var reused []bool
	ctx := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(connection httptrace.GotConnInfo) { reused = append(reused, connection.Reused) },
	})
	for range 3 {
		must(client.ListKeys(ctx, &kms.ListKeysInput{}))
		// The SDK must read the body of an error to its end, too.
		if _, err := client.ListKeys(ctx, &kms.ListKeysInput{Limit: aws.Int32(0)}); err == nil {
			t.Fatal("no error for a limit of 0")
		}
	}
	// After an error, Go can return a connection to its pool too late for the next call.
	if got := fmt.Sprint(reused); strings.Count(got, "true") < 4 {
		t.Fatal(got)
	}
}

func Test200ConcurrentCalls(t *testing.T) {
	client := client()
	key := create(client, kms.CreateKeyInput{})
	var calls sync.WaitGroup
	for i := range 200 {
		calls.Add(1)
		go func() {
			defer calls.Done()
			plaintext := fmt.Sprint("message ", i)
			sealed, err := client.Encrypt(ctx, &kms.EncryptInput{KeyId: key, Plaintext: []byte(plaintext)})
			if err != nil {
				t.Error(err)
				return
			}
			opened, err := client.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob})
			if err != nil || string(opened.Plaintext) != plaintext {
				t.Error(plaintext, opened, err)
			}
		}()
	}
	calls.Wait()
}

func TestHTTPS(t *testing.T) {
	emulator, err := simulatedkms.Start("--tls")
	if err != nil {
		t.Fatal(err)
	}
	defer emulator.Stop()
	t.Setenv(endpoint, emulator.Endpoint)
	t.Setenv("AWS_MAX_ATTEMPTS", "1")

	_, err = client().GenerateRandom(ctx, random)
	var unknown x509.UnknownAuthorityError
	if !errors.As(err, &unknown) {
		t.Fatal(err)
	}

	bundle := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(bundle, emulator.Authority, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CA_BUNDLE", bundle)
	if got := protocol(client()); got != "HTTP/2.0" {
		t.Fatal(got)
	}
	// The helper's client needs no bundle.
	if got := protocol(emulator.Client()); got != "HTTP/2.0" {
		t.Fatal(got)
	}
}

func TestHTTPVersions(t *testing.T) {
	if got := protocol(client()); got != "HTTP/1.1" {
		t.Fatal(got)
	}
	h2c := awshttp.NewBuildableClient().WithTransportOptions(func(transport *http.Transport) {
		transport.Protocols = new(http.Protocols)
		transport.Protocols.SetUnencryptedHTTP2(true)
	})
	if got := protocol(client(config.WithHTTPClient(h2c))); got != "HTTP/2.0" {
		t.Fatal(got)
	}
}

var random = &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(32)}

// protocol returns the HTTP version of a response.
func protocol(client *kms.Client) string {
	answer := must(client.GenerateRandom(ctx, random))
	return middleware.GetRawResponse(answer.ResultMetadata).(*smithyhttp.Response).Proto
}
