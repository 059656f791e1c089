// Command credentials says who the caller is for STS, and what KMS answers. The environment alone configures it.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

// noSigner leaves requests unsigned.
type noSigner struct{}

func (noSigner) SignHTTP(
	context.Context, aws.Credentials, *http.Request, string, string, string, time.Time, ...func(*v4.SignerOptions),
) error {
	return nil
}

func main() {
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		fmt.Println("config:", err)
		return
	}
	_, unsigned := os.LookupEnv("UNSIGNED")
	if unsigned {
		cfg.Credentials = credentials.NewStaticCredentialsProvider("none", "none", "")
	}
	if role := os.Getenv("ASSUME_ROLE"); role != "" {
		cfg.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(
			sts.NewFromConfig(cfg), role, func(o *stscreds.AssumeRoleOptions) { o.RoleSessionName = "test" },
		))
	}
	identities := sts.NewFromConfig(cfg, func(o *sts.Options) {
		if unsigned {
			o.HTTPSignerV4 = noSigner{}
		}
	})
	keys := kms.NewFromConfig(cfg, func(o *kms.Options) {
		if unsigned {
			o.HTTPSignerV4 = noSigner{}
		}
	})

	if caller, err := identities.GetCallerIdentity(ctx, nil); err != nil {
		fmt.Println("sts:", text(err))
	} else {
		fmt.Println("sts:", *caller.Arn)
	}
	if key, err := keys.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/orders")}); err != nil {
		fmt.Println("kms:", text(err))
	} else {
		fmt.Println("kms:", *key.KeyMetadata.KeyId)
	}
}

// text is the error of the service, or of the SDK itself.
func text(err error) string {
	var answer smithy.APIError
	if errors.As(err, &answer) {
		return answer.ErrorCode() + ": " + answer.ErrorMessage()
	}
	return err.Error()
}
