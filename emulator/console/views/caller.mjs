// @ts-check
// Who makes the calls of this page, and the token of the control plane.

import { Button, Form, Heading, Section, TextField } from '../parts.mjs';
import { hasCryptography } from '../bytes.mjs';
import { html, useState } from '../html.mjs';
import { session, update } from '../session.mjs';

export function Caller() {
  const [accessKeyId, setAccessKeyId] = useState(session.accessKeyId);
  const [secretAccessKey, setSecretAccessKey] = useState(session.secretAccessKey);
  const [sessionToken, setSessionToken] = useState(session.sessionToken);
  const [saved, setSaved] = useState('');
  const save = () => {
    update({ accessKeyId: accessKeyId.trim(), secretAccessKey: secretAccessKey.trim(), sessionToken: sessionToken.trim() });
    setSaved('The next calls use this access key.');
  };
  const forget = () => {
    setAccessKeyId('');
    setSecretAccessKey('');
    setSessionToken('');
    update({ accessKeyId: '', secretAccessKey: '', sessionToken: '' });
    setSaved('The next calls use the account.');
  };
  const auth = session.settings?.auth;
  return html`<${Heading} title="Caller" />
    <${Section} title="Access key">
      <p>${auth === 'none'
        ? 'This emulator accepts every caller. An access key id of a seed chooses its user or role; without one, calls come from the account.'
        : `This emulator checks signatures (--auth ${auth}). Enter an access key of a seed or of a session.`}</p>
      ${!hasCryptography() && html`<p class="box note">The browser signs only on HTTPS and on this machine
        (localhost), because other pages have no cryptography.</p>`}
      <${Form} onSubmit=${save}>
        <${TextField} label="Access key ID" value=${accessKeyId} onInput=${setAccessKeyId} />
        <${TextField} label="Secret access key" type="password" value=${secretAccessKey} onInput=${setSecretAccessKey} />
        <${TextField} label="Session token" value=${sessionToken} onInput=${setSessionToken} hint="For temporary credentials only." />
        <p class="row"><button class="primary">Use this access key</button>
          <${Button} onClick=${forget}>Forget it<//></p>
      <//>
      <p role="status">${saved}</p>
      <p class="hint">It stays in this tab, until you close it.</p>
    <//>`;
}

/** @param {{ isMissing: boolean, error: Error, then: () => void }} props */
export function Token({ isMissing, error, then }) {
  const [token, setToken] = useState('');
  const submit = () => {
    update({ token: token.trim() });
    then();
  };
  if (!isMissing) {
    return html`<${Heading} title="The emulator does not answer" /><p role="alert">${error.message}</p>
      <p><${Button} onClick=${then} kind="primary">Try again<//></p>`;
  }
  return html`<${Heading} title="Simulated KMS" />
    <${Section} title="Control token">
      <p>This emulator was started with <code>--control-token</code>. Enter its value.</p>
      <${Form} onSubmit=${submit}>
        <${TextField} label="Control token" type="password" value=${token} onInput=${setToken} />
        <p><button class="primary">Continue</button></p>
      <//>
      <div role="alert">${session.token && html`<p class="bad box">${error.message}</p>`}</div>
    <//>`;
}
