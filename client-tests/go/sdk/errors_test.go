package sdk

import (
	"errors"
	"regexp"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
)

// as is errors.As for a table of tests.
func as[E smithy.APIError](err error) smithy.APIError {
	var typed E
	if errors.As(err, &typed) {
		return typed
	}
	return nil
}

// lockout is a key policy that its author cannot change.
const lockout = `{"Version": "2012-10-17", "Statement": [
	{"Effect": "Allow", "Principal": {"AWS": "` + root + `"}, "Action": "kms:DescribeKey", "Resource": "*"}
]}`

var requestID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func TestErrors(t *testing.T) {
	client := client()
	key, other := create(client, kms.CreateKeyInput{}), create(client, kms.CreateKeyInput{})
	arn := *describe(client, key).Arn
	disabled := create(client, kms.CreateKeyInput{})
	must(client.DisableKey(ctx, &kms.DisableKeyInput{KeyId: disabled}))
	deleted := create(client, kms.CreateKeyInput{})
	must(client.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: deleted}))
	signing := create(client, kms.CreateKeyInput{
		KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeSignVerify,
	})
	mac := create(client, kms.CreateKeyInput{
		KeySpec: types.KeySpecHmac256, KeyUsage: types.KeyUsageTypeGenerateVerifyMac,
	})
	alias := aws.String("alias/errors")
	must(client.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: alias, TargetKeyId: key}))
	sealed := encrypt(client, key, "a")
	unknown := aws.String("1234abcd-12ab-34cd-56ef-1234567890ab")
	region := arn[:len(arn)-len(*key)]

	for _, test := range []struct {
		name, message string
		typed         func(error) smithy.APIError
		call          func() (any, error)
	}{
		{
			"NotFoundException", "Key '" + region + *unknown + "' does not exist", as[*types.NotFoundException],
			func() (any, error) { return client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: unknown}) },
		}, {
			"DisabledException", region + *disabled + " is disabled.", as[*types.DisabledException],
			func() (any, error) {
				return client.Encrypt(ctx, &kms.EncryptInput{KeyId: disabled, Plaintext: []byte("a")})
			},
		}, {
			"KMSInvalidStateException", region + *deleted + " is pending deletion.",
			as[*types.KMSInvalidStateException],
			func() (any, error) { return client.EnableKey(ctx, &kms.EnableKeyInput{KeyId: deleted}) },
		}, {
			"InvalidKeyUsageException", region + *signing + " key usage is SIGN_VERIFY which is not valid for Encrypt.",
			as[*types.InvalidKeyUsageException],
			func() (any, error) {
				return client.Encrypt(ctx, &kms.EncryptInput{KeyId: signing, Plaintext: []byte("a")})
			},
		}, {
			"KMSInvalidSignatureException", "", as[*types.KMSInvalidSignatureException],
			func() (any, error) {
				return client.Verify(ctx, &kms.VerifyInput{
					KeyId: signing, Message: []byte("m"), Signature: []byte("no signature"),
					SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256,
				})
			},
		}, {
			"KMSInvalidMacException", "", as[*types.KMSInvalidMacException],
			func() (any, error) {
				return client.VerifyMac(ctx, &kms.VerifyMacInput{
					KeyId: mac, Message: []byte("m"), Mac: []byte("no MAC"),
					MacAlgorithm: types.MacAlgorithmSpecHmacSha256,
				})
			},
		}, {
			"AlreadyExistsException",
			"An alias with the name arn:aws:kms:us-east-1:000000000000:alias/errors already exists",
			as[*types.AlreadyExistsException],
			func() (any, error) {
				return client.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: alias, TargetKeyId: other})
			},
		}, {
			"InvalidCiphertextException", "", as[*types.InvalidCiphertextException],
			func() (any, error) {
				return client.Decrypt(ctx, &kms.DecryptInput{
					CiphertextBlob: sealed, EncryptionContext: map[string]string{"another": "context"},
				})
			},
		}, {
			"IncorrectKeyException",
			"The key ID in the request does not identify a CMK that can perform this operation.",
			as[*types.IncorrectKeyException],
			func() (any, error) {
				return client.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: sealed, KeyId: other})
			},
		}, {
			"MalformedPolicyDocumentException",
			"The new key policy will not allow you to update the key policy in the future.",
			as[*types.MalformedPolicyDocumentException],
			func() (any, error) {
				return client.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{KeyId: key, Policy: aws.String(lockout)})
			},
		}, {
			"DryRunOperationException", "The request would have succeeded, but the DryRun option is set.",
			as[*types.DryRunOperationException],
			func() (any, error) {
				return client.Encrypt(ctx, &kms.EncryptInput{
					KeyId: key, Plaintext: []byte("a"), DryRun: aws.Bool(true),
				})
			},
		}, {
			"ValidationException",
			"1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: " +
				"Member must have value greater than or equal to 1",
			// The SDK has no type for an error that is not in the model.
			as[*smithy.GenericAPIError],
			func() (any, error) { return client.ListKeys(ctx, &kms.ListKeysInput{Limit: aws.Int32(0)}) },
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := test.call()
			typed := test.typed(err)
			if typed == nil || typed.ErrorCode() != test.name || typed.ErrorMessage() != test.message {
				t.Fatal(err)
			}
			var response *awshttp.ResponseError
			if !errors.As(err, &response) || response.HTTPStatusCode() != 400 ||
				!requestID.MatchString(response.ServiceRequestID()) {
				t.Fatal(response)
			}
		})
	}
}
