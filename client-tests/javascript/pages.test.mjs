// Every paginator of the SDK, with pages of one item: each item appears once.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';

import * as sdk from '@aws-sdk/client-kms';

const ROOT = 'arn:aws:iam::000000000000:root';
const client = new sdk.KMS();
const tried = new Set();
let KeyId;

before(async () => {
  const Tags = ['a', 'b', 'c'].map((TagKey) => ({ TagKey, TagValue: 'v' }));
  ({ KeyId } = (await client.createKey({ Tags })).KeyMetadata);
});

// All items of all pages. Each page has at most one item.
async function all(operation, result, input = {}) {
  const paginate = sdk[`paginate${operation}`];
  tried.add(`paginate${operation}`);
  const items = [];
  let pages = 0;
  for await (const page of paginate({ client, pageSize: 1 }, input)) {
    assert.ok(page[result].length <= 1);
    assert.equal(page.Truncated, page.NextMarker !== undefined);
    items.push(...page[result]);
    pages += 1;
  }
  assert.ok(pages >= items.length);
  return items;
}

const same = (items, expected) => assert.deepEqual(items.sort(), expected.sort());

test('ListKeys', async () => {
  const created = [KeyId];
  for (let i = 0; i < 4; i += 1) created.push((await client.createKey({})).KeyMetadata.KeyId);
  same((await all('ListKeys', 'Keys')).map((key) => key.KeyId), created);
});

test('ListAliases, of all keys and of one', async () => {
  const names = ['alias/one', 'alias/two', 'alias/three'];
  for (const AliasName of names) await client.createAlias({ AliasName, TargetKeyId: KeyId });
  const { KeyMetadata: other } = await client.createKey({});
  await client.createAlias({ AliasName: 'alias/other', TargetKeyId: other.KeyId });
  const listed = async (input) => (await all('ListAliases', 'Aliases', input)).map((alias) => alias.AliasName);
  // AWS services have aliases in each account.
  const own = (await listed()).filter((name) => !name.startsWith('alias/aws/'));
  same(own, [...names, 'alias/other']);
  same(await listed({ KeyId }), names);
});

test('ListGrants and ListRetirableGrants', async () => {
  const grant = { KeyId, GranteePrincipal: ROOT, RetiringPrincipal: ROOT, Operations: ['Encrypt'] };
  const created = [];
  for (let i = 0; i < 4; i += 1) created.push((await client.createGrant(grant)).GrantId);
  const ids = (grants) => grants.map(({ GrantId }) => GrantId);
  same(ids(await all('ListGrants', 'Grants', { KeyId })), created);
  same(ids(await all('ListRetirableGrants', 'Grants', { RetiringPrincipal: ROOT })), created);
});

test('ListKeyPolicies', async () => {
  same(await all('ListKeyPolicies', 'PolicyNames', { KeyId }), ['default']);
});

test('ListResourceTags', async () => {
  const tags = await all('ListResourceTags', 'Tags', { KeyId });
  same(tags.map(({ TagKey }) => TagKey), ['a', 'b', 'c']);
});

test('ListKeyRotations', async () => {
  for (let i = 0; i < 3; i += 1) await client.rotateKeyOnDemand({ KeyId });
  const rotations = await all('ListKeyRotations', 'Rotations', { KeyId });
  assert.equal(rotations.length, 3);
  // The first key material is in the list too, although it is no rotation.
  const input = { KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' };
  const materials = (await all('ListKeyRotations', 'Rotations', input)).map((rotation) => rotation.KeyMaterialId);
  assert.equal(new Set(materials).size, 4);
  for (const { KeyMaterialId } of rotations) assert.ok(materials.includes(KeyMaterialId));
});

test('DescribeCustomKeyStores', async () => {
  const created = [];
  for (const last of ['k', 'l', 'm']) {
    const { CustomKeyStoreId } = await client.createCustomKeyStore({
      CustomKeyStoreName: `store ${last}`,
      CloudHsmClusterId: `cluster-abcdefghij${last}`,
      TrustAnchorCertificate: new X509Certificate(rootCertificates[0]).toString(),
      KeyStorePassword: 'a password',
    });
    created.push(CustomKeyStoreId);
  }
  same((await all('DescribeCustomKeyStores', 'CustomKeyStores')).map((store) => store.CustomKeyStoreId), created);
});

after(() => {
  const there = Object.keys(sdk).filter((name) => name.startsWith('paginate'));
  assert.equal(there.length, 8);
  assert.deepEqual([...tried].sort(), there.sort());
  // KMS has no waiters; new ones need a test.
  assert.deepEqual(Object.keys(sdk).filter((name) => name.startsWith('wait')), []);
});
