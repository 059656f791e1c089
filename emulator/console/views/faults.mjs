// @ts-check
// The faults that are armed.

import { Button, Failure, Form, Heading, Section, SelectField, Table, TextField, useLoaded } from '../parts.mjs';
import { ERRORS } from '../words.mjs';
import { control } from '../control.mjs';
import { html, useState } from '../html.mjs';
import { useChange } from '../actions.mjs';

/** @type {[name: string, label: string, hint?: string][]} */
const TEXTS = [
  ['operation', 'Operation', 'Empty: every operation'],
  ['key', 'Key', 'Id, ARN or alias/NAME. Empty: every key'],
  ['caller', 'Caller', 'Access key id, account or ARN'],
  ['delay', 'Delay', 'Such as 250ms'],
];
/** @type {[name: string, label: string, hint?: string][]} */
const NUMBERS = [
  ['times', 'Times', 'Empty: until it is removed'],
  ['after', 'After', 'Skip the first calls'],
  ['every', 'Every', '3: each third call'],
  ['probability', 'Probability', '0 to 1'],
  ['status', 'HTTP status', 'An answer of a proxy, such as 503'],
];

export function Faults() {
  const { value, error, reload } = useLoaded(async () => (await control('GET', 'faults')).faults, []);
  const [fields, setFields] = useState(/** @type {Record<string, string>} */ ({ error: 'ThrottlingException', times: '1' }));
  const { change, outcome } = useChange(reload);
  const set = (/** @type {string} */ name) => (/** @type {string} */ text) => setFields({ ...fields, [name]: text });
  const add = () => change(control('POST', 'faults', body(fields)), () => 'The fault is armed.');
  const field = (/** @type {string} */ type) => (/** @type {[string, string, string?]} */ [name, label, hint]) => html`
    <${TextField} label=${label} type=${type} value=${fields[name] ?? ''} onInput=${set(name)} hint=${hint} />`;
  return html`<${Heading} title="Faults">
      <${Button} onClick=${() => change(control('DELETE', 'faults'), () => 'All faults are cleared.')}>Clear all faults<//>
    <//>
    <${Failure} error=${error} />
    ${value && html`<${Table} caption="Faults" columns=${['Fault', 'Matches', 'Effect', 'Seen', 'Hits', '']} empty="No fault is armed."
      rows=${value.map((/** @type {any} */ fault) => row(fault, () => change(control('DELETE', `faults/${fault.id}`), () => `Fault ${fault.id} is removed.`)))} />`}
    <${Section} title="Arm a fault">
      <${Form} onSubmit=${add}>
        <div class="fields">
          <${TextField} label="Error" value=${fields.error ?? ''} onInput=${set('error')} options=${ERRORS} hint="An exception of KMS" />
          ${TEXTS.map(field('text'))}
          ${NUMBERS.map(field('number'))}
          <${SelectField} label="Connection" value=${fields.connection ?? ''} onChange=${set('connection')} options=${[
            ['', 'As usual'], ['drop_before', 'Close before the call'], ['lose_answer', 'Lose the answer'],
            ['drop_amid', 'Close in the middle of the answer'], ['truncate', 'Send half of the answer'],
          ]} />
        </div>
        <p><button class="primary">Arm fault</button></p>
      <//>
      ${outcome}
    <//>`;
}

/** @param {Record<string, string>} fields */
function body(fields) {
  const numbers = NUMBERS.map(([name]) => name);
  const used = Object.entries(fields).filter(([, text]) => text !== '');
  return Object.fromEntries(used.map(([name, text]) => [name, numbers.includes(name) ? Number(text) : text]));
}

/** @param {any} fault @param {() => void} remove */
function row(fault, remove) {
  const { id, seen, hits, operation, key, caller, ...effect } = fault;
  const matches = [[operation].flat().join(', '), key, caller].filter(Boolean).join(' · ');
  const text = Object.entries(effect).map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`);
  return {
    id: String(id),
    cells: [id, matches || 'Every call', html`<span class="code">${text.join(', ')}</span>`, seen, hits,
      html`<${Button} name=${`Remove fault ${id}`} onClick=${remove}>Remove<//>`],
  };
}
