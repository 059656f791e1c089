package libraries

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	wrapping "github.com/hashicorp/go-kms-wrapping/v2"
	"github.com/hashicorp/go-kms-wrapping/wrappers/awskms/v2"
)

// Auto-unseal, by the library of Vault and OpenBao. It uses the AWS SDK for Go v1, which does not read AWS_ENDPOINT_URL, so
// the library has its own variable.
func TestVaultSeal(t *testing.T) {
	t.Setenv("AWS_KMS_ENDPOINT", os.Getenv("AWS_ENDPOINT_URL"))
	client := newClient(t)
	key := newKey(t, client)
	alias := aws.String("alias/" + *key.KeyId)
	_, err := client.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: alias, TargetKeyId: key.KeyId})
	if err != nil {
		t.Fatal(err)
	}
	unsealKey := []byte("the key of all keys")
	sealed, err := seal(t, *alias).Encrypt(ctx, unsealKey)
	if err != nil {
		t.Fatal(err)
	}
	if sealed.KeyInfo.KeyId != *key.Arn {
		t.Fatal(sealed.KeyInfo)
	}

	// As after a restart, with a rotated key.
	if _, err := client.RotateKeyOnDemand(ctx, &kms.RotateKeyOnDemandInput{KeyId: key.KeyId}); err != nil {
		t.Fatal(err)
	}
	opened, err := seal(t, *key.KeyId).Decrypt(ctx, sealed)
	if err != nil || !bytes.Equal(opened, unsealKey) {
		t.Fatal(opened, err)
	}

	if _, err := client.DisableKey(ctx, &kms.DisableKeyInput{KeyId: key.KeyId}); err != nil {
		t.Fatal(err)
	}
	_, err = seal(t, *key.KeyId).Decrypt(ctx, sealed)
	if err == nil || !strings.Contains(err.Error(), "DisabledException: "+*key.Arn+" is disabled.") {
		t.Fatal(err)
	}
}

// seal starts a seal, which looks for its key.
func seal(t *testing.T, key string) wrapping.Wrapper {
	t.Helper()
	wrapper := awskms.NewWrapper()
	if _, err := wrapper.SetConfig(ctx, wrapping.WithKeyId(key)); err != nil {
		t.Fatal(err)
	}
	return wrapper
}

func TestVaultSealNeedsItsKey(t *testing.T) {
	t.Setenv("AWS_KMS_ENDPOINT", os.Getenv("AWS_ENDPOINT_URL"))
	_, err := awskms.NewWrapper().SetConfig(ctx, wrapping.WithKeyId("alias/nothing"))
	if err == nil || !strings.Contains(err.Error(), "NotFoundException: Alias arn:aws:kms:us-east-1:000000000000:"+
		"alias/nothing is not found.") {
		t.Fatal(err)
	}
}
