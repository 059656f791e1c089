// @ts-check
// The related keys of a multi-Region key.

import { AnswerRegion } from '../answer.mjs';
import { Form, Section, Table, TextField } from '../parts.mjs';
import { html, useState } from '../html.mjs';
import { keysLink, parseArn } from '../session.mjs';
import { useCall } from '../actions.mjs';

/** @param {import('./key.mjs').Properties} props */
export function Regionality({ metadata, reload }) {
  const { answer, run } = useCall(reload);
  const [region, setRegion] = useState('');
  const { PrimaryKey, ReplicaKeys, MultiRegionKeyType } = metadata.MultiRegionConfiguration;
  const related = [{ ...PrimaryKey, role: 'Primary' }, ...ReplicaKeys.map((/** @type {any} */ key) => ({ ...key, role: 'Replica' }))];
  return html`<${Section} title="Related multi-Region keys">
    <${Table} caption="Related multi-Region keys" columns=${['Region', 'Role', 'ARN']} empty=""
      rows=${related.map(({ Arn, Region, role }) => {
        const key = parseArn(Arn);
        return { id: Arn, cells: [key && html`<a href=${keysLink(key, key.id)}>${Region}</a>`, role, html`<span class="code">${Arn}</span>`] };
      })} />
    ${MultiRegionKeyType === 'PRIMARY' && html`
      <${Form} class="row bottom" onSubmit=${() => run('ReplicateKey', { KeyId: metadata.KeyId, ReplicaRegion: region })}>
        <${TextField} label="Region" value=${region} onInput=${setRegion} />
        <button>Create new replica keys</button>
      <//>
      <${Form} class="row bottom" onSubmit=${() => run('UpdatePrimaryRegion', { KeyId: metadata.KeyId, PrimaryRegion: region })}>
        <button>Change primary Region to this one</button>
      <//>`}
    <${AnswerRegion} answer=${answer} />
  <//>`;
}
