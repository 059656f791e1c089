package sdk

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

const root = "arn:aws:iam::000000000000:root"

// TestOperations calls every operation of the client, and checks this with the emulator's events.
func TestOperations(t *testing.T) {
	t.Run("aliases, tags and policies", names)
	t.Run("life of a key", life)
	t.Run("grants", grants)
	t.Run("rotation", rotation)
	t.Run("import", importing)
	t.Run("replicas", replicas)
	t.Run("custom key stores", stores)
	t.Run("encryption", encryption)
	t.Run("data keys", dataKeys)
	t.Run("signatures", signatures)
	t.Run("MACs", macs)
	t.Run("shared secrets", sharedSecrets)

	methods := reflect.TypeFor[*kms.Client]()
	var operations int
	for i := range methods.NumMethod() {
		// Every method except Options is an operation.
		if name := methods.Method(i).Name; name != "Options" {
			operations++
			if !succeeded(name) {
				t.Error(name, "never succeeded")
			}
		}
	}
	if fmt.Sprint(operations) != os.Getenv("OPERATION_COUNT") {
		t.Error(operations, "operations")
	}
}

func succeeded(operation string) bool {
	response := must(emulator.Send(http.MethodGet, "events?operation="+operation, ""))
	defer response.Body.Close()
	var page struct{ Events []struct{ ErrorCode string } }
	if err := json.NewDecoder(response.Body).Decode(&page); err != nil {
		panic(err)
	}
	for _, event := range page.Events {
		if event.ErrorCode == "" {
			return true
		}
	}
	return false
}

func names(t *testing.T) {
	client := client()
	key := create(client, kms.CreateKeyInput{
		Description: aws.String("first"), Tags: []types.Tag{{TagKey: aws.String("a"), TagValue: aws.String("b")}},
	})
	one, two := aws.String("alias/names/one"), aws.String("alias/names/two")
	for _, alias := range []*string{one, two} {
		must(client.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: alias, TargetKeyId: key}))
	}
	other := create(client, kms.CreateKeyInput{})
	must(client.UpdateAlias(ctx, &kms.UpdateAliasInput{AliasName: two, TargetKeyId: other}))
	if got := describe(client, two).KeyId; *got != *other {
		t.Fatal(*got)
	}
	must(client.DeleteAlias(ctx, &kms.DeleteAliasInput{AliasName: two}))
	aliases := must(client.ListAliases(ctx, &kms.ListAliasesInput{KeyId: key})).Aliases
	if len(aliases) != 1 || *aliases[0].AliasName != *one {
		t.Fatal(aliases)
	}
	if len(must(client.ListKeys(ctx, &kms.ListKeysInput{})).Keys) < 2 {
		t.Fatal("keys are missing")
	}

	must(client.TagResource(ctx, &kms.TagResourceInput{
		KeyId: key, Tags: []types.Tag{{TagKey: aws.String("c"), TagValue: aws.String("d")}},
	}))
	must(client.UntagResource(ctx, &kms.UntagResourceInput{KeyId: key, TagKeys: []string{"a"}}))
	tags := must(client.ListResourceTags(ctx, &kms.ListResourceTagsInput{KeyId: key})).Tags
	if len(tags) != 1 || *tags[0].TagKey != "c" || *tags[0].TagValue != "d" {
		t.Fatal(tags)
	}
	must(client.UpdateKeyDescription(ctx, &kms.UpdateKeyDescriptionInput{KeyId: key, Description: aws.String("second")}))
	if described := describe(client, one); *described.KeyId != *key || *described.Description != "second" {
		t.Fatal(described)
	}

	policy := must(client.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: key})).Policy
	changed := strings.Replace(*policy, "key-default-1", "another", 1)
	must(client.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{KeyId: key, Policy: &changed}))
	policy = must(client.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: key})).Policy
	if !strings.Contains(*policy, "another") {
		t.Fatal(*policy)
	}
	policies := must(client.ListKeyPolicies(ctx, &kms.ListKeyPoliciesInput{KeyId: key})).PolicyNames
	if len(policies) != 1 || policies[0] != "default" {
		t.Fatal(policies)
	}
}

