// @ts-check
// The metadata of a key, and the changes of its state.

import { AnswerRegion } from '../answer.mjs';
import { Button, CopyButton, Form, Pairs, Section, TextField, date } from '../parts.mjs';
import { ORIGINS, USAGES } from '../words.mjs';
import { html, useState } from '../html.mjs';
import { useCall } from '../actions.mjs';

/** @param {import('./key.mjs').Properties} props */
export function General({ metadata, reload }) {
  const { answer, busy, run } = useCall(reload);
  const KeyId = metadata.KeyId;
  const algorithms = [
    metadata.EncryptionAlgorithms, metadata.SigningAlgorithms, metadata.MacAlgorithms, metadata.KeyAgreementAlgorithms,
    metadata.EncapsulationAlgorithms,
  ].flat().filter(Boolean);
  const origins = /** @type {Record<string, string>} */ (ORIGINS);
  return html`
    <${Section} title="About this key">
      <${Pairs} pairs=${[
        ['ARN', html`<span class="code">${metadata.Arn}</span>`],
        ['Key ID', html`<span class="code">${KeyId}</span>`],
        ['Status', metadata.KeyState],
        ['Description', metadata.Description],
        ['Key spec', html`<code>${metadata.KeySpec}</code>`],
        ['Key usage', USAGES[metadata.KeyUsage] ?? metadata.KeyUsage],
        ['Algorithms', algorithms.length > 0 && html`<span class="code">${algorithms.join(' ')}</span>`],
        ['Origin', origins[metadata.Origin] ?? metadata.Origin],
        ['Creation date', date(metadata.CreationDate)],
        ['Deletion date', date(metadata.DeletionDate)],
        ['Expiration date', date(metadata.ValidTo)],
        ['Waiting period in days', metadata.PendingDeletionWindowInDays],
        ['Regionality', metadata.MultiRegion ? `Multi-Region, ${metadata.MultiRegionConfiguration.MultiRegionKeyType.toLowerCase()}` : 'Single-Region'],
        ['Current key material ID', metadata.CurrentKeyMaterialId && html`<span class="code">${metadata.CurrentKeyMaterialId}</span>`],
        ['Custom key store ID', metadata.CustomKeyStoreId],
        ['Manager', metadata.KeyManager],
      ].map(([name, value]) => [name, value === false ? '' : value])} />
      <p class="row"><${CopyButton} text=${metadata.Arn}>Copy ARN<//><${CopyButton} text=${KeyId}>Copy key ID<//></p>
    <//>
    <${Section} title="Key actions">
      <p class="row">
        ${metadata.KeyState === 'Disabled'
          ? html`<${Button} disabled=${busy} onClick=${() => run('EnableKey', { KeyId })}>Enable<//>`
          : html`<${Button} disabled=${busy} onClick=${() => run('DisableKey', { KeyId })}>Disable<//>`}
        ${metadata.KeyState.startsWith('Pending') && metadata.KeyState.endsWith('Deletion') &&
          html`<${Button} disabled=${busy} onClick=${() => run('CancelKeyDeletion', { KeyId })}>Cancel key deletion<//>`}
      </p>
      <${Deletion} run=${run} KeyId=${KeyId} />
      <${Description} run=${run} metadata=${metadata} />
      <${AnswerRegion} answer=${answer} />
    <//>`;
}

/** @typedef {(operation: string, input: Record<string, unknown>) => unknown} Run */

/** @param {{ run: Run, KeyId: string }} props */
function Deletion({ run, KeyId }) {
  const [days, setDays] = useState('30');
  const submit = () => run('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: days === '' ? undefined : Number(days) });
  return html`<${Form} class="row bottom" onSubmit=${submit}>
    <${TextField} label="Waiting period (in days)" type="number" value=${days} onInput=${setDays} />
    <button class="danger">Schedule key deletion</button>
  <//>`;
}

/** @param {{ run: Run, metadata: any }} props */
function Description({ run, metadata }) {
  const [text, setText] = useState(metadata.Description);
  return html`<${Form} class="row bottom" onSubmit=${() => run('UpdateKeyDescription', { KeyId: metadata.KeyId, Description: text })}>
    <${TextField} label="Description" value=${text} onInput=${setText} wide />
    <button>Save description</button>
  <//>`;
}
