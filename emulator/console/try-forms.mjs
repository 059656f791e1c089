// @ts-check
// What a key can do, by its usage: the fields of the form, and the calls.

import { fromPem, hasCryptography, toBase64 } from './bytes.mjs';

/** @typedef {import('./bytes.mjs').Bytes} Bytes */

/**
 * @typedef {object} Values
 * @property {string} message
 * @property {'text' | 'base64' | 'hex' | 'file'} format
 * @property {File | undefined} file
 * @property {boolean} hashes whether the page hashes the message for `DIGEST`
 * @property {Record<string, string>} choices
 * @property {string} context
 * @property {string} result a signature, a ciphertext, a MAC …
 *
 * @typedef {object} Action
 * @property {string} button
 * @property {string} operation
 * @property {(key: any, values: Values, bytes: Bytes) => Promise<Record<string, unknown>> | Record<string, unknown>} input
 * @property {(output: any) => Partial<Values>} [fill] what the answer fills in
 *
 * @typedef {object} Choice
 * @property {string} name
 * @property {string} label
 * @property {(string | [string, string])[]} options
 *
 * @typedef {object} TryForm
 * @property {string} title
 * @property {string} [message] the label of the message
 * @property {string} [result] the label of the result
 * @property {string} [hint]
 * @property {(key: any) => boolean} [context] whether there is an encryption context
 * @property {(key: any) => Choice[]} choices
 * @property {(key: any) => Action[]} actions
 */

/** @param {Bytes} bytes @param {string} algorithm */
async function digest(bytes, algorithm) {
  const bits = algorithm.match(/SHA_(256|384|512)$/)?.[1];
  if (!bits) throw new Error(`The page cannot hash for ${algorithm}. Enter the digest, and do not hash it in the page.`);
  if (!hasCryptography()) throw new Error('The browser hashes only on HTTPS and on this machine (localhost).');
  return new Uint8Array(await crypto.subtle.digest(`SHA-${bits}`, bytes));
}

/** @param {any} key @param {Values} values @param {Bytes} bytes */
async function signing(key, { choices, hashes }, bytes) {
  const { SigningAlgorithm, MessageType } = choices;
  const message = MessageType === 'DIGEST' && hashes ? await digest(bytes, SigningAlgorithm) : bytes;
  return { KeyId: key.KeyId, Message: toBase64(message), MessageType, SigningAlgorithm };
}

/** @param {any} key @param {Values} values */
function encryption(key, { choices, context }) {
  const pairs = context.split('\n').filter((line) => line.trim() !== '').map((line) => {
    const [name, ...value] = line.split('=');
    return [name, value.join('=')];
  });
  return {
    EncryptionAlgorithm: key.KeySpec === 'SYMMETRIC_DEFAULT' ? undefined : choices.EncryptionAlgorithm,
    EncryptionContext: pairs.length > 0 && key.KeySpec === 'SYMMETRIC_DEFAULT' ? Object.fromEntries(pairs) : undefined,
  };
}

/** @param {any} key */
function messageTypes(key) {
  const isMlDsa = key.KeySpec.startsWith('ML_DSA');
  return ['RAW', isMlDsa ? 'EXTERNAL_MU' : 'DIGEST'];
}

