// Command article signs and verifies a digest and checks the errors. The environment alone configures the client.
package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "article:", err)
		os.Exit(1)
	}
	fmt.Println("article: ok")
}

func run(ctx context.Context) error {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	client := kms.NewFromConfig(cfg)
	created, err := client.CreateKey(ctx, &kms.CreateKeyInput{
		KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeSignVerify,
	})
	if err != nil {
		return err
	}
	key := created.KeyMetadata.KeyId
	sign := func(digest []byte) ([]byte, error) {
		signed, err := client.Sign(ctx, &kms.SignInput{
			KeyId: key, Message: digest, MessageType: types.MessageTypeDigest,
			SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256,
		})
		if err != nil {
			return nil, err
		}
		return signed.Signature, nil
	}
	verify := func(message string, signature []byte) (bool, error) {
		digest := sha256.Sum256([]byte(message))
		verified, err := client.Verify(ctx, &kms.VerifyInput{
			KeyId: key, Message: digest[:], MessageType: types.MessageTypeDigest, Signature: signature,
			SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256,
		})
		if err != nil {
			return false, err
		}
		return verified.SignatureValid, nil
	}

	message := `{"order": 17, "amount": "12.50"}`
	digest := sha256.Sum256([]byte(message))
	signature, err := sign(digest[:])
	if err != nil {
		return err
	}
	if valid, err := verify(message, signature); err != nil || !valid {
		return fmt.Errorf("the signature is not valid: %w", err)
	}

	_, err = verify(`{"order": 17, "amount": "99.50"}`, signature)
	var invalid *types.KMSInvalidSignatureException
	if !errors.As(err, &invalid) || invalid.ErrorMessage() != "" {
		return fmt.Errorf("a changed message: %w", err)
	}
	_, err = sign(digest[:31])
	if err := refused(err, "Digest is invalid length for algorithm ECDSA_SHA_256."); err != nil {
		return err
	}
	_, err = verify(message, []byte{})
	return refused(err, "1 validation error detected: Value at 'signature' failed to satisfy constraint: "+
		"Member must have length greater than or equal to 1")
}

// refused returns nil if err is the ValidationException with this message. The SDK has no type for it.
func refused(err error, message string) error {
	var refused smithy.APIError
	if errors.As(err, &refused) && refused.ErrorCode() == "ValidationException" && refused.ErrorMessage() == message {
		return nil
	}
	return fmt.Errorf("not the ValidationException %q: %w", message, err)
}
