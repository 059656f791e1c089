// @ts-check
// A list of calls, the newest first.

import { Failure, Section, Table, date, useLoaded } from './parts.mjs';
import { calls } from './answer.mjs';
import { control, query } from './control.mjs';
import { html } from './html.mjs';

/** @param {{ calls: import('./answer.mjs').Call[] }} props */
export function CallTable({ calls }) {
  return html`<${Table} caption="Calls" columns=${['Time', 'Operation', 'Result', 'Key', 'Caller', 'Duration']}
    empty="No calls." rows=${calls.toReversed().map(row)} />`;
}

/** @param {import('./answer.mjs').Call} call */
function row({ event, details }) {
  const arn = event.resources?.find((/** @type {any} */ resource) => resource.ARN.includes(':key/'))?.ARN;
  return {
    id: event.eventID,
    cells: [
      date(event.eventTime),
      html`<a href="#/calls/${event.requestID ?? details.number}">${event.eventName}</a>`,
      html`${event.errorCode ? html`<span class="state bad">${event.errorCode}</span>` : html`<span class="state good">Success</span>`}
        ${details.fault !== undefined && html` <span class="state calm">Fault ${details.fault}</span>`}`,
      html`<span class="code">${event.requestParameters?.keyId ?? arn?.split(':key/')[1] ?? ''}</span>`,
      html`<span class="code">${event.userIdentity.accessKeyId ?? event.userIdentity.arn ?? event.userIdentity.invokedBy}</span>`,
      duration(details.durationMicros),
    ],
  };
}

/** @param {number} micros */
export function duration(micros) {
  return micros < 1000 ? `${micros} µs` : `${(micros / 1000).toFixed(1)} ms`;
}

/** The latest calls about a key. @param {import('./views/key.mjs').Properties} props */
export function Events({ metadata: { KeyId } }) {
  const load = async () => calls(await control('GET', `events?${query({ key: KeyId, newest: 100, details: 'true' })}`));
  const { value, error } = useLoaded(load, [KeyId]);
  return html`<${Section} title="Events of this key">
    <${Failure} error=${error} />
    ${value && html`<${CallTable} calls=${value} />`}
  <//>`;
}
