// @ts-check
// The grants of a key.

import { AnswerRegion } from '../answer.mjs';
import { Button, CheckField, Failure, Form, Section, Table, TextField, date, useLoaded } from '../parts.mjs';
import { CodeOf } from '../code-view.mjs';
import { GRANT_OPERATIONS } from '../words.mjs';
import { html, useState } from '../html.mjs';
import { inspectAll } from '../control.mjs';
import { useCall } from '../actions.mjs';

/** @param {import('./key.mjs').Properties} props */
export function Grants({ metadata: { KeyId } }) {
  const { value, error, reload } = useLoaded(() => inspectAll('ListGrants', { KeyId }, 'Grants'), [KeyId]);
  const { answer, run } = useCall(reload);
  const [grantee, setGrantee] = useState('');
  const [name, setName] = useState('');
  const [operations, setOperations] = useState(/** @type {string[]} */ ([]));
  const toggle = (/** @type {string} */ operation) => (/** @type {boolean} */ isChosen) =>
    setOperations(isChosen ? [...operations, operation] : operations.filter((other) => other !== operation));
  const input = { KeyId, GranteePrincipal: grantee, Operations: operations, Name: name || undefined };
  return html`<${Section} title="Grants">
      <${Failure} error=${error} />
      ${value && html`<${Table} caption="Grants" columns=${['Grant ID', 'Grantee principal', 'Operations', 'Constraints', 'Created', '']}
        empty="This key has no grants." rows=${value.map((grant) => row(grant, run))} />`}
    <//>
    <${Section} title="Create grant">
      <${Form} onSubmit=${() => run('CreateGrant', input)}>
        <${TextField} label="Grantee principal" value=${grantee} onInput=${setGrantee} wide hint="The ARN of a user, a role or a session" />
        <${TextField} label="Name" value=${name} onInput=${setName} />
        <fieldset class="many"><legend>Operations</legend>
          ${GRANT_OPERATIONS.map((operation) => html`<${CheckField} label=${operation} checked=${operations.includes(operation)} onChange=${toggle(operation)} />`)}
        </fieldset>
        <p><button>Create grant</button></p>
      <//>
      <${AnswerRegion} answer=${answer} />
    <//>
    <${CodeOf} operation="CreateGrant" input=${input} />`;
}

/** @param {any} grant @param {(operation: string, input: Record<string, unknown>) => unknown} run */
function row(grant, run) {
  const { KeyId, GrantId, Name, GranteePrincipal, Operations, Constraints, CreationDate } = grant;
  return {
    id: GrantId,
    cells: [
      html`<span class="code">${Name ? `${Name} ` : ''}${GrantId.slice(0, 12)}…</span>`,
      html`<span class="code">${GranteePrincipal}</span>`,
      Operations.join(', '),
      Constraints && html`<span class="code">${JSON.stringify(Constraints)}</span>`,
      date(CreationDate),
      html`<${Button} name=${`Revoke grant ${Name ?? GrantId}`} onClick=${() => run('RevokeGrant', { KeyId, GrantId })}>Revoke<//>`,
    ],
  };
}
