// Every operation of the SDK. Node.js's `crypto` checks results where possible. The last test checks that every operation was
// called.

import assert from 'node:assert/strict';
import {
  X509Certificate,
  constants,
  createCipheriv,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
  verify,
} from 'node:crypto';
import { test } from 'node:test';
import { rootCertificates } from 'node:tls';

import * as sdk from '@aws-sdk/client-kms';

const ROOT = 'arn:aws:iam::000000000000:root';
// Any certificate works. This is in OpenSSL's format, as a cluster's `customerCA.crt`.
const TrustAnchorCertificate = new X509Certificate(rootCertificates[0]).toString();
const message = Buffer.from('an Ünïcödé message');
const called = new Set();
const kms = client();

// A client that records the successful calls.
function client(config = {}) {
  const recording = new sdk.KMS(config);
  const note = (next, { commandName }) => async (input) => {
    const output = await next(input);
    called.add(commandName);
    return output;
  };
  recording.middlewareStack.add(note, { step: 'initialize' });
  return recording;
}

async function create(input = {}) {
  const { KeyMetadata } = await kms.createKey(input);
  return KeyMetadata.KeyId;
}

const state = async (KeyId) => (await kms.describeKey({ KeyId })).KeyMetadata.KeyState;
const spki = (bytes) => createPublicKey({ key: Buffer.from(bytes), format: 'der', type: 'spki' });
const same = (one, other) => assert.deepEqual(Buffer.from(one), Buffer.from(other));

test("a key's life", async () => {
  const KeyId = await create({ Description: 'first' });
  assert.ok((await kms.listKeys({})).Keys.some((key) => key.KeyId === KeyId));
  await kms.updateKeyDescription({ KeyId, Description: 'second' });
  assert.deepEqual((await kms.getKeyLastUsage({ KeyId })).KeyLastUsage, {});
  const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: message });
  assert.equal((await kms.getKeyLastUsage({ KeyId })).KeyLastUsage.Operation, 'Encrypt');
  const { KeyMetadata } = await kms.describeKey({ KeyId });
  assert.equal(KeyMetadata.Description, 'second');
  assert.ok(Math.abs(KeyMetadata.CreationDate - Date.now()) < 60_000);

  await kms.disableKey({ KeyId });
  await assert.rejects(kms.decrypt({ CiphertextBlob }), sdk.DisabledException);
  await kms.enableKey({ KeyId });
  const { DeletionDate } = await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
  assert.ok(Math.abs(DeletionDate - Date.now() - 7 * 86_400_000) < 60_000);
  assert.equal(await state(KeyId), 'PendingDeletion');
  await assert.rejects(kms.decrypt({ CiphertextBlob }), sdk.KMSInvalidStateException);
  await kms.cancelKeyDeletion({ KeyId });
  assert.equal(await state(KeyId), 'Disabled');
  await kms.enableKey({ KeyId });
  same((await kms.decrypt({ CiphertextBlob })).Plaintext, message);
});

test('aliases', async () => {
  const [one, two] = [await create(), await create()];
  const AliasName = 'alias/a-name';
  const meant = async () => (await kms.describeKey({ KeyId: AliasName })).KeyMetadata.KeyId;
  await kms.createAlias({ AliasName, TargetKeyId: one });
  assert.equal(await meant(), one);
  await kms.updateAlias({ AliasName, TargetKeyId: two });
  assert.equal(await meant(), two);
  assert.deepEqual((await kms.listAliases({ KeyId: one })).Aliases, []);
  const [alias] = (await kms.listAliases({ KeyId: two })).Aliases;
  assert.equal(alias.AliasName, AliasName);
  await kms.deleteAlias({ AliasName });
  await assert.rejects(meant(), sdk.NotFoundException);
});

test('tags and the policy', async () => {
  const KeyId = await create({ Tags: [{ TagKey: 'a', TagValue: 'b' }] });
  await kms.tagResource({ KeyId, Tags: [{ TagKey: 'c', TagValue: 'd' }] });
  await kms.untagResource({ KeyId, TagKeys: ['a'] });
  assert.deepEqual((await kms.listResourceTags({ KeyId })).Tags, [{ TagKey: 'c', TagValue: 'd' }]);
  assert.deepEqual((await kms.listKeyPolicies({ KeyId })).PolicyNames, ['default']);
  const policy = JSON.parse((await kms.getKeyPolicy({ KeyId })).Policy);
  policy.Id = 'another';
  await kms.putKeyPolicy({ KeyId, Policy: JSON.stringify(policy) });
  assert.deepEqual(JSON.parse((await kms.getKeyPolicy({ KeyId })).Policy), policy);
});

