// @ts-check
// Signature Version 4, with the cryptography of the browser.

import { callerId } from './session.mjs';
import { fromText, toHex } from './bytes.mjs';

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * The headers that say who calls. Without a secret access key, they only name the account and the Region, which
 * is enough without `--auth`.
 *
 * @param {Record<string, string>} headers
 * @param {string} body
 * @param {import('./session.mjs').Session} session
 * @returns {Promise<Record<string, string>>}
 */
export async function authorization(headers, body, session) {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${session.region}/kms/aws4_request`;
  /** @type {Record<string, string>} */
  const added = { 'x-amz-date': time };
  if (session.sessionToken) added['x-amz-security-token'] = session.sessionToken;
  const signed = { host: location.host, ...headers, ...added };
  const names = Object.keys(signed).sort();
  const signature = session.secretAccessKey
    ? await sign(signed, names, body, session.secretAccessKey, time, scope)
    : '0'.repeat(64);
  const credential = `Credential=${callerId()}/${scope}`;
  return { ...added, authorization: `${ALGORITHM} ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}` };
}

/**
 * @param {Record<string, string>} headers
 * @param {string[]} names sorted
 * @param {string} body
 * @param {string} secret
 * @param {string} time
 * @param {string} scope
 */
async function sign(headers, names, body, secret, time, scope) {
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const request = ['POST', '/', '', lines, names.join(';'), await sha256(body)].join('\n');
  const text = [ALGORITHM, time, scope, await sha256(request)].join('\n');
  let key = fromText(`AWS4${secret}`);
  for (const part of scope.split('/')) key = await hmac(key, part);
  return toHex(await hmac(key, text));
}

/** @param {string} text */
async function sha256(text) {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', fromText(text))));
}

/**
 * @param {Uint8Array<ArrayBuffer>} key
 * @param {string} text
 */
async function hmac(key, text) {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, fromText(text)));
}
