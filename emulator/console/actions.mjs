// @ts-check
// A call that a view makes, with its answer.

import { kms } from './kms.mjs';
import { useState } from './html.mjs';

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
