// @ts-check
// Conversions between bytes and text.

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {'text' | 'base64' | 'hex'} Encoding */

/** @param {string} text */
export function fromText(text) {
  return /** @type {Bytes} */ (new TextEncoder().encode(text));
}

/** @param {Uint8Array} bytes */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {Uint8Array} bytes */
export function toBase64(bytes) {
  const characters = [];
  for (const byte of bytes) characters.push(String.fromCharCode(byte));
  return btoa(characters.join(''));
}

/**
 * @param {string} text
 * @returns {Bytes}
 */
export function fromBase64(text) {
  return Uint8Array.from(atob(text.replace(/\s/g, '')), (character) => character.charCodeAt(0));
}

/**
 * @param {string} text
 * @returns {Bytes}
 */
export function fromHex(text) {
  const digits = text.replace(/\s/g, '');
  if (digits.length % 2 || /[^0-9a-f]/i.test(digits)) throw new Error('not hex');
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/**
 * @param {string} text
 * @param {Encoding} encoding
 */
export function decode(text, encoding) {
  if (encoding === 'hex') return fromHex(text);
  return encoding === 'base64' ? fromBase64(text) : fromText(text);
}

/**
 * The text of bytes, if they are UTF-8 without control characters.
 *
 * @param {Uint8Array} bytes
 */
export function readable(bytes) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** @param {string} base64 a public key in DER */
export function toPem(base64) {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n');
}

/**
 * Base64 of a public key in PEM or base64.
 *
 * @param {string} text
 */
export function fromPem(text) {
  return text.replace(/-----[^-]+-----|\s/g, '');
}

/**
 * Whether the browser has cryptography. It has none on a page without HTTPS, unless the host is this machine.
 */
export function hasCryptography() {
  return globalThis.crypto?.subtle !== undefined;
}

/**
 * Saves a file.
 *
 * @param {string} name
 * @param {BlobPart} content
 */
export function download(name, content) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content]));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
