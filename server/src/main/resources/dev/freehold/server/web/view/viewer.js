// A document as text, with the passage that was cited highlighted in its place.
import { html, nothing, guard } from "../libraries.js";
import { state, changed } from "../state.js";
import { t, language } from "../language.js";
import { ranks } from "../markdown.js";
import { closePanel } from "../router.js";
import { bar } from "./frame.js";
import * as icons from "./icons.js";

/** Beside the conversation; over it where there is no room beside. */
export function readingPanel() {
  const { viewer } = state;
  queueMicrotask(toPassage);
  return html`<aside class="panel" aria-label=${t("documentOnShow")}>
    <header class="bar">
      <h2 id="panel-title" tabindex="-1" dir="auto" title=${viewer?.document?.name ?? ""}>${viewer?.document?.name ?? t("opening")}</h2>
      ${viewer?.document ? actions(viewer) : nothing}
      <button type="button" class="tool" title=${t("closePanel")} aria-label=${t("closePanel")} @click=${closePanel}>${icons.close}</button>
    </header>
    ${content(viewer)}
  </aside>`;
}

let opener = null;
addEventListener("click", (event) => {
  const from = event.target.closest?.(".chip, .passage button");
  if (from) opener = from;
}, true);

/** After the panel has closed, the focus is on what opened it. */
export function backToOpener() {
  if (opener?.isConnected) opener.focus();
}

export function readingPage() {
  const { viewer } = state;
  queueMicrotask(toPassage);
  return html`${bar(viewer?.document?.name ?? t("opening"), viewer?.document ? actions(viewer, true) : nothing)}${content(viewer, true)}`;
}

function actions(viewer, page) {
  const { id } = viewer;
  const query = viewer.passage ? "?passage=" + encodeURIComponent(viewer.passage) : "";
  return html`
    ${page ? nothing : html`<a class="tool" href=${`/d/${encodeURIComponent(id)}${query}`} title=${t("openAlone")} aria-label=${t("openAlone")}>${icons.paper}</a>`}
    <a class="tool" href=${`/api/documents/${encodeURIComponent(id)}/original`} download title=${t("download")} aria-label=${t("downloadOf", { name: viewer.document.name })}>${icons.download}</a>`;
}

function content(viewer, page) {
  if (!viewer) return nothing;
  if (viewer.failure) return html`<div class="empty"><p>${viewer.failure}</p></div>`;
  if (!viewer.blocks) return html`<p class="quiet loading" role="status">${t("opening")}</p>`;
  const headings = viewer.blocks.map((block, at) => ({ block, at })).filter(({ block }) => block.kind === "heading");
  return html`<div class=${page ? "reading wide" : "reading"}>
    ${headings.length > 1 ? outline(headings, page) : nothing}
    <div class="sheet-scroll" tabindex="0" role="region" aria-label=${viewer.document.name}>
      ${viewer.gone ? html`<div class="notice ground">${icons.warning}<p>${t("passageGone")}</p></div>` : nothing}
      ${viewer.document.problems?.length ? html`<div class="notice ground">${icons.warning}<p>${t("partlyRead")} ${viewer.document.problems.map((problem) => `${problem.where}: ${problem.what}`).join(" ")}</p></div>` : nothing}
      <div class="sheet">${guard([viewer.blocks, viewer.range, language, page], () => sheet(viewer, page ? 2 : 3))}</div>
    </div>
  </div>`;
}

function outline(headings, page) {
  const show = (at) => () => {
    const target = document.getElementById("block-" + at);
    target?.scrollIntoView({ block: "start" });
    target?.focus({ preventScroll: true });
  };
  return html`<details class="outline" ?open=${page && matchMedia("(min-width: 70rem)").matches}>
    <summary>${t("outline")}</summary>
    <ol>${headings.map(({ block, at }) => html`<li data-level=${Math.min(block.level ?? 1, 4)}><button type="button" dir="auto" @click=${show(at)}>${block.text}</button></li>`)}</ol>
  </details>`;
}

/** Blocks page by page; a run of list items is one list; the passage's blocks are marked. */
function sheet(viewer, top) {
  const { blocks, range } = viewer;
  const rank = ranks();
  const depth = (part) => top + rank(part.level ?? 1);
  const marked = (at) => Boolean(range) && at >= range.from && at <= range.to;
  const pages = [];
  for (let at = 0; at < blocks.length; at++) {
    const number = blocks[at].page ?? null;
    if (!pages.length || (number !== null && number !== pages.at(-1).number)) pages.push({ number, content: [] });
    const { content } = pages.at(-1);
    if (blocks[at].kind !== "list-item") {
      content.push(block(blocks[at], at, marked(at), depth));
      continue;
    }
    const items = [];
    for (; at < blocks.length && blocks[at].kind === "list-item" && (blocks[at].page ?? null) === number; at++) items.push(block(blocks[at], at, marked(at), depth));
    at--;
    content.push(html`<ul>${items}</ul>`);
  }
  return pages.map(({ number, content }) => html`<section class="page">
    ${number === null ? nothing : html`<p class="page-number"><span>${t("page", { n: number })}</span></p>`}${content}</section>`);
}

function block(part, at, marked, depth) {
  const id = "block-" + at;
  const name = marked ? "marked" : "";
  const text = marked && part.kind !== "table" ? html`<mark>${part.text}</mark>` : part.text;
  switch (part.kind) {
    case "heading":
      return heading(depth(part), id, name, text);
    case "list-item":
      return html`<li id=${id} class=${name} dir="auto">${text}</li>`;
    case "code":
      return html`<pre id=${id} class=${name} dir="ltr" tabindex="0">${text}</pre>`;
    case "table":
      return table(part, id, name);
    default:
      return html`<p id=${id} class=${name} dir="auto">${text}</p>`;
  }
}

// Below the title of the page or panel, without gaps; the look follows the place in the document, not the element.
function heading(depth, id, name, text) {
  switch (depth) {
    case 2:
      return html`<h2 id=${id} class=${name} data-level="1" tabindex="-1" dir="auto">${text}</h2>`;
    case 3:
      return html`<h3 id=${id} class=${name} data-level="2" tabindex="-1" dir="auto">${text}</h3>`;
    case 4:
      return html`<h4 id=${id} class=${name} data-level="3" tabindex="-1" dir="auto">${text}</h4>`;
    case 5:
      return html`<h5 id=${id} class=${name} data-level="4" tabindex="-1" dir="auto">${text}</h5>`;
    default:
      return html`<h6 id=${id} class=${name} data-level="4" tabindex="-1" dir="auto">${text}</h6>`;
  }
}

function table(part, id, name) {
  const [head, ...body] = part.rows ?? [[part.text]];
  return html`<div id=${id} class=${"table " + name} tabindex="0" role="group" aria-label=${t("table")}><table>
    <thead><tr>${head.map((cell) => html`<th scope="col" dir="auto">${cell}</th>`)}</tr></thead>
    <tbody>${body.map((row) => html`<tr>${row.map((cell) => html`<td dir="auto">${cell}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

function toPassage() {
  const { viewer } = state;
  if (!viewer?.scrollDue || !viewer.blocks) return;
  viewer.scrollDue = false;
  if (viewer.range) document.getElementById("block-" + viewer.range.from)?.scrollIntoView({ block: "center" });
  if (state.route.panel) document.getElementById("panel-title")?.focus({ preventScroll: true });
}
