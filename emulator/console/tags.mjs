// @ts-check
// A list of tags to fill in.

import { Button, TextField } from './parts.mjs';
import { html } from './html.mjs';

/**
 * @typedef {[key: string, value: string]} Tag
 *
 * @param {{ tags: Tag[], onChange: (tags: Tag[]) => void }} props
 */
export function Tags({ tags, onChange }) {
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
export function tagList(tags) {
  return tags.map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
}
