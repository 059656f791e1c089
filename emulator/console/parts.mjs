// @ts-check
// The parts that all views are made of.

import { html, useEffect, useRef, useState } from './html.mjs';

/** @typedef {import('./html.mjs').Children} Children */

let last = 0;

/** An id for an element and its label. */
export function useName() {
  return useState(() => `n${(last += 1)}`)[0];
}

/**
 * What a function returns, and again after `reload`. The earlier value stays until the next one is there.
 *
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} load
 * @param {unknown[]} inputs
 * @returns {{ value: T | undefined, error: Error | undefined, reload: () => void }}
 */
export function useLoaded(load, inputs) {
  const [loaded, setLoaded] = useState(/** @type {{ value?: T, error?: Error }} */ ({}));
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    load(abort.signal).then(
      (value) => !abort.signal.aborted && setLoaded({ value }),
      (error) => !abort.signal.aborted && setLoaded({ error }),
    );
    return () => abort.abort();
  }, [...inputs, turn]);
  return { value: loaded.value, error: loaded.error, reload: () => setTurn((before) => before + 1) };
}

/**
 * The heading of a view. It takes the focus when the view is opened from another one.
 *
 * @param {{ title: string, children?: Children }} props
 */
export function Heading({ title, children }) {
  useEffect(() => {
    document.title = `${title} · Simulated KMS`;
  }, [title]);
  return html`<div class="heading"><h1 tabindex="-1">${title}</h1>${children && html`<div class="row">${children}</div>`}</div>`;
}

/** @param {{ title: string, id?: string, children: Children }} props */
export function Section({ title, children }) {
  const id = useName();
  return html`<section class="card" aria-labelledby=${id}><h2 id=${id}>${title}</h2>${children}</section>`;
}

/** @param {{ error: Error | undefined }} props */
export function Failure({ error }) {
  return html`<div role="alert">${error && html`<p class="bad box">${error.message}</p>`}</div>`;
}

/**
 * @param {object} props
 * @param {string} props.label
 * @param {string} props.value
 * @param {(value: string) => void} props.onInput
 * @param {string} [props.hint]
 * @param {number} [props.rows] more than one line
 * @param {string} [props.type]
 * @param {string[]} [props.options] suggestions
 * @param {boolean} [props.wide]
 * @param {boolean} [props.code]
 */
export function TextField({ label, value, onInput, hint, rows, type = 'text', options, wide, code }) {
  const id = useName();
  const shared = {
    id,
    value,
    onInput: (/** @type {any} */ event) => onInput(event.target.value),
    'aria-describedby': hint ? `${id}-hint` : undefined,
    class: code ? 'code' : undefined,
    spellcheck: false,
    autocomplete: 'off',
  };
  return html`<div class=${wide || rows ? 'field wide' : 'field'}>
    <label for=${id}>${label}</label>
    ${rows
      ? html`<textarea ...${shared} rows=${rows}></textarea>`
      : html`<input ...${shared} type=${type} list=${options ? `${id}-list` : undefined} />`}
    ${options && html`<datalist id="${id}-list">${options.map((option) => html`<option value=${option} />`)}</datalist>`}
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
  </div>`;
}

/**
 * @param {object} props
 * @param {string} props.label
 * @param {string} props.value
 * @param {(value: string) => void} props.onChange
 * @param {(string | [value: string, text: string])[]} props.options
 * @param {string} [props.hint]
 */
