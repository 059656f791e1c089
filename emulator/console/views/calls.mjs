// @ts-check
// The latest calls, live.

import { Button, Failure, Heading, TextField } from '../parts.mjs';
import { CallTable } from '../call-table.mjs';
import { calls } from '../answer.mjs';
import { control, query } from '../control.mjs';
import { html, useEffect, useState } from '../html.mjs';

const NEWEST = 200;
const FILTERS = ['operation', 'key', 'caller', 'error'];

/** @typedef {import('../answer.mjs').Call} Call */

/** @param {{ parameters: URLSearchParams }} props */
export function Calls({ parameters }) {
  const filters = Object.fromEntries(FILTERS.map((name) => [name, parameters.get(name) ?? '']));
  const text = query(filters);
  const [live, setLive] = useState(true);
  const [turn, setTurn] = useState(0);
  const { shown, error } = useCalls(text, live, turn);
  const set = (/** @type {string} */ name) => (/** @type {string} */ value) =>
    history.replaceState(null, '', `#/calls?${query({ ...filters, [name]: value })}`) ?? dispatchEvent(new Event('hashchange'));
  const clear = async () => {
    await control('DELETE', 'events');
    setTurn(turn + 1);
  };
  const operations = [...new Set(shown.map(({ event }) => event.eventName))].sort();
  const errors = [...new Set(shown.map(({ event }) => event.errorCode).filter(Boolean))].sort();
  return html`<${Heading} title="Calls">
      <${Button} pressed=${live} onClick=${() => setLive(!live)}>${live ? 'Live' : 'Paused'}<//>
      <${Button} onClick=${clear}>Forget all calls<//>
    <//>
    <div class="filters">
      <${TextField} label="Operation" value=${filters.operation} onInput=${set('operation')} options=${operations} />
      <${TextField} label="Key" value=${filters.key} onInput=${set('key')} />
      <${TextField} label="Caller" value=${filters.caller} onInput=${set('caller')} />
      <${TextField} label="Error" value=${filters.error} onInput=${set('error')} options=${errors} />
    </div>
    <${Failure} error=${error} />
    <${CallTable} calls=${shown} />
    <p class="hint">The newest ${NEWEST} calls. What the page itself reads is no call.</p>`;
}

/**
 * The newest calls that match. While live, each request waits for the next one.
 *
 * @param {string} filters
 * @param {boolean} live
 * @param {number} turn
 */
function useCalls(filters, live, turn) {
  const [shown, setShown] = useState(/** @type {Call[]} */ ([]));
  const [error, setError] = useState(/** @type {Error | undefined} */ (undefined));
  useEffect(() => {
    const abort = new AbortController();
    const page = (/** @type {Record<string, string | number>} */ parameters) =>
      control('GET', `events?${filters}&${query({ details: 'true', newest: NEWEST, ...parameters })}`, undefined, abort.signal);
    const follow = async () => {
      let read = await page({});
      setShown(calls(read));
      setError(undefined);
      while (live) {
        read = await page({ after: read.last, wait: '30s' });
        const added = calls(read);
        if (added.length > 0) setShown((before) => [...before, ...added].slice(-NEWEST));
      }
    };
    follow().catch((failure) => !abort.signal.aborted && setError(failure));
    return () => abort.abort();
  }, [filters, live, turn]);
  return { shown, error };
}