func life(t *testing.T) {
	client := client()
	key := create(client, kms.CreateKeyInput{})
	state := func(want types.KeyState) {
		t.Helper()
		if got := describe(client, key).KeyState; got != want {
			t.Fatal(got)
		}
	}
	must(client.DisableKey(ctx, &kms.DisableKeyInput{KeyId: key}))
	state(types.KeyStateDisabled)
	must(client.EnableKey(ctx, &kms.EnableKeyInput{KeyId: key}))
	state(types.KeyStateEnabled)
	encrypt(client, key, "a")
	used := must(client.GetKeyLastUsage(ctx, &kms.GetKeyLastUsageInput{KeyId: key})).KeyLastUsage
	if used.Operation != types.KeyLastUsageTrackingOperationEncrypt || time.Since(*used.Timestamp).Abs() > time.Hour {
		t.Fatal(used)
	}
	deletion := must(client.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{
		KeyId: key, PendingWindowInDays: aws.Int32(7),
	}))
	if days := time.Until(*deletion.DeletionDate).Hours() / 24; days < 6.9 || days > 7.1 {
		t.Fatal(days)
	}
	state(types.KeyStatePendingDeletion)
	must(client.CancelKeyDeletion(ctx, &kms.CancelKeyDeletionInput{KeyId: key}))
	state(types.KeyStateDisabled)
}

func grants(t *testing.T) {
	client := client()
	key := create(client, kms.CreateKeyInput{})
	retiring := aws.String("arn:aws:iam::000000000000:role/operations")
	var created []*kms.CreateGrantOutput
	for range 3 {
		created = append(created, must(client.CreateGrant(ctx, &kms.CreateGrantInput{
			KeyId: key, GranteePrincipal: aws.String(root), RetiringPrincipal: retiring,
			Operations: []types.GrantOperation{types.GrantOperationEncrypt},
		})))
	}
	retirable := must(client.ListRetirableGrants(ctx, &kms.ListRetirableGrantsInput{RetiringPrincipal: retiring}))
	if len(retirable.Grants) != 3 {
		t.Fatal(retirable.Grants)
	}
	must(client.RetireGrant(ctx, &kms.RetireGrantInput{GrantToken: created[0].GrantToken}))
	must(client.RevokeGrant(ctx, &kms.RevokeGrantInput{KeyId: key, GrantId: created[1].GrantId}))
	left := must(client.ListGrants(ctx, &kms.ListGrantsInput{KeyId: key})).Grants
	if len(left) != 1 || *left[0].GrantId != *created[2].GrantId || left[0].Operations[0] != types.GrantOperationEncrypt {
		t.Fatal(left)
	}
}

func rotation(t *testing.T) {
	client := client()
	key := create(client, kms.CreateKeyInput{})
	sealed := encrypt(client, key, "a")
	must(client.EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: key, RotationPeriodInDays: aws.Int32(90)}))
	status := must(client.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: key}))
	if !status.KeyRotationEnabled || *status.RotationPeriodInDays != 90 {
		t.Fatal(status)
	}
	must(client.DisableKeyRotation(ctx, &kms.DisableKeyRotationInput{KeyId: key}))
	must(client.RotateKeyOnDemand(ctx, &kms.RotateKeyOnDemandInput{KeyId: key}))
	rotations := must(client.ListKeyRotations(ctx, &kms.ListKeyRotationsInput{KeyId: key})).Rotations
	if len(rotations) != 1 || rotations[0].RotationType != types.RotationTypeOnDemand {
		t.Fatal(rotations)
	}
	if got := decrypt(client, sealed); got != "a" {
		t.Fatal(got)
	}
}

