// @ts-check
// The aliases of a key.

import { AnswerRegion } from '../answer.mjs';
import { Button, Failure, Form, Section, Table, TextField, date, useLoaded } from '../parts.mjs';
import { html, useState } from '../html.mjs';
import { inspectAll } from '../control.mjs';
import { useCall } from '../actions.mjs';

/** @param {import('./key.mjs').Properties} props */
export function Aliases({ metadata: { KeyId } }) {
  const { value, error, reload } = useLoaded(() => inspectAll('ListAliases', { KeyId }, 'Aliases'), [KeyId]);
  const { answer, run } = useCall(reload);
  const [name, setName] = useState('');
  const create = () => run('CreateAlias', { AliasName: name.startsWith('alias/') ? name : `alias/${name}`, TargetKeyId: KeyId });
  return html`<${Section} title="Aliases">
    <${Failure} error=${error} />
    ${value && html`<${Table} caption="Aliases" columns=${['Alias name', 'Alias ARN', 'Created', '']} empty="This key has no alias."
      rows=${value.map((alias) => ({
        id: alias.AliasName,
        cells: [
          alias.AliasName,
          html`<span class="code">${alias.AliasArn}</span>`,
          date(alias.CreationDate),
          html`<${Button} name=${`Delete ${alias.AliasName}`} onClick=${() => run('DeleteAlias', { AliasName: alias.AliasName })}>Delete<//>`,
        ],
      }))} />`}
    <${Form} class="row bottom" onSubmit=${create}>
      <${TextField} label="Alias" value=${name} onInput=${setName} />
      <button>Create alias</button>
    <//>
    <${AnswerRegion} answer=${answer} />
  <//>`;
}
