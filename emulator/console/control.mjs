// @ts-check
// Requests to the control plane.

import { session } from './session.mjs';

export class ControlError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * @param {'GET' | 'POST' | 'PUT' | 'DELETE'} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function control(method, path, body, signal) {
  const response = await fetch(`/_emulator/${path}`, {
    method,
    // A page of another origin cannot send this header.
    headers: { 'X-Emulator-Token': session.token || 'console' },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
  });
  const answer = await response.json();
  if (!response.ok) throw new ControlError(response.status, answer.error);
  return answer;
}

/**
 * A query string of the parameters that are not empty.
 *
 * @param {Record<string, string | number | undefined>} parameters
 */
export function query(parameters) {
  const used = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
  return new URLSearchParams(used.map(([name, value]) => [name, String(value)])).toString();
}

/**
 * The answer of an operation that only reads. It is no call: it needs no permission, and leaves no event.
 *
 * @param {string} operation
 * @param {object} input
 */
export function inspect(operation, input) {
  const { account, region } = session;
  return control('POST', 'inspect', { operation, account, region, input });
}

/**
 * All items of a list, over all pages.
 *
 * @param {string} operation
 * @param {object} input
 * @param {string} member
 * @returns {Promise<any[]>}
 */
export async function inspectAll(operation, input, member) {
  const items = [];
  let marker;
  do {
    const page = await inspect(operation, { ...input, Marker: marker });
    items.push(...page[member]);
    marker = page.NextMarker;
  } while (marker);
  return items;
}
