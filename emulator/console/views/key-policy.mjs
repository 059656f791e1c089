// @ts-check
// The editor of a key policy.

import { AnswerRegion } from '../answer.mjs';
import { CheckField, Failure, Form, Section, TextField, useLoaded } from '../parts.mjs';
import { CodeOf } from '../code-view.mjs';
import { html, useEffect, useState } from '../html.mjs';
import { inspect } from '../control.mjs';
import { useCall } from '../actions.mjs';

/** @param {import('./key.mjs').Properties} props */
export function Policy({ metadata: { KeyId } }) {
  const { value, error, reload } = useLoaded(async () => (await inspect('GetKeyPolicy', { KeyId })).Policy, [KeyId]);
  const { answer, busy, run } = useCall(reload);
  const [text, setText] = useState('');
  const [bypass, setBypass] = useState(false);
  useEffect(() => {
    if (value) setText(indented(value));
  }, [value]);
  const input = { KeyId, Policy: text, BypassPolicyLockoutSafetyCheck: bypass || undefined };
  return html`<${Section} title="Key policy">
      <${Failure} error=${error} />
      <${Form} onSubmit=${() => run('PutKeyPolicy', input)}>
        <${TextField} label="Key policy" value=${text} onInput=${setText} rows=${18} code />
        <${AnswerRegion} answer=${answer} />
        <${CheckField} label="Bypass policy lockout safety check" checked=${bypass} onChange=${setBypass} />
        <p><button class="primary" disabled=${busy}>Save changes</button></p>
      <//>
    <//>
    <${CodeOf} operation="PutKeyPolicy" input=${{ ...input, Policy: compact(text) }} />`;
}

/** @param {string} policy */
function indented(policy) {
  try {
    return JSON.stringify(JSON.parse(policy), null, 2);
  } catch {
    return policy;
  }
}

/** @param {string} policy */
function compact(policy) {
  try {
    return JSON.stringify(JSON.parse(policy));
  } catch {
    return policy;
  }
}
