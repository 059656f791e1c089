package libraries

import (
	"bytes"
	"crypto"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"github.com/sigstore/sigstore/pkg/signature"
	awskms "github.com/sigstore/sigstore/pkg/signature/kms/aws"
	"github.com/sigstore/sigstore/pkg/signature/options"
)

// cosignKey loads the signer of cosign. It does not ask KMS yet.
func cosignKey(t *testing.T, key string) *awskms.SignerVerifier {
	t.Helper()
	signer, err := awskms.LoadSignerVerifier(ctx, "awskms:///"+key)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// As `cosign generate-key-pair --kms`, `cosign sign` and `cosign verify`. It names the key's spec by the older member
// CustomerMasterKeySpec.
func TestSigstore(t *testing.T) {
	image := []byte("the manifest of an image")
	for _, spec := range (&awskms.SignerVerifier{}).SupportedAlgorithms() {
		t.Run(spec, func(t *testing.T) {
			signer := cosignKey(t, "alias/cosign-"+spec)
			created, err := signer.CreateKey(ctx, spec)
			if err != nil {
				t.Fatal(err)
			}
			found, err := cosignKey(t, "alias/cosign-"+spec).CreateKey(ctx, spec)
			if err != nil || cryptoutils.EqualKeys(created, found) != nil {
				t.Fatal("another key under the alias", err)
			}
			signed, err := signer.SignMessage(bytes.NewReader(image))
			if err != nil {
				t.Fatal(err)
			}
			for _, remote := range []bool{false, true} {
				verify := func(message []byte) error {
					return signer.VerifySignature(bytes.NewReader(signed), bytes.NewReader(message),
						options.WithRemoteVerification(remote))
				}
				if err := verify(image); err != nil {
					t.Fatal(remote, err)
				}
				if err := verify([]byte("the manifest of another")); err == nil {
					t.Fatal("verified another image", remote)
				} else if invalid := new(types.KMSInvalidSignatureException); remote && !errors.As(err, &invalid) {
					t.Fatal(err)
				}
			}
		})
	}
}

// The public key is enough to verify.
func TestSigstorePublicKey(t *testing.T) {
	created, err := cosignKey(t, "alias/cosign-public").CreateKey(ctx, "ECC_NIST_P256")
	if err != nil {
		t.Fatal(err)
	}
	image := []byte("the manifest of an image")
	signed, err := cosignKey(t, "alias/cosign-public").SignMessage(bytes.NewReader(image))
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := signature.LoadVerifier(created, crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	if err := verifier.VerifySignature(bytes.NewReader(signed), bytes.NewReader(image)); err != nil {
		t.Fatal(err)
	}
	if verifier.VerifySignature(bytes.NewReader(signed), bytes.NewReader(image[1:])) == nil {
		t.Fatal("verified another image")
	}
}

// A symmetric key signs nothing: it has no public key.
func TestSigstoreRefusesSymmetricKey(t *testing.T) {
	key := newKey(t, newClient(t))
	_, err := cosignKey(t, *key.Arn).SignMessage(bytes.NewReader([]byte("an image")))
	if unsupported := new(types.UnsupportedOperationException); !errors.As(err, &unsupported) {
		t.Fatal(err)
	}
}
