// Line icons on a 20 grid, drawn for this page. Decorative: the control they sit in carries the name.
import { html, svg } from "../libraries.js";

const icon = (content) => html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">${content}</svg>`;

export const mark = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
  <path d="M5 5h22v22H5zM5 13.5h12.5V27" /><rect x="8.6" y="17.1" width="5.4" height="6.4" />
</svg>`;
export const plus = icon(svg`<path d="M10 4v12M4 10h12"/>`);
export const menu = icon(svg`<path d="M3 6h14M3 10h14M3 14h9"/>`);
export const close = icon(svg`<path d="M5 5l10 10M15 5L5 15"/>`);
export const send = icon(svg`<path d="M10 16V4M5 9l5-5 5 5"/>`);
export const stop = icon(svg`<rect class="solid" x="6" y="6" width="8" height="8" rx="1"/>`);
export const copy = icon(svg`<path d="M7 7h9v9H7zM4 13V4h9"/>`);
export const check = icon(svg`<path d="M4 10.5l4 4 8-9"/>`);
export const again = icon(svg`<path d="M16 10a6 6 0 1 1-2-4.5M16 3v4h-4"/>`);
export const pencil = icon(svg`<path d="M4 16l1-4 8-8 3 3-8 8zM11 6l3 3"/>`);
export const trash = icon(svg`<path d="M4 6h12M8 6V4h4v2M6 6l1 10h6l1-10"/>`);
export const left = icon(svg`<path d="M12 5l-5 5 5 5"/>`);
export const right = icon(svg`<path d="M8 5l5 5-5 5"/>`);
export const down = icon(svg`<path d="M5 8l5 5 5-5"/>`);
export const arrowDown = icon(svg`<path d="M10 4v12M5 11l5 5 5-5"/>`);
export const search = icon(svg`<circle cx="9" cy="9" r="5"/><path d="M13 13l4 4"/>`);
export const paper = icon(svg`<path d="M5 3h7l3 3v11H5zM12 3v3h3M8 10h4M8 13h4"/>`);
export const stack = icon(svg`<path d="M3 7l7-4 7 4-7 4zM3 10.5l7 4 7-4M3 14l7 4 7-4" transform="translate(0 -1)"/>`);
export const fork = icon(svg`<path d="M4 16c0-6 3-6 6-6s6 0 6-6M4 4c0 6 3 6 6 6M13.500 6.500L16 4l2.500 2.500" transform="translate(-1 0)"/>`);
export const lesson = icon(svg`<path d="M2.500 7.500L10 4l7.500 3.500L10 11zM5.500 9v4c2 2.500 7 2.500 9 0V9M17.500 7.500V13"/>`);
export const attach = icon(svg`<path d="M10 13V4M6.500 7.500L10 4l3.500 3.500M4 12v4h12v-4"/>`);
export const download = icon(svg`<path d="M10 3v9M6 9l4 4 4-4M4 16h12"/>`);
export const link = icon(svg`<path d="M8 12l4-4M9 6l2-2a3 3 0 0 1 5 5l-2 2M11 14l-2 2a3 3 0 0 1-5-5l2-2"/>`);
export const picture = icon(svg`<path d="M3 4h14v12H3zM3 14l4-4 3 3 3-4 4 4"/>`);
export const warning = icon(svg`<path d="M10 3l8 14H2zM10 8v4M10 14.500v.5"/>`);
export const question = icon(svg`<circle cx="10" cy="10" r="7"/><path d="M8 8a2 2 0 1 1 2.500 2c-.5.2-.5.5-.5 1.200M10 13.500v.3"/>`);
export const theme = icon(svg`<circle cx="10" cy="10" r="6"/><path class="solid" d="M10 4a6 6 0 0 1 0 12z"/>`);
export const leave = icon(svg`<path d="M8 4H4v12h4M8 10h9M13 6l4 4-4 4"/>`);
export const more = icon(svg`<circle class="solid" cx="5" cy="10" r="1"/><circle class="solid" cx="10" cy="10" r="1"/><circle class="solid" cx="15" cy="10" r="1"/>`);
