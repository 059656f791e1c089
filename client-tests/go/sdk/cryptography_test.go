package sdk

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/mlkem"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// The part of TestOperations whose results Go's crypto packages check.

func encryption(t *testing.T) {
	client := client()
	from, to := create(client, kms.CreateKeyInput{}), create(client, kms.CreateKeyInput{})
	sealed := must(client.ReEncrypt(ctx, &kms.ReEncryptInput{
		CiphertextBlob: encrypt(client, from, "a"), DestinationKeyId: to,
	})).CiphertextBlob
	opened := must(client.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: sealed, KeyId: to}))
	if string(opened.Plaintext) != "a" {
		t.Fatal(opened.Plaintext)
	}
	random := func() []byte {
		return must(client.GenerateRandom(ctx, &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(32)})).Plaintext
	}
	if one, another := random(), random(); len(one) != 32 || bytes.Equal(one, another) {
		t.Fatal(one, another)
	}
}

func dataKeys(t *testing.T) {
	client := client()
	key := create(client, kms.CreateKeyInput{})
	dataKey := must(client.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{
		KeyId: key, KeySpec: types.DataKeySpecAes256,
	}))
	if len(dataKey.Plaintext) != 32 || decrypt(client, dataKey.CiphertextBlob) != string(dataKey.Plaintext) {
		t.Fatal(dataKey.Plaintext)
	}
	sealed := must(client.GenerateDataKeyWithoutPlaintext(ctx, &kms.GenerateDataKeyWithoutPlaintextInput{
		KeyId: key, NumberOfBytes: aws.Int32(17),
	}))
	if opened := decrypt(client, sealed.CiphertextBlob); len(opened) != 17 {
		t.Fatal(opened)
	}

	pair := must(client.GenerateDataKeyPair(ctx, &kms.GenerateDataKeyPairInput{
		KeyId: key, KeyPairSpec: types.DataKeyPairSpecEccNistP256,
	}))
	belong(t, pair.PrivateKeyPlaintext, pair.PublicKey)
	secret := must(client.GenerateDataKeyPairWithoutPlaintext(ctx, &kms.GenerateDataKeyPairWithoutPlaintextInput{
		KeyId: key, KeyPairSpec: types.DataKeyPairSpecEccNistP256,
	}))
	belong(t, []byte(decrypt(client, secret.PrivateKeyCiphertextBlob)), secret.PublicKey)
}

func belong(t *testing.T, private, public []byte) {
	t.Helper()
	key := must(x509.ParsePKCS8PrivateKey(private)).(*ecdsa.PrivateKey)
	if !key.PublicKey.Equal(must(x509.ParsePKIXPublicKey(public))) {
		t.Fatal("not the two halves of a pair")
	}
}

func publicKey(client *kms.Client, key *string) []byte {
	return must(client.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: key})).PublicKey
}

func signatures(t *testing.T) {
	client := client()
	key := create(client, kms.CreateKeyInput{
		KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeSignVerify,
	})
	signed := must(client.Sign(ctx, &kms.SignInput{
		KeyId: key, Message: []byte("m"), SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256,
	}))
	public := must(x509.ParsePKIXPublicKey(publicKey(client, key))).(*ecdsa.PublicKey)
	digest := sha256.Sum256([]byte("m"))
	if !ecdsa.VerifyASN1(public, digest[:], signed.Signature) {
		t.Fatal(signed.Signature)
	}
	verified := must(client.Verify(ctx, &kms.VerifyInput{
		KeyId: key, Message: []byte("m"), Signature: signed.Signature,
		SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256,
	}))
	if !verified.SignatureValid {
		t.Fatal("not valid")
	}
}

func macs(t *testing.T) {
	client := client()
	key := create(client, kms.CreateKeyInput{
		KeySpec: types.KeySpecHmac384, KeyUsage: types.KeyUsageTypeGenerateVerifyMac,
	})
	generated := must(client.GenerateMac(ctx, &kms.GenerateMacInput{
		KeyId: key, Message: []byte("m"), MacAlgorithm: types.MacAlgorithmSpecHmacSha384,
	}))
	verified := must(client.VerifyMac(ctx, &kms.VerifyMacInput{
		KeyId: key, Message: []byte("m"), Mac: generated.Mac, MacAlgorithm: types.MacAlgorithmSpecHmacSha384,
	}))
	if len(generated.Mac) != 48 || !verified.MacValid {
		t.Fatal(generated.Mac)
	}
}

func sharedSecrets(t *testing.T) {
	client := client()
	key := create(client, kms.CreateKeyInput{
		KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeKeyAgreement,
	})
	mine := must(ecdh.P256().GenerateKey(rand.Reader))
	theirs := must(must(x509.ParsePKIXPublicKey(publicKey(client, key))).(*ecdsa.PublicKey).ECDH())
	derived := must(client.DeriveSharedSecret(ctx, &kms.DeriveSharedSecretInput{
		KeyId: key, KeyAgreementAlgorithm: types.KeyAgreementAlgorithmSpecEcdh,
		PublicKey: must(x509.MarshalPKIXPublicKey(mine.Public())),
	}))
	if !bytes.Equal(derived.SharedSecret, must(mine.ECDH(theirs))) {
		t.Fatal(derived.SharedSecret)
	}

	key = create(client, kms.CreateKeyInput{
		KeySpec: types.KeySpecMlKem768, KeyUsage: types.KeyUsageTypeEncapsulateDecapsulate,
	})
	decapsulate := func(sealed []byte) []byte {
		return must(client.Decapsulate(ctx, &kms.DecapsulateInput{
			KeyId: key, EncapsulationAlgorithm: types.EncapsulationAlgorithmSpecMlKem,
			SharedSecretCiphertextBlob: sealed,
		})).SharedSecret
	}
	sent := must(client.Encapsulate(ctx, &kms.EncapsulateInput{
		KeyId: key, EncapsulationAlgorithm: types.EncapsulationAlgorithmSpecMlKem,
	}))
	if !bytes.Equal(decapsulate(sent.SharedSecretCiphertextBlob), sent.SharedSecret) {
		t.Fatal(sent.SharedSecret)
	}
	// crypto/x509 cannot parse ML-KEM keys, but encoding/asn1 can.
	var form struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	must(asn1.Unmarshal(publicKey(client, key), &form))
	secret, sealed := must(mlkem.NewEncapsulationKey768(form.Key.Bytes)).Encapsulate()
	if !bytes.Equal(decapsulate(sealed), secret) {
		t.Fatal(secret)
	}
}
