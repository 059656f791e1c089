// @ts-check
// Import of key material. The page wraps it with the wrapping key of KMS.

import { AnswerRegion } from '../answer.mjs';
import { Button, Form, Section, SelectField, TextField, date } from '../parts.mjs';
import { decode, fromBase64, hasCryptography, toBase64 } from '../bytes.mjs';
import { html, useState } from '../html.mjs';
import { kms } from '../kms.mjs';
import { oaep, rsaAesKeyWrap } from '../key-wrap.mjs';
import { useCall } from '../actions.mjs';

// An RSA key is too long for RSA alone, and KMS takes nothing but RSA alone for a symmetric key.
const RSA = { algorithm: 'RSAES_OAEP_SHA_256', wrap: oaep };
const RSA_AND_AES = { algorithm: 'RSA_AES_KEY_WRAP_SHA_256', wrap: rsaAesKeyWrap };

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
    const { algorithm, wrap } = metadata.KeySpec.startsWith('RSA') ? RSA_AND_AES : RSA;
    const parameters = await kms('GetParametersForImport', { KeyId, WrappingAlgorithm: algorithm, WrappingKeySpec: 'RSA_4096' });
    if (parameters.error) return setRefused(parameters);
    try {
      const input = {
        KeyId,
        ImportToken: parameters.output.ImportToken,
        EncryptedKeyMaterial: toBase64(await wrap(fromBase64(parameters.output.PublicKey), decode(text, encoding))),
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
        hint="32 bytes for a symmetric encryption key, PKCS #8 in DER for an ECC or RSA key." />
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
