// @ts-check
// The same call as code.

import { Code, CopyButton, SelectField } from './parts.mjs';
import { LANGUAGES } from './code.mjs';
import { callerId, session } from './session.mjs';
import { html, useState } from './html.mjs';

let remembered = 'AWS CLI';

/** @param {{ operation: string, input: Record<string, unknown> }} props */
export function CodeOf({ operation, input }) {
  const [language, setLanguage] = useState(remembered);
  const choose = (/** @type {string} */ name) => {
    remembered = name;
    setLanguage(name);
  };
  const place = { endpoint: location.origin, region: session.region, accessKeyId: callerId() };
  const code = LANGUAGES[language](operation, input, place);
  return html`<details class="card"><summary>This call as code: ${operation}</summary>
    <div class="row bottom">
      <${SelectField} label="Language" value=${language} onChange=${choose} options=${Object.keys(LANGUAGES)} />
      <${CopyButton} text=${code}>Copy code<//>
    </div>
    <${Code}>${code}<//>
  </details>`;
}
