package clienttests

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"

	simulatedkms "github.com/simulated-kms/simulated-kms/emulator/packaging/go"
)

var emulator *simulatedkms.Emulator

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

// run is a function of its own because os.Exit skips deferred calls.
func run(m *testing.M) int {
	var err error
	if emulator, err = simulatedkms.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer emulator.Stop()
	return m.Run()
}

// retrying makes three attempts, as the SDK does by default.
func retrying(options *kms.Options) {
	options.Retryer = retry.AddWithMaxAttempts(retry.NewStandard(), 3)
}

func once(options *kms.Options) {
	options.Retryer = aws.NopRetryer{}
}

func createSigningKey(t *testing.T, client *kms.Client) *string {
	t.Helper()
	created, err := client.CreateKey(t.Context(), &kms.CreateKeyInput{
		KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeSignVerify,
	})
	if err != nil {
		t.Fatal(err)
	}
	return created.KeyMetadata.KeyId
}

func sign(t *testing.T, client *kms.Client, key *string) ([]byte, error) {
	t.Helper()
	signed, err := client.Sign(t.Context(), &kms.SignInput{
		KeyId: key, Message: []byte("a message"), SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256,
	})
	if err != nil {
		return nil, err
	}
	return signed.Signature, nil
}

func verify(t *testing.T, client *kms.Client, key *string, signature []byte, message string) error {
	t.Helper()
	_, err := client.Verify(t.Context(), &kms.VerifyInput{
		KeyId: key, Message: []byte(message), Signature: signature,
		SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256,
	})
	return err
}

func keyCount(t *testing.T, client *kms.Client) int {
	t.Helper()
	listed, err := client.ListKeys(t.Context(), &kms.ListKeysInput{})
	if err != nil {
		t.Fatal(err)
	}
	return len(listed.Keys)
}

// outcomes returns "ok" or the error of each request of an operation.
func outcomes(emulator *simulatedkms.Test, operation string) string {
	var outcomes []string
	for _, event := range emulator.Events(operation) {
		outcome := event.ErrorCode
		if outcome == "" {
			outcome = "ok"
		}
		outcomes = append(outcomes, outcome)
	}
	return strings.Join(outcomes, ", ")
}

func TestSignsAndVerifies(t *testing.T) {
	client := emulator.For(t).Client()
	key := createSigningKey(t, client)
	signature, err := sign(t, client, key)
	if err != nil {
		t.Fatal(err)
	}
	if err := verify(t, client, key, signature, "a message"); err != nil {
		t.Fatal(err)
	}
	var invalid *types.KMSInvalidSignatureException
	if err := verify(t, client, key, signature, "another message"); !errors.As(err, &invalid) {
		t.Fatal(err)
	}
}

func TestClockEndsADeletion(t *testing.T) {
	emulator := emulator.For(t)
	client := emulator.Client()
	key := createSigningKey(t, client)
	_, err := client.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{
		KeyId: key, PendingWindowInDays: aws.Int32(7),
	})
	if err != nil {
		t.Fatal(err)
	}
	emulator.AdvanceClock(6 * 24 * time.Hour)
	described, err := client.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: key})
	if err != nil {
		t.Fatal(err)
	}
	if state := described.KeyMetadata.KeyState; state != types.KeyStatePendingDeletion {
		t.Fatal(state)
	}
	emulator.AdvanceClock(2 * 24 * time.Hour)
	_, err = client.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: key})
	var notFound *types.NotFoundException
	if !errors.As(err, &notFound) {
		t.Fatal(err)
	}
}

func TestThirdAttemptSucceeds(t *testing.T) {
	emulator := emulator.For(t)
	client := emulator.Client(retrying)
	key := createSigningKey(t, client)
	emulator.SetFault(`{"operation": "Sign", "times": 2, "error": "ThrottlingException"}`)
	if _, err := sign(t, client, key); err != nil {
		t.Fatal(err)
	}
	if got := outcomes(emulator, "Sign"); got != "ThrottlingException, ThrottlingException, ok" {
		t.Fatal(got)
	}
}

// This is why an application must look for the key before it calls CreateKey again.
func TestLostResponseKeepsTheKey(t *testing.T) {
	emulator := emulator.For(t)
	client := emulator.Client(once)
	before := keyCount(t, client)
	emulator.SetFault(`{"operation": "CreateKey", "times": 1, "connection": "lose_answer"}`)
	if _, err := client.CreateKey(t.Context(), &kms.CreateKeyInput{}); err == nil {
		t.Fatal("no error for a lost response")
	}
	if count := keyCount(t, client) - before; count != 1 {
		t.Fatal(count)
	}
	if got := outcomes(emulator, "CreateKey"); got != "ok" {
		t.Fatal(got)
	}
}

