// @ts-check
// Wrapping of key material for import. WebCrypto has no AES key wrap with padding (RFC 5649), but AES itself.

/** @typedef {import('./bytes.mjs').Bytes} Bytes */

const OAEP = { name: 'RSA-OAEP', hash: 'SHA-256' };

/**
 * Material wrapped by `RSAES_OAEP_SHA_256`.
 *
 * @param {Bytes} publicKey in DER
 * @param {Bytes} material
 */
export async function oaep(publicKey, material) {
  const key = await crypto.subtle.importKey('spki', publicKey, OAEP, false, ['encrypt']);
  return new Uint8Array(await crypto.subtle.encrypt(OAEP, key, material));
}

/**
 * Material wrapped by `RSA_AES_KEY_WRAP_SHA_256`: a new AES key under RSA, then the material under that key.
 *
 * @param {Bytes} publicKey in DER
 * @param {Bytes} material
 */
export async function rsaAesKeyWrap(publicKey, material) {
  const aes = crypto.getRandomValues(new Uint8Array(32));
  const parts = await Promise.all([oaep(publicKey, aes), aesKeyWrapWithPadding(aes, material)]);
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/**
 * AES key wrap with padding, RFC 5649. `wrapped` is the register A, then the registers R[1] to R[n].
 *
 * @param {Bytes} key
 * @param {Bytes} material
 */
export async function aesKeyWrapWithPadding(key, material) {
  const encrypt = await aesBlocks(key);
  const count = Math.ceil(material.length / 8);
  const wrapped = new Uint8Array(8 + 8 * count);
  const start = new DataView(wrapped.buffer);
  start.setUint32(0, 0xa65959a6);
  start.setUint32(4, material.length);
  wrapped.set(material, 8);
  if (count === 1) return encrypt(wrapped);
  const block = new Uint8Array(16);
  for (let step = 0; step < 6 * count; step += 1) {
    const register = wrapped.subarray(8 + 8 * (step % count), 16 + 8 * (step % count));
    block.set(wrapped.subarray(0, 8));
    block.set(register, 8);
    const encrypted = await encrypt(block);
    wrapped.set(encrypted.subarray(0, 8));
    register.set(encrypted.subarray(8));
    start.setUint32(4, start.getUint32(4) ^ (step + 1));
  }
  return wrapped;
}

/**
 * AES of single blocks: the first block of CBC with an initialization vector of zeros.
 *
 * @param {Bytes} key
 * @returns {Promise<(block: Bytes) => Promise<Bytes>>}
 */
async function aesBlocks(key) {
  const cbc = { name: 'AES-CBC', iv: new Uint8Array(16) };
  const imported = await crypto.subtle.importKey('raw', key, cbc, false, ['encrypt']);
  return async (block) => new Uint8Array(await crypto.subtle.encrypt(cbc, imported, block), 0, 16);
}
