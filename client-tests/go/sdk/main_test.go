// Package sdk tests the whole client of the SDK. The environment alone configures it.
package sdk

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	simulatedkms "github.com/simulated-kms/simulated-kms/emulator/packaging/go"
)

const endpoint = "AWS_ENDPOINT_URL"

var emulator *simulatedkms.Emulator

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

// run uses the emulator in the environment, or starts one and puts it there.
func run(m *testing.M) int {
	if url := os.Getenv(endpoint); url != "" {
		emulator = &simulatedkms.Emulator{Endpoint: url}
		return m.Run()
	}
	var err error
	if emulator, err = simulatedkms.Start(); err == nil {
		defer emulator.Stop()
		err = os.Setenv(endpoint, emulator.Endpoint)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// must returns the value of a call that must succeed.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

var ctx = context.Background()

func client(options ...func(*config.LoadOptions) error) *kms.Client {
	return kms.NewFromConfig(must(config.LoadDefaultConfig(ctx, options...)))
}

func create(client *kms.Client, input kms.CreateKeyInput) *string {
	return must(client.CreateKey(ctx, &input)).KeyMetadata.KeyId
}

func encrypt(client *kms.Client, key *string, plaintext string) []byte {
	return must(client.Encrypt(ctx, &kms.EncryptInput{KeyId: key, Plaintext: []byte(plaintext)})).CiphertextBlob
}

func decrypt(client *kms.Client, sealed []byte) string {
	return string(must(client.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: sealed})).Plaintext)
}

func describe(client *kms.Client, key *string) *types.KeyMetadata {
	return must(client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: key})).KeyMetadata
}
