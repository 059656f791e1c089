// @ts-check
// Snapshots of the keys, the clock and the faults.

import { Button, Failure, Form, Heading, Section, Table, TextField, useLoaded } from '../parts.mjs';
import { control } from '../control.mjs';
import { html, useState } from '../html.mjs';
import { useChange } from '../actions.mjs';

export function Snapshots() {
  const { value, error, reload } = useLoaded(async () => (await control('GET', 'snapshots')).snapshots, []);
  const [name, setName] = useState('');
  const { change: changed, outcome } = useChange(reload);
  /** @param {'POST' | 'DELETE'} method @param {string} path @param {string} done */
  const change = (method, path, done) => changed(control(method, path), () => done);
  const path = (/** @type {string} */ snapshot) => `snapshots/${encodeURIComponent(snapshot)}`;
  return html`<${Heading} title="Snapshots" />
    <${Section} title="Save and restore">
      <p>A snapshot has the keys, the clock and the faults. To restore it also forgets the calls.</p>
      <${Failure} error=${error} />
      ${value && html`<${Table} caption="Snapshots" columns=${['Name', '']} empty="There are no snapshots."
        rows=${value.map((/** @type {string} */ snapshot) => ({
          id: snapshot,
          cells: [snapshot, html`<span class="row">
            <${Button} name=${`Restore ${snapshot}`} onClick=${() => change('POST', `${path(snapshot)}/restore`, `${snapshot} is restored.`)}>Restore<//>
            <${Button} name=${`Delete ${snapshot}`} onClick=${() => change('DELETE', path(snapshot), `${snapshot} is deleted.`)}>Delete<//></span>`],
        }))} />`}
      <${Form} class="row bottom" onSubmit=${() => change('POST', path(name), `${name} is saved.`)}>
        <${TextField} label="Name" value=${name} onInput=${setName} />
        <button class="primary">Save snapshot</button>
      <//>
      ${outcome}
    <//>
    <${Section} title="Reset">
      <p>A reset restores the state at the start: the seed, if there is one. All other keys are lost.</p>
      <p><${Button} kind="danger" onClick=${() => change('POST', 'reset', 'The emulator is reset.')}>Reset<//></p>
    <//>`;
}
