package libraries

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"go.step.sm/crypto/kms/apiv1"
	"go.step.sm/crypto/kms/awskms"
)

// A certificate authority like step-ca's, with its key in KMS. crypto/x509 verifies its certificates.
func TestStepAuthority(t *testing.T) {
	manager, err := awskms.New(ctx, apiv1.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, algorithm := range map[string]struct {
		key         apiv1.SignatureAlgorithm
		certificate x509.SignatureAlgorithm
	}{
		"ecdsa-p256":  {apiv1.ECDSAWithSHA256, x509.ECDSAWithSHA256},
		"ecdsa-p384":  {apiv1.ECDSAWithSHA384, x509.ECDSAWithSHA384},
		"ecdsa-p521":  {apiv1.ECDSAWithSHA512, x509.ECDSAWithSHA512},
		"rsa-pkcs1":   {apiv1.SHA256WithRSA, x509.SHA256WithRSA},
		"rsa-pss-512": {apiv1.SHA512WithRSAPSS, x509.SHA512WithRSAPSS},
	} {
		t.Run(name, func(t *testing.T) {
			created, err := manager.CreateKey(&apiv1.CreateKeyRequest{
				Name: name, SignatureAlgorithm: algorithm.key, Bits: 2048,
			})
			if err != nil {
				t.Fatal(err)
			}
			signer, err := manager.CreateSigner(&created.CreateSignerRequest)
			if err != nil {
				t.Fatal(err)
			}
			root := issue(t, name, signer.Public(), nil, signer, algorithm.certificate)
			key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			leaf := issue(t, "leaf", key.Public(), root, signer, algorithm.certificate)
			roots := x509.NewCertPool()
			roots.AddCert(root)
			if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "leaf.example"}); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// issue creates a certificate. Without a parent, it is self-signed.
func issue(
	t *testing.T, name string, key crypto.PublicKey, parent *x509.Certificate, signer crypto.Signer,
	algorithm x509.SignatureAlgorithm,
) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, SignatureAlgorithm: algorithm,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{name + ".example"}, IsCA: parent == nil, BasicConstraintsValid: true,
	}
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key, signer)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

// KMS decrypts a ciphertext that was encrypted with the public key.
func TestStepDecrypter(t *testing.T) {
	client := newClient(t)
	manager, err := awskms.New(ctx, apiv1.Options{})
	if err != nil {
		t.Fatal(err)
	}
	key := newRSAKey(t, client)
	decrypter, err := manager.CreateDecrypter(&apiv1.CreateDecrypterRequest{DecryptionKey: "awskms:key-id=" + key})
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, decrypter.Public().(*rsa.PublicKey), []byte("a"), nil)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := decrypter.Decrypt(rand.Reader, sealed, &rsa.OAEPOptions{Hash: crypto.SHA256})
	if err != nil || string(opened) != "a" {
		t.Fatal(opened, err)
	}
}
