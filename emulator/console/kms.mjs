// @ts-check
// Calls of KMS, as an application makes them.

import { authorization } from './sigv4.mjs';
import { session } from './session.mjs';

/**
 * @typedef {object} Answer
 * @property {string} operation
 * @property {object} input
 * @property {string} requestId empty if there was no response
 * @property {any} [output]
 * @property {{ name: string, message: string }} [error]
 */

/**
 * @param {string} operation
 * @param {Record<string, unknown>} input
 * @returns {Promise<Answer>}
 */
export async function kms(operation, input) {
  const body = JSON.stringify(input);
  /** @type {Record<string, string>} */
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `TrentService.${operation}`,
  };
  const answer = { operation, input, requestId: '' };
  try {
    Object.assign(headers, await authorization(headers, body, session));
    const response = await fetch('/', { method: 'POST', headers, body });
    answer.requestId = response.headers.get('x-amzn-requestid') ?? '';
    return { ...answer, ...read(response.status, await response.text()) };
  } catch (error) {
    return { ...answer, error: { name: 'No response', message: String(error) } };
  }
}

/**
 * @param {number} status
 * @param {string} text
 */
function read(status, text) {
  let output;
  try {
    output = text === '' ? {} : JSON.parse(text);
  } catch {
    return { error: { name: `HTTP ${status}`, message: text.slice(0, 500) } };
  }
  if (status === 200) return { output };
  const name = String(output.__type ?? `HTTP ${status}`);
  return { error: { name: name.slice(name.indexOf('#') + 1), message: output.message ?? output.Message ?? '' } };
}
