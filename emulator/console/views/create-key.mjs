// @ts-check
// Create key, with the steps of AWS's console on one page.

import { AnswerRegion } from '../answer.mjs';
import { Button, CheckField, Form, Heading, Radios, Section, SelectField, TextField } from '../parts.mjs';
import { CodeOf } from '../code-view.mjs';
import { SPECS_OF, USAGES } from '../words.mjs';
import { consolePolicy } from '../console-policy.mjs';
import { html, useState } from '../html.mjs';
import { keysLink, parseArn, session } from '../session.mjs';
import { kms } from '../kms.mjs';

/** @typedef {'Symmetric' | 'Asymmetric'} KeyType */

/** @type {[KeyType, string, string][]} */
const TYPES = [
  ['Symmetric', 'Symmetric', 'A single key used for encrypting and decrypting data or generating and verifying HMAC codes'],
  ['Asymmetric', 'Asymmetric', 'A public and private key pair used for encrypting and decrypting data, signing and verifying messages, or deriving shared secrets'],
];

const ARNS = 'Optional. One ARN of a user, a role or an account per line.';

export function CreateKey() {
  const [type, setType] = useState(/** @type {KeyType} */ ('Symmetric'));
  const [usage, setUsage] = useState('ENCRYPT_DECRYPT');
  const [spec, setSpec] = useState('SYMMETRIC_DEFAULT');
  const [origin, setOrigin] = useState('AWS_KMS');
  const [regions, setRegions] = useState('single');
  const [alias, setAlias] = useState('');
  const [description, setDescription] = useState('');
  const [tags, setTags] = useState(/** @type {[string, string][]} */ ([]));
  const [administrators, setAdministrators] = useState('');
  const [mayDelete, setMayDelete] = useState(true);
  const [users, setUsers] = useState('');
  const [edited, setEdited] = useState(/** @type {string | undefined} */ (undefined));
  const [bypass, setBypass] = useState(false);
  const [answer, setAnswer] = useState(/** @type {import('../kms.mjs').Answer | undefined} */ (undefined));
  const [busy, setBusy] = useState(false);

  const chooseUsage = (/** @type {KeyType} */ kind, /** @type {string} */ name) => {
    setUsage(name);
    setSpec(SPECS_OF[kind][name][0]);
  };
  const chooseType = (/** @type {string} */ name) => {
    const kind = /** @type {KeyType} */ (name);
    setType(kind);
    chooseUsage(kind, Object.keys(SPECS_OF[kind])[0]);
  };
  const key = {
    KeySpec: spec,
    KeyUsage: usage,
    Origin: origin === 'AWS_KMS' ? undefined : origin,
    MultiRegion: regions === 'multi' || undefined,
  };
  // Administrators and users write the policy, until it is edited.
  const policy = edited ?? consolePolicy(session.account, administrators, users, mayDelete, key);
  /** @type {Record<string, unknown>} */
  const input = {
    ...key,
    Description: description || undefined,
    Tags: tags.length > 0 ? tagList(tags) : undefined,
    Policy: policy || undefined,
    BypassPolicyLockoutSafetyCheck: bypass || undefined,
  };
  const submit = async () => {
    setBusy(true);
    const created = await kms('CreateKey', input);
    const made = created.output && parseArn(created.output.KeyMetadata.Arn);
    let shown = created;
    if (made && alias) {
      const name = alias.startsWith('alias/') ? alias : `alias/${alias}`;
      shown = await kms('CreateAlias', { AliasName: name, TargetKeyId: made.id });
    }
    setBusy(false);
    if (made && !shown.error) location.hash = keysLink(made, made.id);
    else setAnswer(shown);
  };
  return html`<${Heading} title="Create key" />
    <${Form} onSubmit=${submit}>
      <${Section} title="Step 1: Configure key">
        <${Radios} legend="Key type" value=${type} onChange=${chooseType} options=${TYPES} />
        <${Radios} legend="Key usage" value=${usage} onChange=${(/** @type {string} */ name) => chooseUsage(type, name)}
          options=${Object.keys(SPECS_OF[type]).map((name) => [name, USAGES[name]])} />
        <${SelectField} label="Key spec" value=${spec} onChange=${setSpec} options=${SPECS_OF[type][usage]} />
        <details><summary>Advanced options</summary>
          <${Radios} legend="Key material origin" value=${origin} onChange=${setOrigin} options=${[
            ['AWS_KMS', 'KMS - recommended', 'AWS KMS creates and manages the key material'],
            ['EXTERNAL', 'External (Import key material)', 'You create and import the key material'],
          ]} />
          <${Radios} legend="Regionality" value=${regions} onChange=${setRegions} options=${[
            ['single', 'Single-Region key', 'Never allow this key to be replicated into other Regions'],
            ['multi', 'Multi-Region key', 'Allow this key to be replicated into other Regions'],
          ]} />
        </details>
      <//>
      <${Section} title="Step 2: Add labels">
        <${TextField} label="Alias" value=${alias} onInput=${setAlias} hint="Optional. You can change the alias at any time." />
        <${TextField} label="Description" value=${description} onInput=${setDescription} wide />
        <${Tags} tags=${tags} onChange=${setTags} />
      <//>
      <${Section} title="Step 3: Define key administrative permissions">
        <${TextField} label="Key administrators" value=${administrators} onInput=${setAdministrators} rows=${2} hint=${ARNS} />
        <${CheckField} label="Allow key administrators to delete this key" checked=${mayDelete} onChange=${setMayDelete} />
      <//>
      <${Section} title="Step 4: Define key usage permissions">
        <${TextField} label="Key users" value=${users} onInput=${setUsers} rows=${2} hint=${ARNS} />
      <//>
      <${Section} title="Step 5: Edit key policy">
        <${TextField} label="Key policy" value=${policy} onInput=${setEdited} rows=${8} code
          hint="Optional. Without one, the key gets the default key policy, which gives the account full access." />
        <${CheckField} label="Bypass policy lockout safety check" checked=${bypass} onChange=${setBypass} />
      <//>
      <${Section} title="Step 6: Review">
        <${CodeOf} operation="CreateKey" input=${input} />
        <p class="row"><button class="primary" disabled=${busy}>Create key</button>
          <${Button} onClick=${() => history.back()}>Cancel<//></p>
      <//>
    <//>
    <${AnswerRegion} answer=${answer} />
    ${answer?.operation === 'CreateAlias' && answer.error && html`<p class="box note">The key was created, but it has no alias.</p>`}`;
}

/**
 * A list of tags to fill in.
 *
 * @typedef {[key: string, value: string]} Tag
 *
 * @param {{ tags: Tag[], onChange: (tags: Tag[]) => void }} props
 */
function Tags({ tags, onChange }) {
  const change = (/** @type {number} */ index, /** @type {Tag} */ tag) =>
    onChange(tags.map((other, position) => (position === index ? tag : other)));
  return html`<div role="group" aria-label="Tags">
    ${tags.map(([key, value], index) => html`<div class="row bottom">
      <${TextField} label="Tag key" value=${key} onInput=${(/** @type {string} */ text) => change(index, [text, value])} />
      <${TextField} label="Tag value" value=${value} onInput=${(/** @type {string} */ text) => change(index, [key, text])} />
      <${Button} name=${`Remove tag ${key}`} onClick=${() => onChange(tags.filter((_, position) => position !== index))}>Remove<//>
    </div>`)}
    <p><${Button} onClick=${() => onChange([...tags, ['', '']])}>Add tag<//></p>
  </div>`;
}

/** The tags as KMS takes them. @param {Tag[]} tags */
function tagList(tags) {
  return tags.map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
}
