// @ts-check
// A message: text, base64, hex or a file.

import { SelectField, TextField, useName } from './parts.mjs';
import { decode } from './bytes.mjs';
import { html } from './html.mjs';

/** @typedef {import('./try-forms.mjs').Values} Values */

/** @param {{ label: string, values: Values, set: (change: Partial<Values>) => void }} props */
export function MessageField({ label, values, set }) {
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
export async function bytesOf({ format, message, file }) {
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
