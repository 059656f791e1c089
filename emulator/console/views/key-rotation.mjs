// @ts-check
// The rotations of a symmetric key.

import { AnswerRegion } from '../answer.mjs';
import { Button, Failure, Form, Pairs, Section, Table, TextField, date, useLoaded } from '../parts.mjs';
import { html, useState } from '../html.mjs';
import { inspect, inspectAll } from '../control.mjs';
import { useCall } from '../actions.mjs';

/** @param {import('./key.mjs').Properties} props */
export function Rotation({ metadata: { KeyId } }) {
  const load = async () => ({
    status: await inspect('GetKeyRotationStatus', { KeyId }),
    rotations: await inspectAll('ListKeyRotations', { KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' }, 'Rotations'),
  });
  const { value, error, reload } = useLoaded(load, [KeyId]);
  const { answer, run } = useCall(reload);
  const [days, setDays] = useState('365');
  const status = value?.status;
  return html`<${Section} title="Key rotation">
    <${Failure} error=${error} />
    ${status && html`<${Pairs} pairs=${[
      ['Automatic rotation', status.KeyRotationEnabled ? 'Enabled' : 'Disabled'],
      ['Rotation period in days', status.RotationPeriodInDays],
      ['Next rotation date', date(status.NextRotationDate)],
      ['On-demand rotation started', date(status.OnDemandRotationStartDate)],
    ]} />`}
    <${Form} class="row bottom" onSubmit=${() => run('EnableKeyRotation', { KeyId, RotationPeriodInDays: days === '' ? undefined : Number(days) })}>
      <${TextField} label="Rotation period (in days)" type="number" value=${days} onInput=${setDays} />
      <button>Enable automatic rotation</button>
    <//>
    <p class="row">
      ${status?.KeyRotationEnabled && html`<${Button} onClick=${() => run('DisableKeyRotation', { KeyId })}>Disable automatic rotation<//>`}
      <${Button} onClick=${() => run('RotateKeyOnDemand', { KeyId })}>Rotate now<//>
      <a href="#/clock">Move the clock to the next rotation</a>
    </p>
    <${AnswerRegion} answer=${answer} />
    ${value && html`<${Table} caption="Key material" columns=${['Date', 'Type', 'State', 'Key material ID']} empty="No rotation yet."
      rows=${value.rotations.map((rotation) => ({
        id: rotation.KeyMaterialId,
        cells: [date(rotation.RotationDate), rotation.RotationType, rotation.KeyMaterialState, html`<span class="code">${rotation.KeyMaterialId}</span>`],
      }))} />`}
  <//>`;
}