// Neither test sees the other's key. Both see the snapshot's key.
func TestResetBetweenTests(t *testing.T) {
	key := createSigningKey(t, emulator.Client())
	if err := emulator.Snapshot(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"one", "another"} {
		t.Run(name, func(t *testing.T) {
			emulator := emulator.For(t)
			client := emulator.Client()
			if got := outcomes(emulator, "CreateAlias"); got != "" {
				t.Fatal(got)
			}
			// This fails if the alias of the other test exists.
			_, err := client.CreateAlias(t.Context(), &kms.CreateAliasInput{
				AliasName: aws.String("alias/mine"), TargetKeyId: key,
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := outcomes(emulator, "CreateAlias"); got != "ok" {
				t.Fatal(got)
			}
		})
	}
}

// A request that never arrives is no event. A request whose response is lost has an event.
func TestRetries(t *testing.T) {
	for _, test := range []struct{ fault, outcomes string }{
		{`"error": "ThrottlingException"`, "ThrottlingException, ok"},
		{`"error": "KMSInternalException"`, "KMSInternalException, ok"},
		{`"error": "DependencyTimeoutException"`, "DependencyTimeoutException, ok"},
		{`"status": 502`, "ServiceUnavailable, ok"},
		{`"status": 503`, "ServiceUnavailable, ok"},
		{`"status": 504`, "ServiceUnavailable, ok"},
		{`"connection": "drop_before"`, "ok"},
		{`"connection": "lose_answer"`, "ok, ok"},
	} {
		t.Run(test.fault, func(t *testing.T) {
			emulator := emulator.For(t)
			client := emulator.Client(retrying)
			key := createSigningKey(t, client)
			emulator.SetFault(`{"operation": "Sign", "times": 1, ` + test.fault + `}`)
			signature, err := sign(t, client, key)
			if err != nil {
				t.Fatal(err)
			}
			if err := verify(t, client, key, signature, "a message"); err != nil {
				t.Fatal(err)
			}
			if got := outcomes(emulator, "Sign"); got != test.outcomes {
				t.Fatal(got)
			}
		})
	}
}

// This SDK does not retry if the response has started.
func TestTruncatedResponseIsNotRetried(t *testing.T) {
	for _, connection := range []string{"drop_amid", "truncate"} {
		t.Run(connection, func(t *testing.T) {
			emulator := emulator.For(t)
			client := emulator.Client(retrying)
			key := createSigningKey(t, client)
			emulator.SetFault(`{"operation": "Sign", "times": 1, "connection": "` + connection + `"}`)
			_, err := sign(t, client, key)
			var half *smithy.DeserializationError
			if !errors.As(err, &half) {
				t.Fatal(err)
			}
			if got := outcomes(emulator, "Sign"); got != "ok" {
				t.Fatal(got)
			}
		})
	}
}

func TestExpiredCredentialsAreNotRetried(t *testing.T) {
	emulator := emulator.For(t)
	client := emulator.Client(retrying)
	key := createSigningKey(t, client)
	emulator.SetFault(`{"operation": "Sign", "error": "ExpiredTokenException"}`)
	_, err := sign(t, client, key)
	var refused smithy.APIError
	if !errors.As(err, &refused) || refused.ErrorCode() != "ExpiredTokenException" {
		t.Fatal(err)
	}
	if got := outcomes(emulator, "Sign"); got != "ExpiredTokenException" {
		t.Fatal(got)
	}
}

func TestSeed(t *testing.T) {
	emulator := emulator.For(t)
	seed := `keys: [{alias: alias/orders, spec: RSA_2048, usage: SIGN_VERIFY, material: {seed: orders}}]`
	if err := emulator.Seed(seed); err != nil {
		t.Fatal(err)
	}
	client := kms.NewFromConfig(emulator.Config())
	key, err := client.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: aws.String("alias/orders")})
	if err != nil || key.KeyMetadata.KeySpec != types.KeySpecRsa2048 {
		t.Fatal(key, err)
	}
	if err := emulator.Seed("keys: [{spec: ROT13}]"); err == nil {
		t.Fatal("an invalid seed is accepted")
	}
}
