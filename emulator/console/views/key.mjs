// @ts-check
// One key. Each of its views has its own address.

import { Aliases } from './key-aliases.mjs';
import { Events } from '../call-table.mjs';
import { Failure, Heading, State, useLoaded } from '../parts.mjs';
import { General } from './key-general.mjs';
import { Grants } from './key-grants.mjs';
import { Material } from './key-material.mjs';
import { Policy } from './key-policy.mjs';
import { PublicKey } from './key-public.mjs';
import { Regionality } from './key-regions.mjs';
import { Rotation } from './key-rotation.mjs';
import { TagsOfKey } from './key-tags.mjs';
import { TryIt } from './try-it.mjs';
import { html } from '../html.mjs';
import { inspect } from '../control.mjs';
import { keysLink } from '../session.mjs';

/**
 * @typedef {object} Properties what each view of a key gets
 * @property {any} metadata
 * @property {() => void} reload reads the metadata again
 */

/** @type {[path: string, title: string, view: (properties: Properties) => any, isFor: (key: any) => boolean][]} */
const TABS = [
  ['general', 'General configuration', General, () => true],
  ['try', 'Try it', TryIt, () => true],
  ['public-key', 'Public key', PublicKey, isAsymmetric],
  ['policy', 'Key policy', Policy, () => true],
  ['aliases', 'Aliases', Aliases, () => true],
  ['tags', 'Tags', TagsOfKey, () => true],
  ['grants', 'Grants', Grants, () => true],
  ['rotation', 'Key rotation', Rotation, (key) => key.KeySpec === 'SYMMETRIC_DEFAULT'],
  ['material', 'Key material', Material, (key) => key.Origin === 'EXTERNAL'],
  ['regions', 'Regionality', Regionality, (key) => key.MultiRegion],
  ['events', 'Events', Events, () => true],
];

/** @param {any} key */
function isAsymmetric(key) {
  return !/^(SYMMETRIC_DEFAULT|HMAC_)/.test(key.KeySpec);
}

/** @param {{ account: string, region: string, id: string, tab?: string }} props */
export function KeyView({ account, region, id, tab = 'general' }) {
  const { value, error, reload } = useLoaded(async () => (await inspect('DescribeKey', { KeyId: id })).KeyMetadata, [id]);
  if (error) return html`<${Heading} title="Key" /><${Failure} error=${error} /><p><a href="#/keys">See the keys</a></p>`;
  if (!value) return html`<${Heading} title="Key" />`;
  const tabs = TABS.filter(([, , , isFor]) => isFor(value));
  const [path, title, view] = tabs.find(([name]) => name === tab) ?? tabs[0];
  return html`
    <p class="crumbs"><a href=${keysLink({ account, region })}>Keys</a> / <span class="code">${id}</span></p>
    <${Heading} title=${title}><${State} state=${value.KeyState} /> <code>${value.KeySpec}</code><//>
    <nav class="tabs" aria-label="Key">${tabs.map(([name, text]) => html`
      <a href=${keysLink({ account, region }, id, name)} aria-current=${name === path ? 'page' : undefined}>${text}</a>`)}</nav>
    <${view} key=${path} metadata=${value} reload=${reload} />`;
}
