// @ts-check
// One call: what was asked, what KMS answered, and why.

import { Cause, calls } from '../answer.mjs';
import { Code, CopyButton, Failure, Heading, Pairs, Section, date, useLoaded } from '../parts.mjs';
import { CodeOf } from '../code-view.mjs';
import { control, query } from '../control.mjs';
import { duration } from '../call-table.mjs';
import { fromEvent } from '../code.mjs';
import { html } from '../html.mjs';
import { keysLink, parseArn } from '../session.mjs';

/** @param {{ id: string }} props a request id, or the number of an event of KMS itself */
export function CallView({ id }) {
  const number = /^\d+$/.test(id) ? Number(id) : undefined;
  const selected = number === undefined ? { request: id } : { after: number - 1, limit: 1 };
  const load = async () => calls(await control('GET', `events?${query({ ...selected, details: 'true' })}`))[0] ?? null;
  const { value, error } = useLoaded(load, [id]);
  const back = html`<p class="crumbs"><a href="#/calls">Calls</a> / <span class="code">${id}</span></p>`;
  if (error || value === null) {
    return html`${back}<${Heading} title="Call" /><${Failure} error=${error ?? new Error('The emulator remembers no such call. A call whose signature is wrong is in its log only.')} />`;
  }
  if (!value) return html`${back}<${Heading} title="Call" />`;
  const { event, details } = value;
  return html`${back}<${Heading} title=${event.eventName} />
    ${event.errorCode && html`<${Section} title="Why it was refused">
      <div class="bad box"><h3>${event.errorCode}</h3>
        <p>${event.errorMessage ?? html`<em>KMS sends no message with this error.</em>`}</p>
        <${Cause} error=${{ name: event.errorCode, message: event.errorMessage }} call=${value} /></div>
    <//>`}
    ${!event.errorCode && details.fault !== undefined && html`<${Section} title="Fault"><${Cause} error=${{ name: '' }} call=${value} /><//>`}
    <${Section} title="Call">
      <${Pairs} pairs=${[
        ['Time', date(event.eventTime)],
        ['Duration', duration(details.durationMicros)],
        ['Request ID', event.requestID && html`<span class="code">${event.requestID}</span>`],
        ['Caller', html`<span class="code">${event.userIdentity.arn ?? event.userIdentity.invokedBy}</span>`],
        ['Access key ID', event.userIdentity.accessKeyId],
        ['Region', event.awsRegion],
        ['Source IP address', event.sourceIPAddress],
        ['User agent', event.userAgent],
        ['Resources', event.resources.map(resource)],
      ]} />
    <//>
    <${Section} title="Request">
      ${event.requestParameters
        ? html`<${Code}>${JSON.stringify(event.requestParameters, null, 2)}<//><p class="hint">Events have no plaintexts, ciphertexts, messages and tokens.</p>`
        : html`<p class="empty">No parameters.</p>`}
    <//>
    <${Section} title="Answer">
      ${event.responseElements ? html`<${Code}>${JSON.stringify(event.responseElements, null, 2)}<//>`
        : html`<p class="empty">${event.errorCode ? 'The error above.' : 'Success. Events have no answers of calls that only read or use a key.'}</p>`}
      <p class="row">
        <${CopyButton} text=${() => JSON.stringify(event, null, 2)}>Copy event<//>
        <${CopyButton} text=${() => JSON.stringify(fixture(event), null, 2)}>Copy as fixture<//>
      </p>
    <//>
    ${event.requestID && html`<${CodeOf} operation=${event.eventName} input=${fromEvent(event.requestParameters ?? {})} />`}`;
}

/** @param {{ ARN: string }} resource */
function resource({ ARN }) {
  const key = ARN.includes(':key/') ? parseArn(ARN) : undefined;
  return html`<div class="code">${key ? html`<a href=${keysLink(key, key.id)}>${ARN}</a>` : ARN}</div>`;
}

/** A golden case to complete: it has no blobs, as the event has none. @param {any} event */
function fixture(event) {
  const isFailed = event.errorCode !== undefined;
  return {
    source: { evidence: 'inferred', where: '' },
    request: { operation: event.eventName, region: event.awsRegion, account: event.recipientAccountId, input: fromEvent(event.requestParameters ?? {}) },
    expect: isFailed
      ? { status: 400, type: event.errorCode, ...(event.errorMessage ? { message: event.errorMessage } : { no_message: true }) }
      : { status: 200 },
  };
}