test('grants', async () => {
  const KeyId = await create();
  const grant = { KeyId, GranteePrincipal: ROOT, RetiringPrincipal: ROOT, Operations: ['Encrypt'] };
  const [one, two, three] = [await kms.createGrant(grant), await kms.createGrant(grant), await kms.createGrant(grant)];
  await kms.retireGrant({ GrantToken: one.GrantToken });
  await kms.revokeGrant({ KeyId, GrantId: two.GrantId });
  const ids = ({ Grants }) => Grants.map(({ GrantId }) => GrantId);
  assert.deepEqual(ids(await kms.listGrants({ KeyId })), [three.GrantId]);
  assert.deepEqual(ids(await kms.listRetirableGrants({ RetiringPrincipal: ROOT })), [three.GrantId]);
});

test('rotation', async () => {
  const KeyId = await create();
  const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: message });
  await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
  assert.equal((await kms.getKeyRotationStatus({ KeyId })).RotationPeriodInDays, 90);
  await kms.disableKeyRotation({ KeyId });
  assert.equal((await kms.getKeyRotationStatus({ KeyId })).KeyRotationEnabled, false);
  await kms.rotateKeyOnDemand({ KeyId });
  const [rotation] = (await kms.listKeyRotations({ KeyId })).Rotations;
  assert.equal(rotation.RotationType, 'ON_DEMAND');
  same((await kms.decrypt({ CiphertextBlob })).Plaintext, message);
});

// Wraps key material with the key from GetParametersForImport and imports it.
async function importMaterial(KeyId, WrappingAlgorithm, wrap) {
  const parameters = { KeyId, WrappingAlgorithm, WrappingKeySpec: 'RSA_2048' };
  const { PublicKey, ImportToken } = await kms.getParametersForImport(parameters);
  const oaep = { key: spki(PublicKey), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  const EncryptedKeyMaterial = wrap((secret) => publicEncrypt(oaep, secret));
  const ExpirationModel = 'KEY_MATERIAL_DOES_NOT_EXPIRE';
  await kms.importKeyMaterial({ KeyId, ImportToken, EncryptedKeyMaterial, ExpirationModel });
}

test('import: an HMAC key', async () => {
  const input = { Origin: 'EXTERNAL', KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' };
  const [KeyId, material] = [await create(input), randomBytes(32)];
  await importMaterial(KeyId, 'RSAES_OAEP_SHA_256', (encrypt) => encrypt(material));
  const parameters = { KeyId, Message: message, MacAlgorithm: 'HMAC_SHA_256' };
  const { Mac } = await kms.generateMac(parameters);
  same(Mac, createHmac('sha256', material).update(message).digest());
  assert.equal((await kms.verifyMac({ ...parameters, Mac })).MacValid, true);
  await kms.deleteImportedKeyMaterial({ KeyId });
  assert.equal(await state(KeyId), 'PendingImport');
});

test('import: a private key, wrapped with RSA and AES', async () => {
  const KeyId = await create({ Origin: 'EXTERNAL', KeySpec: 'ECC_SECG_P256K1', KeyUsage: 'SIGN_VERIFY' });
  const pair = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
  await importMaterial(KeyId, 'RSA_AES_KEY_WRAP_SHA_256', (encrypt) => {
    const key = randomBytes(32);
    // Node.js requires RFC 5649's initial value.
    const cipher = createCipheriv('id-aes256-wrap-pad', key, Buffer.from('A65959A6', 'hex'));
    const wrapped = cipher.update(pair.privateKey.export({ format: 'der', type: 'pkcs8' }));
    return Buffer.concat([encrypt(key), wrapped, cipher.final()]);
  });
  const { PublicKey } = await kms.getPublicKey({ KeyId });
  same(PublicKey, pair.publicKey.export({ format: 'der', type: 'spki' }));
  const parameters = { KeyId, Message: message, SigningAlgorithm: 'ECDSA_SHA_256' };
  const { Signature } = await kms.sign(parameters);
  assert.equal(verify('sha256', message, pair.publicKey, Signature), true);
  assert.equal((await kms.verify({ ...parameters, Signature })).SignatureValid, true);
});

test('replicas', async () => {
  const west = client({ region: 'us-west-2' });
  const KeyId = await create({ MultiRegion: true });
  const { ReplicaKeyMetadata } = await kms.replicateKey({ KeyId, ReplicaRegion: 'us-west-2' });
  assert.equal(ReplicaKeyMetadata.KeyState, 'Creating');
  const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: message });
  same((await west.decrypt({ CiphertextBlob })).Plaintext, message);
  await kms.updatePrimaryRegion({ KeyId, PrimaryRegion: 'us-west-2' });
  const { KeyMetadata } = await west.describeKey({ KeyId });
  assert.equal(KeyMetadata.MultiRegionConfiguration.MultiRegionKeyType, 'PRIMARY');
  assert.equal(KeyMetadata.MultiRegionConfiguration.ReplicaKeys[0].Region, 'us-east-1');
});

