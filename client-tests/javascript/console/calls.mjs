// Calls with inputs of every kind of member: texts, bytes, numbers, flags, lists, structures and maps.

const [KEY, SIGNING, MAC] = ['b', 'c', 'd'].map((last) => `1234abcd-12ab-34cd-56ef-1234567890a${last}`);
const TEXT = `a "quoted" text, it's \\ ok: $HOME \`id\` \${x} %s {}\nключ 🔑\t\\u0041`;
const CONTEXT = { order: '42', [TEXT]: TEXT };
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Sid: 'the "owner"', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::000000000000:root' }, Action: 'kms:*', Resource: '*' }],
}, null, 2);

// The keys that the calls use.
export const SEED = { keys: [
  { id: KEY, material: { seed: 'a' } },
  { id: SIGNING, spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY', material: { seed: 'b' } },
  { id: MAC, spec: 'HMAC_256', usage: 'GENERATE_VERIFY_MAC', material: { seed: 'c' } },
] };

// The calls. That of Decrypt needs a ciphertext.
export function calls(ciphertext) {
  return [
    ['CreateKey', {
      Description: TEXT, KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', MultiRegion: true, Policy: POLICY,
      BypassPolicyLockoutSafetyCheck: true,
      Tags: [{ TagKey: 'team', TagValue: 'shop' }, { TagKey: 'owner', TagValue: 'Zoë + co' }],
    }],
    ['CreateAlias', { AliasName: 'alias/orders', TargetKeyId: SIGNING }],
    ['Sign', { KeyId: SIGNING, Message: 'aGVsbG8=', MessageType: 'RAW', SigningAlgorithm: 'ECDSA_SHA_256' }],
    ['Encrypt', { KeyId: KEY, Plaintext: 'aGVsbG8=', EncryptionContext: CONTEXT }],
    ['Decrypt', { KeyId: KEY, CiphertextBlob: ciphertext, EncryptionContext: CONTEXT }],
    ['GenerateDataKey', { KeyId: KEY, KeySpec: 'AES_256', EncryptionContext: { order: '42' } }],
    ['GenerateMac', { KeyId: MAC, Message: 'aGVsbG8=', MacAlgorithm: 'HMAC_SHA_256' }],
    ['CreateGrant', {
      KeyId: KEY, GranteePrincipal: 'arn:aws:iam::000000000000:root', Operations: ['Decrypt', 'Encrypt'],
      Constraints: { EncryptionContextSubset: { order: '42' } },
    }],
    ['UpdateKeyDescription', { KeyId: KEY, Description: '--x' }],
    ['UntagResource', { KeyId: KEY, TagKeys: ['team', 'cost center'] }],
    ['ListKeys', {}],
    ['EnableKeyRotation', { KeyId: KEY, RotationPeriodInDays: 90 }],
    ['ScheduleKeyDeletion', { KeyId: KEY, PendingWindowInDays: 7 }],
    ['CancelKeyDeletion', { KeyId: KEY }],
  ];
}

export const CIPHERTEXT_OF = ['Encrypt', { KeyId: KEY, Plaintext: 'aGVsbG8=', EncryptionContext: CONTEXT }];
