// @ts-check
// Calls that use a key: what its usage allows.

import { AnswerRegion } from '../answer.mjs';
import { Button, CheckField, Section, SelectField, TextField, useName } from '../parts.mjs';
import { CodeOf } from '../code-view.mjs';
import { FORMS, initial } from '../try-forms.mjs';
import { decode, fromBase64, readable } from '../bytes.mjs';
import { html, useState } from '../html.mjs';
import { kms } from '../kms.mjs';

/** @typedef {import('../kms.mjs').Answer} Answer */
/** @typedef {import('../try-forms.mjs').Values} Values */

/** @param {import('./key.mjs').Properties} props */
export function TryIt({ metadata }) {
  const form = FORMS[metadata.KeyUsage];
  const [values, setValues] = useState(() => initial(metadata));
  const [answer, setAnswer] = useState(/** @type {Answer | undefined} */ (undefined));
  const [code, setCode] = useState(/** @type {{ operation: string, input: Record<string, unknown> } | undefined} */ (undefined));
  if (!form) return html`<p class="empty">The console has no form for ${metadata.KeyUsage}.</p>`;
  const set = (/** @type {Partial<Values>} */ change) => setValues((before) => ({ ...before, ...change }));

  const run = async (/** @type {import('../try-forms.mjs').Action} */ action) => {
    /** @type {Answer} */
    let result;
    try {
      const input = await action.input(metadata, values, await bytesOf(values));
      setCode({ operation: action.operation, input });
      result = await kms(action.operation, input);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      result = { operation: action.operation, input: {}, requestId: '', error: { name: 'Not sent', message } };
    }
    setAnswer(result);
    if (result.output) set(action.fill?.(result.output) ?? {});
  };
  return html`<${Section} title=${form.title}>
      ${form.message && html`<${MessageField} label=${form.message} values=${values} set=${set} />`}
      <div class="fields">
        ${form.choices(metadata).map(({ name, label, options }) => html`
          <${SelectField} label=${label} value=${values.choices[name]} options=${options}
            onChange=${(/** @type {string} */ value) => set({ choices: { ...values.choices, [name]: value } })} />`)}
      </div>
      ${values.choices.MessageType === 'DIGEST' && html`<${CheckField} label="Hash the message in the page" checked=${values.hashes}
        onChange=${(/** @type {boolean} */ hashes) => set({ hashes })} />`}
      ${form.context?.(metadata) && html`<${TextField} label="Encryption context" value=${values.context} rows=${2} code
        onInput=${(/** @type {string} */ context) => set({ context })} hint="One KEY=VALUE on each line" />`}
      ${form.result && html`<${TextField} label=${form.result} value=${values.result} rows=${4} code
        onInput=${(/** @type {string} */ text) => set({ result: text })} hint=${form.hint ?? 'Base64'} />`}
      <p class="row">${form.actions(metadata).map((action, index) => html`
        <${Button} kind=${index === 0 ? 'primary' : undefined} onClick=${() => run(action)}>${action.button}<//>`)}</p>
      <${AnswerRegion} answer=${answer}>${plaintext(answer)}<//>
    <//>
    ${code && html`<${CodeOf} operation=${code.operation} input=${code.input} />`}`;
}

/** What the answer says, for people. @param {Answer | undefined} answer */
function plaintext(answer) {
  const output = answer?.output;
  if (output?.SignatureValid) return html`<p>The signature is valid.</p>`;
  if (output?.MacValid) return html`<p>The MAC is valid.</p>`;
  if (answer?.operation !== 'Decrypt' || !output) return undefined;
  const text = readable(fromBase64(output.Plaintext));
  return text !== undefined && html`<p>Plaintext as text: <code>${text}</code></p>`;
}

/** A message: text, base64, hex or a file. @param {{ label: string, values: Values, set: (change: Partial<Values>) => void }} props */
function MessageField({ label, values, set }) {
  const id = useName();
  const choose = (/** @type {any} */ event) => set({ file: event.target.files[0] });
  return html`<div class="fields">
    ${values.format === 'file'
      ? html`<div class="field wide"><label for=${id}>${label}</label><input id=${id} type="file" onChange=${choose} /></div>`
      : html`<${TextField} label=${label} value=${values.message} rows=${3} code=${values.format !== 'text'}
          onInput=${(/** @type {string} */ message) => set({ message })} />`}
    <${SelectField} label="Format" value=${values.format} options=${[['text', 'Text'], ['base64', 'Base64'], ['hex', 'Hex'], ['file', 'File']]}
      onChange=${(/** @type {any} */ format) => set({ format })} />
  </div>`;
}

/** The bytes of the message. @param {Values} values */
async function bytesOf({ format, message, file }) {
  if (format !== 'file') {
    try {
      return decode(message, format);
    } catch {
      throw new Error(`The message is not ${format}.`);
    }
  }
  if (!file) throw new Error('No file is chosen.');
  return new Uint8Array(await file.arrayBuffer());
}
