// @ts-check
// AWS's names, and the words that AWS's console has for them.

/** @type {Record<string, string>} */
export const USAGES = {
  ENCRYPT_DECRYPT: 'Encrypt and decrypt',
  SIGN_VERIFY: 'Sign and verify',
  GENERATE_VERIFY_MAC: 'Generate and verify MAC',
  KEY_AGREEMENT: 'Key agreement',
  ENCAPSULATE_DECAPSULATE: 'Encapsulate and decapsulate',
};

const RSA = ['RSA_2048', 'RSA_3072', 'RSA_4096'];
const NIST = ['ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521'];

/**
 * The key specs of each type and usage. The first is the default.
 *
 * @type {Record<'Symmetric' | 'Asymmetric', Record<string, string[]>>}
 */
export const SPECS_OF = {
  Symmetric: {
    ENCRYPT_DECRYPT: ['SYMMETRIC_DEFAULT'],
    GENERATE_VERIFY_MAC: ['HMAC_256', 'HMAC_224', 'HMAC_384', 'HMAC_512'],
  },
  Asymmetric: {
    ENCRYPT_DECRYPT: [...RSA, 'SM2'],
    SIGN_VERIFY: [
      'ECC_NIST_P256', ...RSA, 'ECC_NIST_P384', 'ECC_NIST_P521', 'ECC_SECG_P256K1', 'ECC_NIST_EDWARDS25519',
      'ML_DSA_44', 'ML_DSA_65', 'ML_DSA_87', 'SM2',
    ],
    KEY_AGREEMENT: [...NIST, 'SM2'],
    ENCAPSULATE_DECAPSULATE: ['ML_KEM_768', 'ML_KEM_512', 'ML_KEM_1024'],
  },
};

export const SPECS = [...new Set(Object.values(SPECS_OF).flatMap((usages) => Object.values(usages).flat()))].sort();

export const STATES = [
  'Enabled', 'Disabled', 'PendingDeletion', 'PendingImport', 'PendingReplicaDeletion', 'Creating', 'Updating', 'Unavailable',
];

export const ORIGINS = {
  AWS_KMS: 'KMS',
  EXTERNAL: 'External (Import key material)',
  AWS_CLOUDHSM: 'AWS CloudHSM key store',
  EXTERNAL_KEY_STORE: 'External key store',
};

export const ERRORS = [
  'ThrottlingException', 'KMSInternalException', 'DependencyTimeoutException', 'KeyUnavailableException', 'DisabledException',
  'KMSInvalidStateException', 'NotFoundException', 'AccessDeniedException', 'LimitExceededException', 'InvalidKeyUsageException',
];

export const GRANT_OPERATIONS = [
  'CreateGrant', 'Decrypt', 'DeriveSharedSecret', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext', 'GenerateDataKeyWithoutPlaintext', 'GenerateMac', 'GetPublicKey', 'ReEncryptFrom',
  'ReEncryptTo', 'RetireGrant', 'Sign', 'Verify', 'VerifyMac',
];
