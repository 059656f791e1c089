// @ts-check
// The rendering library: Preact with templates. It has no build step, and needs no Trusted Types policy.

import htm from './vendor/htm.mjs';
import { h } from './vendor/preact.mjs';

export { render } from './vendor/preact.mjs';
export { useEffect, useRef, useState } from './vendor/hooks.mjs';

/** @typedef {import('./vendor/preact.mjs').ComponentChildren} Children */

export const html = htm.bind(/** @type {(type: any, props: any, ...children: any[]) => any} */ (h));