test('a custom key store', async () => {
  const { CustomKeyStoreId } = await kms.createCustomKeyStore({
    CustomKeyStoreName: 'a store',
    CloudHsmClusterId: 'cluster-abcdefghijk',
    TrustAnchorCertificate,
    KeyStorePassword: 'a password',
  });
  await kms.updateCustomKeyStore({ CustomKeyStoreId, NewCustomKeyStoreName: 'renamed' });
  await kms.connectCustomKeyStore({ CustomKeyStoreId });
  const [store] = (await kms.describeCustomKeyStores({ CustomKeyStoreId })).CustomKeyStores;
  assert.equal(store.CustomKeyStoreName, 'renamed');
  assert.equal(store.ConnectionState, 'CONNECTED');
  assert.equal(store.TrustAnchorCertificate, TrustAnchorCertificate);
  const KeyId = await create({ Origin: 'AWS_CLOUDHSM', CustomKeyStoreId });
  const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: message });
  same((await kms.decrypt({ CiphertextBlob })).Plaintext, message);
  await kms.disconnectCustomKeyStore({ CustomKeyStoreId });
  await assert.rejects(kms.decrypt({ CiphertextBlob }), sdk.KMSInvalidStateException);
  await assert.rejects(kms.deleteCustomKeyStore({ CustomKeyStoreId }), sdk.CustomKeyStoreHasCMKsException);

  const other = { CustomKeyStoreName: 'empty', CloudHsmClusterId: 'cluster-abcdefghijl' };
  const trusted = { TrustAnchorCertificate, KeyStorePassword: 'a password' };
  const empty = await kms.createCustomKeyStore({ ...other, ...trusted });
  await kms.deleteCustomKeyStore({ CustomKeyStoreId: empty.CustomKeyStoreId });
  assert.equal((await kms.describeCustomKeyStores({})).CustomKeyStores.length, 1);
});

test('ciphertexts, data keys and random bytes', async () => {
  const [KeyId, DestinationKeyId] = [await create(), await create()];
  const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: message });
  const moved = await kms.reEncrypt({ CiphertextBlob, DestinationKeyId });
  const decrypted = await kms.decrypt({ CiphertextBlob: moved.CiphertextBlob, KeyId: DestinationKeyId });
  same(decrypted.Plaintext, message);

  const open = async (blob) => (await kms.decrypt({ CiphertextBlob: blob })).Plaintext;
  const key = await kms.generateDataKey({ KeyId, KeySpec: 'AES_256' });
  same(await open(key.CiphertextBlob), key.Plaintext);
  const sealed = await kms.generateDataKeyWithoutPlaintext({ KeyId, NumberOfBytes: 16 });
  assert.equal((await open(sealed.CiphertextBlob)).length, 16);
  const parameters = { KeyId, KeyPairSpec: 'ECC_NIST_P256' };
  const pair = await kms.generateDataKeyPair(parameters);
  same(await open(pair.PrivateKeyCiphertextBlob), pair.PrivateKeyPlaintext);
  const half = await kms.generateDataKeyPairWithoutPlaintext(parameters);
  const der = { key: Buffer.from(await open(half.PrivateKeyCiphertextBlob)), format: 'der', type: 'pkcs8' };
  same(createPublicKey(der).export({ format: 'der', type: 'spki' }), half.PublicKey);
  assert.equal((await kms.generateRandom({ NumberOfBytes: 1024 })).Plaintext.length, 1024);
});

test('shared secrets', async () => {
  const KeyId = await create({ KeySpec: 'ECC_NIST_P384', KeyUsage: 'KEY_AGREEMENT' });
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const PublicKey = publicKey.export({ format: 'der', type: 'spki' });
  const agreed = await kms.deriveSharedSecret({ KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey });
  const theirs = spki((await kms.getPublicKey({ KeyId })).PublicKey);
  same(agreed.SharedSecret, diffieHellman({ privateKey, publicKey: theirs }));

  const kem = await create({ KeySpec: 'ML_KEM_768', KeyUsage: 'ENCAPSULATE_DECAPSULATE' });
  const parameters = { KeyId: kem, EncapsulationAlgorithm: 'ML_KEM' };
  const { SharedSecretCiphertextBlob, SharedSecret } = await kms.encapsulate(parameters);
  same((await kms.decapsulate({ ...parameters, SharedSecretCiphertextBlob })).SharedSecret, SharedSecret);
});

test('every operation of the SDK was called', () => {
  const commands = Object.keys(sdk).filter((name) => /^[A-Z].*Command$/.test(name) && name !== '$Command');
  assert.equal(commands.length, Number(process.env.OPERATION_COUNT));
  assert.deepEqual([...called].sort(), commands.sort());
});
