// A page that uses KMS: it creates a key, signs, verifies, and causes an error. The page's URL has the endpoint.

import {
  CreateKeyCommand,
  DescribeKeyCommand,
  KMSClient,
  SignCommand,
  VerifyCommand,
} from '@aws-sdk/client-kms';

const endpoint = new URLSearchParams(location.search).get('kms');
const kms = new KMSClient({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

function show(what, value) {
  const [name, text] = [document.createElement('dt'), document.createElement('dd')];
  name.textContent = what;
  text.textContent = value;
  document.querySelector('dl').append(name, text);
}

async function use() {
  const signing = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' };
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(signing));
  const parameters = {
    KeyId: KeyMetadata.KeyId,
    Message: new TextEncoder().encode('an Ünïcödé message'),
    SigningAlgorithm: 'ECDSA_SHA_256',
  };
  const { Signature } = await kms.send(new SignCommand(parameters));
  const verified = await kms.send(new VerifyCommand({ ...parameters, Signature }));
  show('SignatureValid', verified.SignatureValid);
  show('requestId', verified.$metadata.requestId);
  try {
    await kms.send(new DescribeKeyCommand({ KeyId: 'alias/none' }));
  } catch (error) {
    show('error.name', error.name);
    show('error.message', error.message);
    show('error.requestId', error.$metadata.requestId);
  }
}

// Requests to the control plane, which no page may send.
async function meddle() {
  const url = `${endpoint}/_emulator/state`;
  const outcome = (answer) => answer.then(({ status }) => `answered ${status}`, () => 'refused');
  show('state', await outcome(fetch(url)));
  show('state with a token', await outcome(fetch(url, { headers: { 'X-Emulator-Token': 'local' } })));
  // The browser sends this request without a preflight and hides the response. It must have no effect.
  await fetch(`${endpoint}/_emulator/reset`, { method: 'POST', mode: 'no-cors' });
}

try {
  await use();
} catch (error) {
  show('failed', error.name);
}
await meddle();
show('done', true);
