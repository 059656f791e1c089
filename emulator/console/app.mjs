// @ts-check
// The page: its navigation, and the view that the address names.

import { Heading } from './parts.mjs';
import { control, ControlError } from './control.mjs';
import { html, render, useEffect, useState } from './html.mjs';
import { LocationForm } from './location.mjs';
import { needsAccessKey, onUpdate, session, update } from './session.mjs';
import { Caller, Token } from './views/caller.mjs';
import { CallView } from './views/call.mjs';
import { Calls } from './views/calls.mjs';
import { Clock } from './views/clock.mjs';
import { Coverage, OperationCoverage } from './views/coverage.mjs';
import { CreateKey } from './views/create-key.mjs';
import { Faults } from './views/faults.mjs';
import { KeyView } from './views/key.mjs';
import { Keys } from './views/keys.mjs';
import { Snapshots } from './views/snapshots.mjs';

const VIEWS = ['Keys', 'Calls', 'Clock', 'Faults', 'Snapshots', 'Coverage'];

/**
 * The address after `#/`: its parts, and its parameters.
 *
 * @typedef {{ parts: string[], parameters: URLSearchParams, text: string }} Route
 * @returns {Route}
 */
function route() {
  const text = location.hash.replace(/^#\/?/, '');
  const [path, search] = text.split('?');
  const parts = path.split('/').filter(Boolean).map(decoded);
  return { parts, parameters: new URLSearchParams(search), text };
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @param {Route} route */
function view({ parts, parameters }) {
  const [name = 'keys', ...rest] = parts;
  const [account, region, id, tab] = rest;
  switch (name) {
    case 'keys':
      return id
        ? html`<${KeyView} key=${`${account}/${region}/${id}`} account=${account} region=${region} id=${id} tab=${tab} />`
        : html`<${Keys} key=${`${session.account}/${session.region}`} parameters=${parameters} />`;
    case 'create-key':
      return html`<${CreateKey} />`;
    case 'calls':
      return rest[0] ? html`<${CallView} key=${rest[0]} id=${rest[0]} />` : html`<${Calls} parameters=${parameters} />`;
    case 'clock':
      return html`<${Clock} />`;
    case 'faults':
      return html`<${Faults} />`;
    case 'snapshots':
      return html`<${Snapshots} />`;
    case 'coverage':
      return rest[0] ? html`<${OperationCoverage} key=${rest[0]} operation=${rest[0]} />` : html`<${Coverage} />`;
    case 'caller':
      return html`<${Caller} />`;
    default:
      return html`<${Heading} title="Page not found" /><p><a href="#/keys">See the keys</a></p>`;
  }
}

/** The account and Region of a link become those of the session. @param {Route} route */
function follow({ parts: [name, account, region] }) {
  const isOther = account !== session.account || region !== session.region;
  if (name === 'keys' && account && region && isOther) update({ account, region });
}

function App() {
  const [current, setCurrent] = useState(route);
  const [, setTurn] = useState(0);
  useEffect(() => onUpdate(() => setTurn((turn) => turn + 1)), []);
  useEffect(() => {
    const changed = () => {
      const next = route();
      follow(next);
      setCurrent((before) => {
        if (before.parts.join('/') !== next.parts.join('/')) focusHeading();
        return next;
      });
    };
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  const [name = 'keys'] = current.parts;
  const currentView = name === 'create-key' ? 'keys' : name;
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <header>
      <p class="brand"><a href="#/keys">Simulated KMS</a></p>
      <nav aria-label="Console">${VIEWS.map((label) => html`
        <a href="#/${label.toLowerCase()}" aria-current=${currentView === label.toLowerCase() ? 'page' : undefined}>${label}</a>`)}
      </nav>
      <${LocationForm} />
    </header>
    <main id="main" tabindex="-1">
      ${needsAccessKey() && name !== 'caller' && html`<p class="box note">This emulator checks signatures
        (<code>--auth ${session.settings?.auth}</code>). The console shows everything without one. To make calls,
        <a href="#/caller">enter an access key</a>.</p>`}
      ${view(current)}
    </main>
    <footer>
      <p>Simulated KMS ${session.settings?.version} · not for production · <a href="/console/vendor/licences.txt">Licences</a></p>
    </footer>`;
}

/** Moves the focus past the navigation. The address names the view, so the link must not change it. @param {Event} event */
function skip(event) {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function focusHeading() {
  requestAnimationFrame(() => {
    scrollTo(0, 0);
    /** @type {HTMLElement | null} */ (document.querySelector('main h1'))?.focus();
  });
}

async function start() {
  try {
    const settings = await control('GET', 'settings');
    const { account, region } = session.account ? session : settings;
    update({ settings, account, region });
    follow(route());
    render(html`<${App} />`, document.body);
  } catch (error) {
    const isTokenMissing = error instanceof ControlError && error.status === 403;
    render(html`<main><${Token} isMissing=${isTokenMissing} error=${error} then=${start} /></main>`, document.body);
  }
}

start();
