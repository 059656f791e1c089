package libraries

import (
	"errors"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/smithy-go"
	"gocloud.dev/gcerrors"
	"gocloud.dev/secrets"
	_ "gocloud.dev/secrets/awskms"
)

// open opens a keeper of Go Cloud by its URL.
func open(t *testing.T, key string, parameters url.Values) *secrets.Keeper {
	t.Helper()
	keeper, err := secrets.OpenKeeper(ctx, "awskms:///"+key+"?"+parameters.Encode())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { keeper.Close() })
	return keeper
}

// Go Cloud's secrets. Parameters of the URL are the Region and the encryption context.
func TestGoCloudKeeper(t *testing.T) {
	client := newClient(t)
	key := newKey(t, client)
	context := url.Values{"context_stage": {"test"}}
	sealed, err := open(t, *key.Arn, context).Encrypt(ctx, []byte("a secret"))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := open(t, *key.KeyId, context).Decrypt(ctx, sealed)
	if err != nil || string(opened) != "a secret" {
		t.Fatal(opened, err)
	}

	_, err = open(t, *key.KeyId, url.Values{"context_stage": {"production"}}).Decrypt(ctx, sealed)
	if code := gcerrors.Code(err); code != gcerrors.InvalidArgument {
		t.Fatal(code, err)
	}
	_, err = open(t, "alias/nothing", context).Encrypt(ctx, []byte("a secret"))
	if code := gcerrors.Code(err); code != gcerrors.NotFound {
		t.Fatal(code, err)
	}
	if _, err := client.DisableKey(ctx, &kms.DisableKeyInput{KeyId: key.KeyId}); err != nil {
		t.Fatal(err)
	}
	_, err = open(t, *key.KeyId, context).Decrypt(ctx, sealed)
	if code := gcerrors.Code(err); code != gcerrors.PermissionDenied {
		t.Fatal(code, err)
	}
}

// In another Region there is no key for the ciphertext.
func TestGoCloudKeeperOfAnotherRegion(t *testing.T) {
	key := newKey(t, newClient(t))
	sealed, err := open(t, *key.KeyId, nil).Encrypt(ctx, []byte("a secret"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = open(t, *key.KeyId, url.Values{"region": {"eu-west-1"}}).Decrypt(ctx, sealed)
	var refused smithy.APIError
	if !errors.As(err, &refused) || refused.ErrorCode() != "AccessDeniedException" || refused.ErrorMessage() !=
		"The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are "+
			"not allowed to access." {
		t.Fatal(err)
	}
}
