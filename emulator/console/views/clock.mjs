// @ts-check
// The clock of the emulator.

import { Button, Failure, Form, Heading, Pairs, Section, TextField, date, useLoaded } from '../parts.mjs';
import { control } from '../control.mjs';
import { html, useState } from '../html.mjs';
import { keysLink, parseArn } from '../session.mjs';
import { useChange } from '../actions.mjs';

export function Clock() {
  const { value, error, reload } = useLoaded(() => control('GET', 'clock'), []);
  const { change: changed, outcome } = useChange(reload);
  const [by, setBy] = useState('');
  const [to, setTo] = useState('');
  const change = (/** @type {object} */ body) =>
    changed(control('PUT', 'clock', body), ({ now }) => `The time is now ${now}.`);
  const next = value?.next;
  const key = next && parseArn(next.key);
  return html`<${Heading} title="Clock" />
    <${Failure} error=${error} />
    <${Section} title="Time">
      ${value && html`
        <p class="time">${date(value.now)}</p>
        <${Pairs} pairs=${[
          ['Clock', value.real ? 'The time of the system' : value.frozen ? 'Frozen' : 'Moved, and running'],
          ['Next rotation, deletion or expiry', next && html`${date(next.at)}, <a href=${keysLink(key, key.id)} class="code">${key.id}</a>`],
        ]} />`}
      <p class="row">
        <${Button} onClick=${() => change({ advance: '1h' })}>+1 hour<//>
        <${Button} onClick=${() => change({ advance: '1d' })}>+1 day<//>
        <${Button} onClick=${() => change({ advance: '7d' })}>+1 week<//>
        <${Button} onClick=${() => change({ now: next.at })} disabled=${!next}>To the next rotation or deletion<//>
      </p>
      <p class="row">
        ${value?.frozen
          ? html`<${Button} onClick=${() => change({ frozen: false })}>Let it run<//>`
          : html`<${Button} onClick=${() => change({ frozen: true })}>Freeze<//>`}
        <${Button} onClick=${() => change({ real: true })}>Back to the time of the system<//>
      </p>
      <${Form} class="row bottom" onSubmit=${() => change({ advance: by })}>
        <${TextField} label="Advance by" value=${by} onInput=${setBy} hint="Such as 90s, 1h 30m or 30d" />
        <button>Advance</button>
      <//>
      <${Form} class="row bottom" onSubmit=${() => change({ now: to })}>
        <${TextField} label="Set the time" value=${to} onInput=${setTo} hint="Such as 2027-01-01T00:00:00Z" />
        <button>Set</button>
      <//>
      ${outcome}
    <//>`;
}