// The key material is known, so Go computes the same MAC.
func importing(t *testing.T) {
	client := client()
	key := create(client, kms.CreateKeyInput{
		Origin: types.OriginTypeExternal, KeySpec: types.KeySpecHmac256, KeyUsage: types.KeyUsageTypeGenerateVerifyMac,
	})
	parameters := must(client.GetParametersForImport(ctx, &kms.GetParametersForImportInput{
		KeyId: key, WrappingAlgorithm: types.AlgorithmSpecRsaesOaepSha256, WrappingKeySpec: types.WrappingKeySpecRsa2048,
	}))
	wrapping := must(x509.ParsePKIXPublicKey(parameters.PublicKey)).(*rsa.PublicKey)
	material := make([]byte, 32)
	rand.Read(material)
	must(client.ImportKeyMaterial(ctx, &kms.ImportKeyMaterialInput{
		KeyId: key, ImportToken: parameters.ImportToken,
		EncryptedKeyMaterial: must(rsa.EncryptOAEP(sha256.New(), rand.Reader, wrapping, material, nil)),
		ExpirationModel:      types.ExpirationModelTypeKeyMaterialDoesNotExpire,
	}))
	generated := must(client.GenerateMac(ctx, &kms.GenerateMacInput{
		KeyId: key, Message: []byte("m"), MacAlgorithm: types.MacAlgorithmSpecHmacSha256,
	}))
	expected := hmac.New(sha256.New, material)
	expected.Write([]byte("m"))
	if !hmac.Equal(generated.Mac, expected.Sum(nil)) {
		t.Fatal(generated.Mac)
	}
	must(client.DeleteImportedKeyMaterial(ctx, &kms.DeleteImportedKeyMaterialInput{KeyId: key}))
	if state := describe(client, key).KeyState; state != types.KeyStatePendingImport {
		t.Fatal(state)
	}
}

func replicas(t *testing.T) {
	east, west := client(), client(config.WithRegion("us-west-2"))
	key := create(east, kms.CreateKeyInput{MultiRegion: aws.Bool(true)})
	must(east.ReplicateKey(ctx, &kms.ReplicateKeyInput{KeyId: key, ReplicaRegion: aws.String("us-west-2")}))
	if got := decrypt(west, encrypt(east, key, "a")); got != "a" {
		t.Fatal(got)
	}
	must(east.UpdatePrimaryRegion(ctx, &kms.UpdatePrimaryRegionInput{
		KeyId: key, PrimaryRegion: aws.String("us-west-2"),
	}))
	for client, want := range map[*kms.Client]types.MultiRegionKeyType{
		east: types.MultiRegionKeyTypeReplica, west: types.MultiRegionKeyTypePrimary,
	} {
		if got := describe(client, key).MultiRegionConfiguration.MultiRegionKeyType; got != want {
			t.Fatal(got)
		}
	}
}

func stores(t *testing.T) {
	client := client()
	store := createStore(client, "a store", "cluster-abcdefghijk")
	must(client.UpdateCustomKeyStore(ctx, &kms.UpdateCustomKeyStoreInput{
		CustomKeyStoreId: store, NewCustomKeyStoreName: aws.String("renamed"),
	}))
	must(client.ConnectCustomKeyStore(ctx, &kms.ConnectCustomKeyStoreInput{CustomKeyStoreId: store}))
	described := must(client.DescribeCustomKeyStores(ctx, &kms.DescribeCustomKeyStoresInput{CustomKeyStoreId: store}))
	got := described.CustomKeyStores[0]
	if *got.CustomKeyStoreName != "renamed" || got.ConnectionState != types.ConnectionStateTypeConnected {
		t.Fatal(got)
	}
	key := create(client, kms.CreateKeyInput{Origin: types.OriginTypeAwsCloudhsm, CustomKeyStoreId: store})
	if got := decrypt(client, encrypt(client, key, "a")); got != "a" {
		t.Fatal(got)
	}
	must(client.DisconnectCustomKeyStore(ctx, &kms.DisconnectCustomKeyStoreInput{CustomKeyStoreId: store}))

	empty := createStore(client, "an empty store", "cluster-abcdefghijl")
	must(client.DeleteCustomKeyStore(ctx, &kms.DeleteCustomKeyStoreInput{CustomKeyStoreId: empty}))
}

// createStore creates a custom key store for a CloudHSM cluster, which the emulator simulates.
func createStore(client *kms.Client, name, cluster string) *string {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	anchor := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a cluster"}, IsCA: true,
		BasicConstraintsValid: true, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour),
	}
	der := must(x509.CreateCertificate(rand.Reader, anchor, anchor, key.Public(), key))
	return must(client.CreateCustomKeyStore(ctx, &kms.CreateCustomKeyStoreInput{
		CustomKeyStoreName: &name, CloudHsmClusterId: &cluster, KeyStorePassword: aws.String("a password"),
		TrustAnchorCertificate: aws.String(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))),
	})).CustomKeyStoreId
}
