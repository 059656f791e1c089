// @ts-check
// Who calls which account and Region. It is kept for this tab of the browser only.

/**
 * @typedef {object} Settings
 * @property {string} version
 * @property {'none' | 'sigv4' | 'policy'} auth
 * @property {string} account
 * @property {string} region
 * @property {Location[]} locations the accounts and Regions that have keys
 *
 * @typedef {{ account: string, region: string }} Location
 *
 * @typedef {object} Session
 * @property {string} account
 * @property {string} region
 * @property {string} accessKeyId empty: the account itself
 * @property {string} secretAccessKey
 * @property {string} sessionToken
 * @property {string} token the control token
 * @property {Settings | undefined} settings
 */

const NAME = 'simulated-kms';

/** @type {Session} */
export const session = {
  account: '',
  region: '',
  accessKeyId: '',
  secretAccessKey: '',
  sessionToken: '',
  token: '',
  settings: undefined,
  ...stored(),
};

/** @type {Set<() => void>} */
const listeners = new Set();

function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(NAME) ?? '{}');
  } catch {
    return {};
  }
}

/** @param {Partial<Session>} change */
export function update(change) {
  Object.assign(session, change);
  const { settings: _, ...rest } = session;
  sessionStorage.setItem(NAME, JSON.stringify(rest));
  for (const listener of listeners) listener();
}

/** @param {() => void} listener */
export function onUpdate(listener) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** Whether calls are signed. */
export function signs() {
  return session.secretAccessKey !== '';
}

/** Whether KMS refuses the calls of this page because it has no access key. */
export function needsAccessKey() {
  return session.settings !== undefined && session.settings.auth !== 'none' && !signs();
}

/** The access key id in the calls. Without `--auth`, the id of an account stands for its root. */
export function callerId() {
  return session.accessKeyId || session.account;
}

/**
 * A link to the keys of an account and Region, or to one of them.
 *
 * @param {Location} location
 * @param {string[]} rest
 */
export function keysLink({ account, region }, ...rest) {
  return `#/keys/${[account, region, ...rest].map(encodeURIComponent).join('/')}`;
}

/**
 * The location and the id in the ARN of a key.
 *
 * @param {string} arn
 */
export function parseArn(arn) {
  const [, , , region, account, resource = ''] = arn.split(':');
  const id = resource.replace(/^key\//, '');
  return id && account && region ? { account, region, id } : undefined;
}
