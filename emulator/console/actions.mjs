// @ts-check
// What a view does: a call of KMS, or a change by the control plane.

import { Failure } from './parts.mjs';
import { html, useState } from './html.mjs';
import { kms } from './kms.mjs';

/**
 * `run` calls KMS. After a success it calls `then`.
 *
 * @param {() => void} [then]
 */
export function useCall(then) {
  const [answer, setAnswer] = useState(/** @type {import('./kms.mjs').Answer | undefined} */ (undefined));
  const [busy, setBusy] = useState(false);
  /** @param {string} operation @param {Record<string, unknown>} input */
  const run = async (operation, input) => {
    setBusy(true);
    const result = await kms(operation, input);
    setBusy(false);
    setAnswer(result);
    if (!result.error) then?.();
    return result;
  };
  return { answer, busy, run };
}

/**
 * `change` makes a request to the control plane. `outcome` shows the text of a success, or the error.
 *
 * @param {() => void} then is called after both, as a refused change can show that the view is old
 */
export function useChange(then) {
  const [result, setResult] = useState(/** @type {{ done?: string, failure?: Error }} */ ({}));
  /** @param {Promise<any>} request @param {(answer: any) => string} text what a success is called */
  const change = async (request, text) => {
    setResult(await request.then((answer) => ({ done: text(answer) }), (/** @type {Error} */ failure) => ({ failure })));
    then();
  };
  const outcome = html`<p role="status">${result.done}</p><${Failure} error=${result.failure} />`;
  return { change, outcome };
}
