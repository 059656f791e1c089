// @ts-check
// The latest calls about a key.

import { CallTable } from '../call-table.mjs';
import { Failure, Section, useLoaded } from '../parts.mjs';
import { calls } from '../answer.mjs';
import { control, query } from '../control.mjs';
import { html } from '../html.mjs';

/** @param {import('./key.mjs').Properties} props */
export function Events({ metadata: { KeyId } }) {
  const load = async () => calls(await control('GET', `events?${query({ key: KeyId, newest: 100, details: 'true' })}`));
  const { value, error } = useLoaded(load, [KeyId]);
  return html`<${Section} title="Events of this key">
    <${Failure} error=${error} />
    ${value && html`<${CallTable} calls=${value} />`}
  <//>`;
}
