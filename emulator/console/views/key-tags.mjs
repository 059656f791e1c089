// @ts-check
// The tags of a key.

import { AnswerRegion } from '../answer.mjs';
import { Button, Failure, Form, Section, Table, TextField, useLoaded } from '../parts.mjs';
import { html, useState } from '../html.mjs';
import { inspectAll } from '../control.mjs';
import { useCall } from '../actions.mjs';

/** @param {import('./key.mjs').Properties} props */
export function TagsOfKey({ metadata: { KeyId } }) {
  const { value, error, reload } = useLoaded(() => inspectAll('ListResourceTags', { KeyId }, 'Tags'), [KeyId]);
  const { answer, run } = useCall(reload);
  const [TagKey, setTagKey] = useState('');
  const [TagValue, setTagValue] = useState('');
  return html`<${Section} title="Tags">
    <${Failure} error=${error} />
    ${value && html`<${Table} caption="Tags" columns=${['Tag key', 'Tag value', '']} empty="This key has no tags."
      rows=${value.map((tag) => ({
        id: tag.TagKey,
        cells: [
          tag.TagKey,
          tag.TagValue,
          html`<${Button} name=${`Remove tag ${tag.TagKey}`} onClick=${() => run('UntagResource', { KeyId, TagKeys: [tag.TagKey] })}>Remove<//>`,
        ],
      }))} />`}
    <${Form} class="row bottom" onSubmit=${() => run('TagResource', { KeyId, Tags: [{ TagKey, TagValue }] })}>
      <${TextField} label="Tag key" value=${TagKey} onInput=${setTagKey} />
      <${TextField} label="Tag value" value=${TagValue} onInput=${setTagValue} />
      <button>Add tag</button>
    <//>
    <${AnswerRegion} answer=${answer} />
  <//>`;
}
