// @ts-check
// The account and Region of the page, and its caller.

import { html, useState } from './html.mjs';
import { keysLink, session, signs } from './session.mjs';
import { useName } from './parts.mjs';

const REGIONS = [
  'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'af-south-1', 'ap-east-1', 'ap-northeast-1', 'ap-northeast-2',
  'ap-northeast-3', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2', 'ca-central-1', 'eu-central-1', 'eu-north-1',
  'eu-south-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'me-south-1', 'sa-east-1',
];

export function LocationForm() {
  const locations = session.settings?.locations ?? [];
  const accounts = [...new Set([session.account, ...locations.map(({ account }) => account)])];
  const regions = [...new Set([session.region, ...locations.map(({ region }) => region), ...REGIONS])];
  return html`<div class="location" role="group" aria-label="Account and Region">
    <${Choice} key=${`a${session.account}`} label="Account" value=${session.account} options=${accounts} pattern=${/^\d{12}$/}
      error="An account has 12 digits" onChoose=${(/** @type {string} */ account) => open({ ...session, account })} />
    <${Choice} key=${`r${session.region}`} label="Region" value=${session.region} options=${regions} pattern=${/^[a-z]{2,}(-[a-z]+)+-\d+$/}
      error="Not a Region" onChoose=${(/** @type {string} */ region) => open({ ...session, region })} />
    <a href="#/caller">Caller${session.accessKeyId ? `: ${session.accessKeyId}` : ''}${signs() ? ' (signed)' : ''}</a>
  </div>`;
}

/** @param {{ account: string, region: string }} to */
function open(to) {
  location.hash = keysLink(to);
}

/**
 * @param {object} props
 * @param {string} props.label
 * @param {string} props.value
 * @param {string[]} props.options
 * @param {RegExp} props.pattern
 * @param {string} props.error
 * @param {(value: string) => void} props.onChoose
 */
function Choice({ label, value, options, pattern, error, onChoose }) {
  const id = useName();
  const [wrong, setWrong] = useState(false);
  const change = (/** @type {any} */ event) => {
    const text = event.target.value.trim();
    setWrong(!pattern.test(text));
    if (pattern.test(text) && text !== value) onChoose(text);
  };
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input id=${id} defaultValue=${value} list="${id}-list" onChange=${change} autocomplete="off" spellcheck=${false}
      aria-invalid=${wrong || undefined} aria-describedby=${wrong ? `${id}-wrong` : undefined} />
    <datalist id="${id}-list">${options.map((option) => html`<option value=${option} />`)}</datalist>
    ${wrong && html`<p class="wrong" id="${id}-wrong">${error}</p>`}
  </div>`;
}
