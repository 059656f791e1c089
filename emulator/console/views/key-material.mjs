// @ts-check
// Import of key material. The page wraps it with the wrapping key of KMS.

import { AnswerRegion } from '../answer.mjs';
import { Button, Form, Section, SelectField, TextField, date } from '../parts.mjs';
import { decode, fromBase64, hasCryptography, toBase64 } from '../bytes.mjs';
import { html, useState } from '../html.mjs';
import { kms } from '../kms.mjs';
import { useCall } from '../actions.mjs';

const WRAPPING = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_4096' };

/** @param {import('./key.mjs').Properties} props */
export function Material({ metadata, reload }) {
  const { answer, run } = useCall(reload);
  const [text, setText] = useState('');
  const [encoding, setEncoding] = useState(/** @type {'base64' | 'hex'} */ ('base64'));
  const [validTo, setValidTo] = useState('');
  const [refused, setRefused] = useState(/** @type {import('../kms.mjs').Answer | undefined} */ (undefined));
  const { KeyId } = metadata;

  const submit = async () => {
    setRefused(undefined);
    const parameters = await kms('GetParametersForImport', { KeyId, ...WRAPPING });
    if (parameters.error) return setRefused(parameters);
    try {
      const input = {
        KeyId,
        ImportToken: parameters.output.ImportToken,
        EncryptedKeyMaterial: await wrapped(parameters.output.PublicKey, decode(text, encoding)),
        ExpirationModel: validTo ? 'KEY_MATERIAL_EXPIRES' : 'KEY_MATERIAL_DOES_NOT_EXPIRE',
        ValidTo: validTo ? Date.parse(`${validTo}Z`) / 1000 : undefined,
      };
      await run('ImportKeyMaterial', input);
    } catch (error) {
      setRefused({ operation: 'ImportKeyMaterial', input: {}, requestId: '', error: { name: 'Not sent', message: String(error) } });
    }
  };
  const random = () => {
    setEncoding('base64');
    setText(toBase64(crypto.getRandomValues(new Uint8Array(32))));
  };
  return html`<${Section} title="Import key material">
    <p>Status: <strong>${metadata.KeyState}</strong>${metadata.ValidTo && html`, expires ${date(metadata.ValidTo)}`}</p>
    ${!hasCryptography() && html`<p class="box note">The browser can wrap key material only on HTTPS and on localhost.</p>`}
    <${Form} onSubmit=${submit}>
      <${TextField} label="Key material" value=${text} onInput=${setText} rows=${3} code
        hint="32 bytes for a symmetric encryption key, PKCS #8 in DER for an ECC key. An RSA key is too long for this wrapping; use the AWS CLI." />
      <div class="row bottom">
        <${SelectField} label="Format" value=${encoding} onChange=${setEncoding} options=${['base64', 'hex']} />
        <${TextField} label="Expires (UTC)" type="datetime-local" value=${validTo} onInput=${setValidTo} />
        <${Button} onClick=${random}>Generate 32 random bytes<//>
      </div>
      <p class="row"><button class="primary">Import key material</button>
        <${Button} kind="danger" onClick=${() => run('DeleteImportedKeyMaterial', { KeyId })}>Delete key material<//></p>
    <//>
    <${AnswerRegion} answer=${refused ?? answer} />
  <//>`;
}

/** @param {string} publicKey @param {import('../bytes.mjs').Bytes} material */
async function wrapped(publicKey, material) {
  const algorithm = { name: 'RSA-OAEP', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('spki', fromBase64(publicKey), algorithm, false, ['encrypt']);
  return toBase64(new Uint8Array(await crypto.subtle.encrypt(algorithm, key, material)));
}
