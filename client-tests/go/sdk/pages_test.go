package sdk

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

type paginator[Page any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*kms.Options)) (*Page, error)
}

// pages reads pages of one item each and compares the items with the expected ones.
func pages[Page, Item any](
	t *testing.T, paginator paginator[Page], items func(*Page) []Item, name func(Item) *string, created ...*string,
) {
	t.Helper()
	var got []string
	for paginator.HasMorePages() {
		page := items(must(paginator.NextPage(ctx)))
		if len(page) > 1 {
			t.Fatalf("%T: more than one item: %v", paginator, page)
		}
		for _, item := range page {
			got = append(got, *name(item))
		}
	}
	want := aws.ToStringSlice(created)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("%T: %v, not %v", paginator, got, want)
	}
}

var one = aws.Int32(1)

// It uses its own account, so that it finds only its own keys.
func TestPaginators(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "111122223333")
	client := client()
	keys, stores := make([]*string, 3), make([]*string, 3)
	for i := range keys {
		keys[i] = create(client, kms.CreateKeyInput{})
		stores[i] = createStore(client, fmt.Sprint("store ", i), fmt.Sprint("cluster-abcdefghij", i+2))
	}
	pages(t, kms.NewListKeysPaginator(client, &kms.ListKeysInput{Limit: one}),
		func(page *kms.ListKeysOutput) []types.KeyListEntry { return page.Keys },
		func(key types.KeyListEntry) *string { return key.KeyId }, keys...)
	pages(t, kms.NewDescribeCustomKeyStoresPaginator(client, &kms.DescribeCustomKeyStoresInput{Limit: one}),
		func(page *kms.DescribeCustomKeyStoresOutput) []types.CustomKeyStoresListEntry {
			return page.CustomKeyStores
		},
		func(store types.CustomKeyStoresListEntry) *string { return store.CustomKeyStoreId }, stores...)

	key := keys[0]
	aliases, tags, grants, rotations := make([]*string, 3), make([]*string, 3), make([]*string, 3), make([]*string, 3)
	principal := aws.String("arn:aws:iam::111122223333:root")
	for i := range aliases {
		aliases[i] = aws.String(fmt.Sprint("alias/", i))
		must(client.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aliases[i], TargetKeyId: key}))
		tags[i] = aws.String(fmt.Sprint("tag ", i))
		must(client.TagResource(ctx, &kms.TagResourceInput{
			KeyId: key, Tags: []types.Tag{{TagKey: tags[i], TagValue: aws.String("")}},
		}))
		grants[i] = must(client.CreateGrant(ctx, &kms.CreateGrantInput{
			KeyId: key, GranteePrincipal: principal, RetiringPrincipal: principal,
			Operations: []types.GrantOperation{types.GrantOperationDecrypt},
		})).GrantId
		must(client.RotateKeyOnDemand(ctx, &kms.RotateKeyOnDemandInput{KeyId: key}))
		rotations[i] = describe(client, key).CurrentKeyMaterialId
	}
	pages(t, kms.NewListAliasesPaginator(client, &kms.ListAliasesInput{KeyId: key, Limit: one}),
		func(page *kms.ListAliasesOutput) []types.AliasListEntry { return page.Aliases },
		func(alias types.AliasListEntry) *string { return alias.AliasName }, aliases...)
	pages(t, kms.NewListResourceTagsPaginator(client, &kms.ListResourceTagsInput{KeyId: key, Limit: one}),
		func(page *kms.ListResourceTagsOutput) []types.Tag { return page.Tags },
		func(tag types.Tag) *string { return tag.TagKey }, tags...)
	grantId := func(grant types.GrantListEntry) *string { return grant.GrantId }
	pages(t, kms.NewListGrantsPaginator(client, &kms.ListGrantsInput{KeyId: key, Limit: one}),
		func(page *kms.ListGrantsOutput) []types.GrantListEntry { return page.Grants }, grantId, grants...)
	pages(t, kms.NewListRetirableGrantsPaginator(client, &kms.ListRetirableGrantsInput{
		RetiringPrincipal: principal, Limit: one,
	}), func(page *kms.ListRetirableGrantsOutput) []types.GrantListEntry { return page.Grants }, grantId, grants...)
	pages(t, kms.NewListKeyRotationsPaginator(client, &kms.ListKeyRotationsInput{KeyId: key, Limit: one}),
		func(page *kms.ListKeyRotationsOutput) []types.RotationsListEntry { return page.Rotations },
		func(rotation types.RotationsListEntry) *string { return rotation.KeyMaterialId }, rotations...)
	pages(t, kms.NewListKeyPoliciesPaginator(client, &kms.ListKeyPoliciesInput{KeyId: key, Limit: one}),
		func(page *kms.ListKeyPoliciesOutput) []string { return page.PolicyNames },
		func(policy string) *string { return &policy }, aws.String("default"))
}
