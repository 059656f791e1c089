// @ts-check
// The keys of an account and Region.

import { Button, Failure, Form, Heading, SelectField, State, Table, TextField, date, useLoaded } from '../parts.mjs';
import { SPECS, STATES, USAGES } from '../words.mjs';
import { control, query } from '../control.mjs';
import { html, useState } from '../html.mjs';
import { keysLink, session } from '../session.mjs';

const LIMIT = 50;

/** @param {{ parameters: URLSearchParams }} props */
export function Keys({ parameters }) {
  const filters = Object.fromEntries(parameters);
  const { value, error } = useLoaded(
    (signal) => {
      const { account, region } = session;
      return control('GET', `keys?${query({ manager: 'CUSTOMER', ...filters, account, region, limit: LIMIT })}`, undefined, signal);
    },
    [parameters.toString()],
  );
  const open = (/** @type {Record<string, string | undefined>} */ change) => {
    const text = query({ ...filters, after: undefined, ...change });
    location.hash = `${keysLink(session)}${text && `?${text}`}`;
  };
  const isFiltered = Object.keys(filters).some((name) => name !== 'manager' && name !== 'after');
  return html`<${Heading} title="Keys">
      <${Button} kind="primary" onClick=${() => (location.hash = '#/create-key')}>Create key<//>
    <//>
    <${Filters} key=${parameters.toString()} filters=${filters} open=${open} />
    <${Failure} error=${error} />
    ${value && html`<${Table} caption="Keys" columns=${['Alias', 'Key ID', 'State', 'Key spec', 'Key usage', 'Created']}
      rows=${value.keys.map(row)} empty=${isFiltered ? 'No key has all of this.' : 'There are no keys here yet.'} />`}
    ${value && (value.next || filters.after) && html`<p class="row">
      ${filters.after && html`<${Button} onClick=${() => history.back()}>Previous page<//>`}
      ${value.next && html`<${Button} onClick=${() => open({ after: value.next })}>Next page<//>`}</p>`}`;
}

/** @param {any} key */
function row(key) {
  const link = keysLink(session, key.KeyId);
  const [alias, ...others] = key.Aliases;
  return {
    id: key.KeyId,
    cells: [
      html`<a href=${link}>${alias ? alias.replace(/^alias\//, '') : 'no alias'}<span class="hidden"> ${key.KeyId}</span></a>
        ${others.length > 0 && html` <span class="hint" title=${others.join(', ')}>+${others.length}</span>`}`,
      html`<a href=${link} class="code" tabindex="-1" aria-hidden="true">${key.KeyId}</a>`,
      html`<${State} state=${key.KeyState} />`,
      html`<code>${key.KeySpec}</code>`,
      USAGES[key.KeyUsage] ?? key.KeyUsage,
      date(key.CreationDate),
    ],
  };
}

/** @param {{ filters: Record<string, string>, open: (change: Record<string, string | undefined>) => void }} props */
function Filters({ filters, open }) {
  const [search, setSearch] = useState(filters.search ?? '');
  const [tag, setTag] = useState(filters.tag ?? '');
  const choose = (/** @type {string} */ name) => (/** @type {string} */ value) => open({ search, tag, [name]: value || undefined });
  return html`<${Form} class="filters" onSubmit=${() => open({ search, tag })}>
    <${TextField} label="Search" type="search" value=${search} onInput=${setSearch} hint="Alias, key ID, description or tag" />
    <${TextField} label="Tag" value=${tag} onInput=${setTag} hint="KEY or KEY=VALUE" />
    <${SelectField} label="State" value=${filters.state ?? ''} onChange=${choose('state')} options=${[['', 'Any state'], ...STATES]} />
    <${SelectField} label="Key spec" value=${filters.spec ?? ''} onChange=${choose('spec')} options=${[['', 'Any spec'], ...SPECS]} />
    <${SelectField} label="Key usage" value=${filters.usage ?? ''} onChange=${choose('usage')} options=${[['', 'Any usage'], ...Object.entries(USAGES)]} />
    <${SelectField} label="Managed by" value=${filters.manager ?? 'CUSTOMER'} onChange=${choose('manager')}
      options=${[['CUSTOMER', 'Customer'], ['AWS', 'AWS']]} />
    <button>Search</button>
  <//>`;
}