/** @type {Record<string, TryForm>} */
export const FORMS = {
  SIGN_VERIFY: {
    title: 'Sign and verify',
    message: 'Message',
    result: 'Signature',
    choices: (key) => [
      { name: 'SigningAlgorithm', label: 'Signing algorithm', options: key.SigningAlgorithms },
      { name: 'MessageType', label: 'Message type', options: messageTypes(key) },
    ],
    actions: () => [
      { button: 'Sign', operation: 'Sign', input: signing, fill: ({ Signature }) => ({ result: Signature }) },
      {
        button: 'Verify',
        operation: 'Verify',
        input: async (key, values, bytes) => ({ ...(await signing(key, values, bytes)), Signature: values.result.trim() }),
      },
    ],
  },
  ENCRYPT_DECRYPT: {
    title: 'Encrypt and decrypt',
    message: 'Plaintext',
    result: 'Ciphertext',
    context: (key) => key.KeySpec === 'SYMMETRIC_DEFAULT',
    choices: (key) =>
      key.KeySpec === 'SYMMETRIC_DEFAULT'
        ? [{ name: 'KeySpec', label: 'Data key spec', options: ['AES_256', 'AES_128'] }]
        : [{ name: 'EncryptionAlgorithm', label: 'Encryption algorithm', options: key.EncryptionAlgorithms }],
    actions: (key) => {
      /** @type {Action[]} */
      const actions = [
        {
          button: 'Encrypt',
          operation: 'Encrypt',
          input: ({ KeyId }, values, bytes) => ({ KeyId, Plaintext: toBase64(bytes), ...encryption(key, values) }),
          fill: ({ CiphertextBlob }) => ({ result: CiphertextBlob }),
        },
        {
          button: 'Decrypt',
          operation: 'Decrypt',
          input: ({ KeyId }, values) => ({ KeyId, CiphertextBlob: values.result.trim(), ...encryption(key, values) }),
        },
      ];
      if (key.KeySpec === 'SYMMETRIC_DEFAULT') {
        actions.push({
          button: 'Generate data key',
          operation: 'GenerateDataKey',
          input: ({ KeyId }, values) => ({ KeyId, KeySpec: values.choices.KeySpec, ...encryption(key, values) }),
          fill: ({ CiphertextBlob }) => ({ result: CiphertextBlob }),
        });
      }
      return actions;
    },
  },
  GENERATE_VERIFY_MAC: {
    title: 'Generate and verify MAC',
    message: 'Message',
    result: 'MAC',
    choices: (key) => [{ name: 'MacAlgorithm', label: 'MAC algorithm', options: key.MacAlgorithms }],
    actions: () => [
      {
        button: 'Generate MAC',
        operation: 'GenerateMac',
        input: ({ KeyId }, { choices }, bytes) => ({ KeyId, Message: toBase64(bytes), MacAlgorithm: choices.MacAlgorithm }),
        fill: ({ Mac }) => ({ result: Mac }),
      },
      {
        button: 'Verify MAC',
        operation: 'VerifyMac',
        input: ({ KeyId }, { choices, result }, bytes) => ({
          KeyId, Message: toBase64(bytes), MacAlgorithm: choices.MacAlgorithm, Mac: result.trim(),
        }),
      },
    ],
  },
  KEY_AGREEMENT: {
    title: 'Derive a shared secret',
    result: 'Public key of the other party',
    hint: 'PEM, or base64 of DER',
    choices: () => [],
    actions: () => [{
      button: 'Derive shared secret',
      operation: 'DeriveSharedSecret',
      input: ({ KeyId }, { result }) => ({ KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey: fromPem(result) }),
    }],
  },
  ENCAPSULATE_DECAPSULATE: {
    title: 'Encapsulate and decapsulate',
    result: 'Ciphertext of the shared secret',
    choices: (key) => [{ name: 'EncapsulationAlgorithm', label: 'Encapsulation algorithm', options: key.EncapsulationAlgorithms }],
    actions: () => [
      {
        button: 'Encapsulate',
        operation: 'Encapsulate',
        input: ({ KeyId }, { choices }) => ({ KeyId, ...choices }),
        fill: (output) => ({ result: output.SharedSecretCiphertextBlob }),
      },
      {
        button: 'Decapsulate',
        operation: 'Decapsulate',
        input: ({ KeyId }, { choices, result }) => ({ KeyId, ...choices, SharedSecretCiphertextBlob: result.trim() }),
      },
    ],
  },
};

/** The form before its first use: each choice has its first option. @param {any} key @returns {Values} */
export function initial(key) {
  const choices = FORMS[key.KeyUsage]?.choices(key) ?? [];
  const first = choices.map(({ name, options }) => {
    const [option = ''] = options ?? [];
    return [name, typeof option === 'string' ? option : option[0]];
  });
  return { message: '', format: 'text', file: undefined, hashes: true, choices: Object.fromEntries(first), context: '', result: '' };
}
