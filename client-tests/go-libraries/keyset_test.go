package libraries

import (
	"bytes"
	"testing"

	"github.com/tink-crypto/tink-go-awskms/v3/integration/awskms"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// An encrypted keyset beside the data, as Tink recommends. The key in KMS decrypts it.
func TestTinkKeyset(t *testing.T) {
	client := newClient(t)
	uri := "aws-kms://" + *newKey(t, client).Arn
	manager, err := awskms.NewClient(ctx, uri)
	if err != nil {
		t.Fatal(err)
	}
	remote, err := manager.GetAEAD(uri)
	if err != nil {
		t.Fatal(err)
	}
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		t.Fatal(err)
	}
	primitive, err := aead.New(handle)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := primitive.Encrypt([]byte("a"), []byte("row 1"))
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := handle.WriteWithAssociatedData(keyset.NewJSONWriter(&file), remote, []byte("table")); err != nil {
		t.Fatal(err)
	}

	read := func(associated string) (*keyset.Handle, error) {
		reader := keyset.NewJSONReader(bytes.NewReader(file.Bytes()))
		return keyset.ReadWithAssociatedData(reader, remote, []byte(associated))
	}
	again, err := read("table")
	if err != nil {
		t.Fatal(err)
	}
	primitive, err = aead.New(again)
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := primitive.Decrypt(sealed, []byte("row 1")); err != nil || string(opened) != "a" {
		t.Fatal(opened, err)
	}
	// Tink's associated data is the encryption context.
	if _, err := read("another table"); err == nil {
		t.Fatal("decrypted with wrong associated data")
	}
}

// Envelope encryption: KMS encrypts a separate key for each message.
func TestTinkEnvelope(t *testing.T) {
	client := newClient(t)
	var sealed [2][]byte
	for i := range sealed {
		uri := "aws-kms://" + *newKey(t, client).Arn
		manager, err := awskms.NewClient(ctx, uri)
		if err != nil {
			t.Fatal(err)
		}
		remote, err := manager.GetAEAD(uri)
		if err != nil {
			t.Fatal(err)
		}
		envelope := aead.NewKMSEnvelopeAEAD2(aead.AES128GCMKeyTemplate(), remote)
		message := bytes.Repeat([]byte("long"), 100_000)
		if sealed[i], err = envelope.Encrypt(message, []byte("context")); err != nil {
			t.Fatal(err)
		}
		if opened, err := envelope.Decrypt(sealed[i], []byte("context")); err != nil || !bytes.Equal(opened, message) {
			t.Fatal(err)
		}
		// The message of another key.
		if i == 1 {
			if _, err := envelope.Decrypt(sealed[0], []byte("context")); err == nil {
				t.Fatal("decrypted with another key")
			}
		}
	}
}