export function SelectField({ label, value, onChange, options, hint }) {
  const id = useName();
  const change = (/** @type {any} */ event) => onChange(event.target.value);
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <select id=${id} value=${value} onChange=${change} aria-describedby=${hint ? `${id}-hint` : undefined}>
      ${options.map((option) => {
        const [name, text] = typeof option === 'string' ? [option, option] : option;
        return html`<option value=${name} selected=${name === value}>${text}</option>`;
      })}
    </select>
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
  </div>`;
}

/**
 * @param {object} props
 * @param {string} props.legend
 * @param {string} props.value
 * @param {(value: string) => void} props.onChange
 * @param {[value: string, text: string, hint?: string][]} props.options
 */
export function Radios({ legend, value, onChange, options }) {
  const id = useName();
  return html`<fieldset class="radios">
    <legend>${legend}</legend>
    ${options.map(([name, text, hint]) => html`<div class="choice">
      <input type="radio" id="${id}-${name}" name=${id} value=${name} checked=${name === value}
        onChange=${() => onChange(name)} aria-describedby=${hint ? `${id}-${name}-hint` : undefined} />
      <div><label for="${id}-${name}">${text}</label>
      ${hint && html`<p class="hint" id="${id}-${name}-hint">${hint}</p>`}</div>
    </div>`)}
  </fieldset>`;
}

/** @param {{ label: string, checked: boolean, onChange: (checked: boolean) => void }} props */
export function CheckField({ label, checked, onChange }) {
  const id = useName();
  const change = (/** @type {any} */ event) => onChange(event.target.checked);
  return html`<div class="choice"><input type="checkbox" id=${id} checked=${checked} onChange=${change} />
    <label for=${id}>${label}</label></div>`;
}

/**
 * @param {object} props
 * @param {() => unknown} props.onClick
 * @param {Children} props.children
 * @param {'primary' | 'danger'} [props.kind]
 * @param {string} [props.name] an accessible name that begins with the text
 * @param {boolean} [props.disabled]
 * @param {boolean} [props.pressed]
 */
export function Button({ onClick, children, kind, name, disabled, pressed }) {
  return html`<button type="button" class=${kind} onClick=${onClick} aria-label=${name} disabled=${disabled}
    aria-pressed=${pressed}>${children}</button>`;
}

/** A form that the Enter key submits. @param {{ onSubmit: () => unknown, children: Children, class?: string }} props */
export function Form({ onSubmit, children, class: kind }) {
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    onSubmit();
  };
  return html`<form class=${kind} onSubmit=${submit} novalidate>${children}</form>`;
}

/** @param {{ text: string | (() => string), children: Children }} props */
export function CopyButton({ text, children }) {
  const [said, setSaid] = useState('');
  const timer = useRef(/** @type {number | undefined} */ (undefined));
  const copy = async () => {
    const done = await copied(typeof text === 'string' ? text : text());
    setSaid(done ? 'Copied' : 'The browser does not allow it');
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaid(''), 4000);
  };
  return html`<span class="copy"><button type="button" onClick=${copy}>${children}</button>
    <span aria-live="polite" class="hint">${said}</span></span>`;
}

/** @param {string} text */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** @param {{ children: Children }} props */
export function Code({ children }) {
  return html`<pre class="code box">${children}</pre>`;
}

/**
 * Names and values. Pairs without a value are left out.
 *
 * @param {{ pairs: [name: string, value: Children][] }} props
 */
export function Pairs({ pairs }) {
  const shown = pairs.filter(([, value]) => value !== undefined && value !== null && value !== '');
  return html`<dl class="pairs">${shown.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/**
 * A table. On a narrow screen, each row becomes a block, with the names of its columns. A wide table has many columns, and
 * becomes blocks on a wider screen.
 *
 * @param {{ caption: string, columns: string[], rows: { id: string, cells: Children[] }[], empty: string, wide?: boolean }} props
 */
export function Table({ caption, columns, rows, empty, wide }) {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  return html`<table class=${wide ? 'wide' : undefined}>
    <caption class="hidden">${caption}</caption>
    <thead><tr>${columns.map((column) => html`<th scope="col">${column || html`<span class="hidden">Actions</span>`}</th>`)}</tr></thead>
    <tbody>${rows.map(({ id, cells }) => html`<tr key=${id}>
      ${cells.map((cell, index) => html`<td data-column=${columns[index]}>${cell}</td>`)}
    </tr>`)}</tbody>
  </table>`;
}

/** @param {{ state: string }} props */
export function State({ state }) {
  const kind = state === 'Enabled' ? 'good' : state.startsWith('Pending') || state === 'Unavailable' ? 'bad' : 'calm';
  return html`<span class="state ${kind}">${state.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}</span>`;
}

/** @param {number | string | undefined} time seconds since 1970, or RFC 3339 */
export function date(time) {
  if (time === undefined) return undefined;
  const parsed = typeof time === 'number' ? new Date(time * 1000) : new Date(time);
  const text = parsed.toISOString();
  return html`<time datetime=${text}>${text.slice(0, 10)} ${text.slice(11, 19)} UTC</time>`;
}
