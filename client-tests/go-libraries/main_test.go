// Package libraries tests libraries that use KMS with the emulator at AWS_ENDPOINT_URL.
package libraries

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

var ctx = context.Background()

// Without an emulator, the libraries would call AWS.
func TestMain(m *testing.M) {
	if os.Getenv("AWS_ENDPOINT_URL") == "" {
		fmt.Fprintln(os.Stderr, "AWS_ENDPOINT_URL is to be the URL of an emulator")
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func newClient(t *testing.T) *kms.Client {
	t.Helper()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return kms.NewFromConfig(cfg)
}

// newKey creates a symmetric key.
func newKey(t *testing.T, client *kms.Client) *types.KeyMetadata {
	t.Helper()
	created, err := client.CreateKey(ctx, &kms.CreateKeyInput{})
	if err != nil {
		t.Fatal(err)
	}
	return created.KeyMetadata
}

// newRSAKey creates an RSA key for decryption.
func newRSAKey(t *testing.T, client *kms.Client) string {
	t.Helper()
	created, err := client.CreateKey(ctx, &kms.CreateKeyInput{
		KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeEncryptDecrypt,
	})
	if err != nil {
		t.Fatal(err)
	}
	return *created.KeyMetadata.KeyId
}
