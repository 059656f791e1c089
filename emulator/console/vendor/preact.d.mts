export { h, render, Fragment } from 'preact';
export type { ComponentChildren, VNode } from 'preact';
