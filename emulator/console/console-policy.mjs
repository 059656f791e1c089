// @ts-check
// The key policy that AWS's console writes for key administrators and key users: the page "Default key policy" of AWS's
// developer guide.

const ADMINISTER = 'Create* Describe* Enable* List* Put* Update* Revoke* Disable* Get* Delete* TagResource UntagResource';

/**
 * What key users of an asymmetric or HMAC key may do.
 *
 * @type {Record<string, string>}
 */
const USE = {
  ENCRYPT_DECRYPT: 'Encrypt Decrypt ReEncrypt* GetPublicKey',
  SIGN_VERIFY: 'Sign Verify GetPublicKey',
  GENERATE_VERIFY_MAC: 'GenerateMac VerifyMac',
  KEY_AGREEMENT: 'DeriveSharedSecret GetPublicKey',
  ENCAPSULATE_DECAPSULATE: 'Encapsulate Decapsulate GetPublicKey',
};

/**
 * The policy, or an empty text without administrators and users: then KMS writes its own default.
 *
 * @param {string} account
 * @param {string} administrators ARNs
 * @param {string} users ARNs
 * @param {boolean} mayDelete whether key administrators may delete the key
 * @param {{ KeySpec: string, KeyUsage: string, Origin?: string, MultiRegion?: boolean }} key
 */
export function consolePolicy(account, administrators, users, mayDelete, key) {
  const symmetric = key.KeySpec === 'SYMMETRIC_DEFAULT';
  const administer = [
    ADMINISTER,
    mayDelete && 'ScheduleKeyDeletion CancelKeyDeletion',
    key.Origin === 'EXTERNAL' && 'ImportKeyMaterial',
    key.MultiRegion && 'ReplicateKey UpdatePrimaryRegion',
    symmetric && 'RotateKeyOnDemand',
  ].filter(Boolean).join(' ');
  const use = symmetric ? 'Encrypt Decrypt ReEncrypt* GenerateDataKey*' : USE[key.KeyUsage];
  const services = { Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } } };
  const chosen = [
    ...statement('Allow access for Key Administrators', administrators, administer),
    ...statement('Allow use of the key', users, `${use} DescribeKey`),
    ...statement('Allow attachment of persistent resources', users, 'CreateGrant ListGrants RevokeGrant', services),
  ];
  const root = statement('Enable IAM User Permissions', `arn:aws:iam::${account}:root`, '*');
  return chosen.length > 0
    ? JSON.stringify({ Version: '2012-10-17', Id: 'key-consolepolicy-3', Statement: [...root, ...chosen] }, null, 2)
    : '';
}

/**
 * A statement for these principals, or none.
 *
 * @param {string} Sid
 * @param {string} arns
 * @param {string} actions
 * @param {object} [condition]
 */
function statement(Sid, arns, actions, condition) {
  const AWS = arns.split(/[\s,]+/).filter(Boolean);
  const Action = actions.split(' ').map((name) => `kms:${name}`);
  return AWS.length > 0 ? [{ Sid, Effect: 'Allow', Principal: { AWS }, Action, Resource: '*', ...condition }] : [];
}
