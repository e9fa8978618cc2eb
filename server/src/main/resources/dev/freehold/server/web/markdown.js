// A model's Markdown as templates. No HTML of the model's ever reaches the page: marked only cuts the text into tokens,
// raw HTML is shown as the characters it is, images become labels, links wait for a confirmation.
import { Marked, html, nothing, guard } from "./libraries.js";
import { codeBlock } from "./view/code.js";
import * as icons from "./view/icons.js";
import { t } from "./language.js";
import { state, changed } from "./state.js";

const marked = new Marked({ gfm: true, breaks: false });

/** The blocks of `text`. `cite(number)` gives the template of a citation, or null where the number names no passage. */
export function markdown(text, cite, citeKey) {
  const tokens = marked.lexer(text);
  const rank = ranks();
  // Blocks that did not change since the last token are not built again: this is what keeps long answers smooth.
  return tokens.map((token) => {
    const level = token.type === "heading" ? rank(token.depth) : null;
    return guard([token.raw, citeKey, level], () => (level === null ? block(token, cite) : heading(level, inlines(token.tokens, cite))));
  });
}

/** Gives each heading's place below the ones it follows: 0 for the outermost, and never a step that leaves one out. */
export function ranks() {
  const above = [];
  return (depth) => {
    while (above.length && above.at(-1) >= depth) above.pop();
    above.push(depth);
    return above.length - 1;
  };
}

const blocks = (tokens, cite) => (tokens ?? []).map((token) => block(token, cite));
const inlines = (tokens, cite) => (tokens ?? []).map((token) => inline(token, cite));

function block(token, cite) {
  switch (token.type) {
    case "space":
    case "def":
      return nothing;
    case "heading":
      return heading(2, inlines(token.tokens, cite));
    case "paragraph":
      return html`<p dir="auto">${inlines(token.tokens, cite)}</p>`;
    case "text":
      return token.tokens ? inlines(token.tokens, cite) : plain(token.text, cite);
    case "code":
      return codeBlock(token.text, token.lang);
    case "blockquote":
      return html`<blockquote dir="auto">${blocks(token.tokens, cite)}</blockquote>`;
    case "list":
      return list(token, cite);
    case "table":
      return table(token, cite);
    case "hr":
      return html`<hr>`;
    case "html":
      return html`<p class="raw" dir="auto">${token.raw.trimEnd()}</p>`;
    default:
      return plain(token.raw, cite);
  }
}

// An answer sits below the page's own headings, and its own follow one another without a gap, whatever the model wrote.
function heading(rank, content) {
  if (rank === 0) return html`<h4 dir="auto">${content}</h4>`;
  if (rank === 1) return html`<h5 dir="auto">${content}</h5>`;
  return html`<h6 dir="auto">${content}</h6>`;
}

function list(token, cite) {
  const items = token.items.map((item) => {
    const box = item.task ? html`<input type="checkbox" disabled .checked=${Boolean(item.checked)} aria-label=${t(item.checked ? "done" : "open")}> ` : nothing;
    return html`<li dir="auto" class=${item.task ? "task" : ""}>${box}${blocks(item.tokens.filter((part) => part.type !== "checkbox"), cite)}</li>`;
  });
  return token.ordered ? html`<ol start=${token.start || 1}>${items}</ol>` : html`<ul>${items}</ul>`;
}

function table(token, cite) {
  const cell = (part, at) => html`<td dir="auto" data-align=${token.align[at] ?? "start"}>${inlines(part.tokens, cite)}</td>`;
  return html`<div class="table" tabindex="0" role="group" aria-label=${t("table")}>
    <table>
      <thead><tr>${token.header.map((part, at) => html`<th scope="col" dir="auto" data-align=${token.align[at] ?? "start"}>${inlines(part.tokens, cite)}</th>`)}</tr></thead>
      <tbody>${token.rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody>
    </table>
  </div>`;
}

function inline(token, cite) {
  switch (token.type) {
    case "strong":
      return html`<strong>${inlines(token.tokens, cite)}</strong>`;
    case "em":
      return html`<em>${inlines(token.tokens, cite)}</em>`;
    case "del":
      return html`<del>${inlines(token.tokens, cite)}</del>`;
    case "codespan":
      return html`<code>${token.text}</code>`;
    case "br":
      return html`<br>`;
    case "link":
      return inertLink(token.href, inlines(token.tokens, cite));
    case "image":
      return image(token.href, token.text);
    case "html":
      return token.raw;
    case "text":
      return token.tokens ? inlines(token.tokens, cite) : plain(token.raw, cite);
    case "escape":
      return token.text;
    default:
      return plain(token.raw, cite);
  }
}

/** An address that may be opened at all, or null. */
export function openable(address) {
  try {
    const url = new URL(address);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function confirm(url) {
  state.dialog = { kind: "link", url };
  changed();
}

function inertLink(address, content) {
  const url = openable(address);
  if (!url) return html`<span class="dead-link" title=${t("linkDead")}>${content}</span>`;
  return html`<button type="button" class="outside" title=${url} @click=${() => confirm(url)}>${content}<span class="unseen"> (${t("linkOutside")})</span></button>`;
}

function image(address, label) {
  const url = openable(address);
  const text = html`${icons.picture} ${t("imageNotLoaded")}${label ? `: ${label}` : ""}`;
  return url
    ? html`<button type="button" class="picture" title=${url} @click=${() => confirm(url)}>${text}</button>`
    : html`<span class="picture">${text}</span>`;
}

function plain(text, cite) {
  const decoded = entities(text);
  if (!cite) return decoded;
  // A citation stays on the line of the word it follows, and so does the full stop after it.
  const parts = decoded.replace(/ (?=\[\d{1,3}\])/g, "\u00a0").split(/\[(\d{1,3})\]([.,;:!?)]*)/);
  const shown = [parts[0]];
  for (let at = 1; at < parts.length; at += 3) {
    const [number, stop, rest] = parts.slice(at, at + 3);
    const chip = cite(Number(number));
    shown.push(chip ? html`<span class="kept">${chip}${stop}</span>` : `[${number}]${stop}`, rest);
  }
  return shown;
}

const named = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

// Markdown lets a text write a character by its name; as text nodes are never parsed, that is done here.
function entities(text) {
  return text.replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos|nbsp));/gi, (whole, hex, decimal, name) => {
    if (name) return named[name.toLowerCase()];
    const point = hex ? parseInt(hex, 16) : Number(decimal);
    return point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point < 0xe000) ? String.fromCodePoint(point) : "\ufffd";
  });
}
