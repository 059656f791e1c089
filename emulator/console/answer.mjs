// @ts-check
// The answer of KMS to a call, in its own words, and what caused an error.

import { CopyButton } from './parts.mjs';
import { control, query } from './control.mjs';
import { html, useEffect, useState } from './html.mjs';
import { keysLink, needsAccessKey, parseArn } from './session.mjs';

/**
 * @typedef {import('./kms.mjs').Answer} Answer
 *
 * @typedef {object} Call an event with what CloudTrail does not have
 * @property {any} event
 * @property {{ number: number, durationMicros: number, reason?: string, fault?: number }} details
 */

/** @param {string} id */
export async function callOfRequest(id) {
  const page = await control('GET', `events?${query({ request: id, details: 'true' })}`);
  return calls(page)[0];
}

/**
 * @param {any} page an answer of `events`
 * @returns {Call[]}
 */
export function calls(page) {
  return page.events.map((/** @type {any} */ event, /** @type {number} */ index) => ({ event, details: page.details[index] }));
}

/**
 * The region of an answer. It is always there, so that a screen reader reads what appears in it.
 *
 * @param {{ answer: Answer | undefined, children?: import('./html.mjs').Children }} props
 */
export function AnswerRegion({ answer, children }) {
  const [call, setCall] = useState(/** @type {Call | undefined} */ (undefined));
  useEffect(() => {
    setCall(undefined);
    if (answer?.error && answer.requestId) callOfRequest(answer.requestId).then(setCall, () => undefined);
  }, [answer]);
  const error = answer?.error;
  return html`<div class="answer">
    <div role="status">${answer?.output && html`<div class="good box">
      <h3>${answer.operation} succeeded</h3>
      ${children}
      ${Object.keys(answer.output).length > 0 && html`<pre class="code">${JSON.stringify(answer.output, null, 2)}</pre>`}
      <p class="row"><${CopyButton} text=${JSON.stringify(answer.output, null, 2)}>Copy answer<//>
        ${answer.requestId && html`<a href=${callLink(answer.requestId)}>See this call</a>`}</p>
    </div>`}</div>
    <div role="alert">${error && html`<div class="bad box">
      <h3>${error.name}</h3>
      <p>${error.message || html`<em>KMS sends no message with this error.</em>`}</p>
      <${Cause} error=${error} call=${call} />
      ${call && answer && html`<p><a href=${callLink(answer.requestId)}>What caused it: see this call</a></p>`}
    </div>`}</div>
  </div>`;
}

/** @param {string} requestId */
function callLink(requestId) {
  return `#/calls/${requestId}`;
}

/**
 * What refused a call, with a link to it.
 *
 * @param {{ error: { name: string, message?: string }, call: Call | undefined }} props
 */
export function Cause({ error, call }) {
  const arn = call?.event.resources?.find((/** @type {any} */ resource) => resource.ARN.includes(':key/'))?.ARN;
  const key = arn && parseArn(arn);
  const link = (/** @type {string} */ view, /** @type {string} */ text) =>
    key && html`<p><a href=${keysLink(key, key.id, view)}>${text}</a></p>`;
  const refusedBy = call?.event.additionalEventData?.refusedBy;
  return html`
    ${call?.details.reason && html`<p><strong>Reason:</strong> ${call.details.reason}</p>`}
    ${call?.details.fault !== undefined && html`<p><a href="#/faults">Fault ${call.details.fault} hit this call</a></p>`}
    ${refusedBy && html`<p><strong>Refused by:</strong> ${describe(refusedBy)}</p>`}
    ${refusedBy?.policy === 'key policy' && link('policy', 'See the key policy')}
    ${refusedBy?.policy === 'grant' && link('grants', 'See the grants')}
    ${error.name === 'DisabledException' && link('general', 'The key is disabled: enable it')}
    ${error.name === 'KMSInvalidStateException' && link('general', 'See the state of the key')}
    ${error.name === 'InvalidKeyUsageException' && link('general', 'See what the key is for')}
    ${needsAccessKey() && html`<p><a href="#/caller">Calls need an access key: enter one</a></p>`}`;
}

/**
 * As in the log: `key policy, statement 2 (keep)`.
 *
 * @param {{ policy: string, arn?: string, statement?: number, sid?: string, grant?: string }} by
 */
export function describe({ policy, arn, statement, sid, grant }) {
  return [
    arn ? `${policy} ${arn}` : policy,
    statement === undefined ? '' : `, statement ${statement + 1}`,
    sid ? ` (${sid})` : '',
    grant ? ` ${grant}` : '',
  ].join('');
}
