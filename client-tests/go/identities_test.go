package clienttests

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	simulatedkms "github.com/simulated-kms/simulated-kms/emulator/packaging/go"
)

// restricted starts an emulator that decides by policies.
func restricted(t *testing.T) *simulatedkms.Test {
	t.Helper()
	emulator, err := simulatedkms.Start("--auth=policy", "--seed="+os.Getenv("IDENTITIES"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(emulator.Stop)
	return emulator.For(t)
}

// as is a configuration with the access key of a user.
func as(emulator *simulatedkms.Test, id, secret string) aws.Config {
	config := emulator.Config()
	config.Credentials = credentials.NewStaticCredentialsProvider(id, secret, "")
	return config
}

func asAlice(emulator *simulatedkms.Test) aws.Config {
	return as(emulator, "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
}

func describe(t *testing.T, config aws.Config) (*kms.DescribeKeyOutput, error) {
	t.Helper()
	return kms.NewFromConfig(config).DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: aws.String("alias/orders")})
}

func TestPoliciesDecide(t *testing.T) {
	emulator := restricted(t)
	key, err := describe(t, asAlice(emulator))
	if err != nil {
		t.Fatal(err)
	}
	_, err = describe(t, as(emulator, "AKIABOBEXAMPLE000001", "bob-secret"))
	var refused smithy.APIError
	text := "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: kms:DescribeKey on resource: " +
		*key.KeyMetadata.Arn + " because no identity-based policy allows the kms:DescribeKey action"
	if !errors.As(err, &refused) || refused.ErrorCode() != "AccessDeniedException" || refused.ErrorMessage() != text {
		t.Fatal(err)
	}
	if got := outcomes(emulator, "DescribeKey"); got != "ok, AccessDeniedException" {
		t.Fatal(got)
	}
}

func TestSessionsExpire(t *testing.T) {
	emulator := restricted(t)
	config := asAlice(emulator)
	config.Credentials = aws.NewCredentialsCache(
		stscreds.NewAssumeRoleProvider(sts.NewFromConfig(config), "arn:aws:iam::111122223333:role/app"),
	)
	if _, err := describe(t, config); err != nil {
		t.Fatal(err)
	}
	emulator.AdvanceClock(2 * time.Hour)
	_, err := describe(t, config)
	var refused smithy.APIError
	if !errors.As(err, &refused) || refused.ErrorCode() != "ExpiredTokenException" {
		t.Fatal(err)
	}
}
