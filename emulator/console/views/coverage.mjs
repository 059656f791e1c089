// @ts-check
// What is tested of each operation, and with which evidence.

import { Failure, Heading, Pairs, Section, Table, useLoaded } from '../parts.mjs';
import { control } from '../control.mjs';
import { html } from '../html.mjs';

/**
 * @typedef {{ name: string, evidence: string }} Case
 * @typedef {{ column: string, error?: string, known: string, states?: string[], cases?: Case[] }} Cell
 * @typedef {{ operation: string, cells: Cell[] }} Row
 */

/** @type {[column: string, title: string][]} */
const COLUMNS = [
  ['success', 'Success'], ['error', 'Errors'], ['constraints', 'Constraints'], ['key_states', 'Key states'], ['dry_run', 'Dry run'],
  ['cross_account', 'Cross-account'], ['grants', 'Grants'], ['policies', 'Policies'],
];
const ORDER = ['recorded', 'documented', 'inferred', 'untested'];

export function Coverage() {
  const { value, error } = useLoaded(() => control('GET', 'coverage'), []);
  return html`<${Heading} title="Coverage" />
    <${Failure} error=${error} />
    ${value && html`
      <${Section} title="Evidence">
        <p>How well the answers of this emulator are known to be those of AWS. Each cell shows the best evidence of its golden cases,
          and their number; of errors, the number of exceptions. A cell is empty where it does not apply.</p>
        <${Pairs} pairs=${[
          ['Golden cases', totals(value.cases)], ['Questions about permissions', totals(value.questions)], ['Cells', totals(value.cells)],
        ]} />
      <//>
      <${Table} wide caption="Coverage" columns=${['Operation', ...COLUMNS.map(([, title]) => title)]} empty="" rows=${value.operations.map(row)} />`}`;
}

/** @param {{ operation: string }} props */
export function OperationCoverage({ operation }) {
  const { value, error } = useLoaded(() => control('GET', 'coverage'), []);
  /** @type {Row | undefined} */
  const found = value?.operations.find((/** @type {Row} */ other) => other.operation === operation);
  return html`<p class="crumbs"><a href="#/coverage">Coverage</a></p>
    <${Heading} title=${operation} />
    <${Failure} error=${error ?? (value && !found ? new Error('KMS has no such operation.') : undefined)} />
    ${found && html`<${Table} caption="Coverage" columns=${['Behaviour', 'Evidence', 'Cases']} empty="" rows=${found.cells.map((cell) => ({
      id: cell.error ?? cell.column,
      cells: [title(cell), html`<${Known} known=${cell.known} />`, html`<div>${(cell.cases ?? []).map(({ name, evidence }) => html`
        <p class="line"><span class="code">${name}</span> <span class="hint">${evidence}</span></p>`)}</div>`],
    }))} />`}`;
}

/** @param {Cell} cell */
function title(cell) {
  const name = COLUMNS.find(([column]) => column === cell.column)?.[1];
  return html`<span>${cell.error ?? name}${cell.states && html`<br /><span class="hint">${cell.states.join(', ')}</span>`}</span>`;
}

/** @param {Record<string, number>} counts */
function totals(counts) {
  return ORDER.filter((known) => counts[known] !== undefined).map((known) => `${counts[known]} ${known}`).join(', ');
}

/** @param {Row} row */
function row({ operation, cells }) {
  const of = (/** @type {string} */ column) => cells.filter((cell) => cell.column === column);
  const short = (/** @type {[string, string]} */ [column]) =>
    column === 'error' ? errors(of(column)) : html`<${Known} known=${of(column)[0]?.known} count=${of(column)[0]?.cases?.length} />`;
  return { id: operation, cells: [html`<a href="#/coverage/${operation}">${operation}</a>`, ...COLUMNS.map(short)] };
}

/** How many of the errors are known how well. @param {Cell[]} cells */
function errors(cells) {
  const counts = ORDER.map((known) => ({ known, count: cells.filter((cell) => cell.known === known).length }));
  return html`<div>${counts.filter(({ count }) => count > 0).map((one) => html`<${Known} ...${one} /> `)}</div>`;
}

/** @param {{ known: string, count?: number }} props */
function Known({ known, count }) {
  if (!ORDER.includes(known)) return html`<span class="hidden">not applicable</span>`;
  const kind = known === 'untested' ? 'bad' : known === 'inferred' ? 'calm' : 'good';
  return html`<span class="state ${kind}">${known}${count ? ` ${count}` : ''}</span>`;
}
