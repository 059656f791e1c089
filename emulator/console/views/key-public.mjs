// @ts-check
// The public key of an asymmetric key.

import { Button, Code, CopyButton, Failure, Section, useLoaded } from '../parts.mjs';
import { CodeOf } from '../code-view.mjs';
import { download, fromBase64, toPem } from '../bytes.mjs';
import { html } from '../html.mjs';
import { inspect } from '../control.mjs';

/** @param {import('./key.mjs').Properties} props */
export function PublicKey({ metadata: { KeyId } }) {
  const { value, error } = useLoaded(() => inspect('GetPublicKey', { KeyId }), [KeyId]);
  const pem = value && toPem(value.PublicKey);
  return html`<${Section} title="Public key">
      <${Failure} error=${error} />
      ${pem && html`
        <${Code}>${pem}<//>
        <p class="row">
          <${CopyButton} text=${pem}>Copy public key<//>
          <${CopyButton} text=${value.PublicKey}>Copy DER as base64<//>
          <${Button} onClick=${() => download(`${KeyId}.pem`, pem)}>Download PEM<//>
          <${Button} onClick=${() => download(`${KeyId}.der`, fromBase64(value.PublicKey))}>Download DER<//>
        </p>`}
    <//>
    <${CodeOf} operation="GetPublicKey" input=${{ KeyId }} />`;
}
