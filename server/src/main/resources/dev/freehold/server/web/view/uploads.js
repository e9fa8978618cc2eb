// Files on their way in: sent, read, indexed, or why not.
import { html, nothing, repeat } from "../libraries.js";
import { state, changed } from "../state.js";
import { percent, t } from "../language.js";
import { busyUploads, cancelUpload, collectionOf } from "../papers.js";
import * as icons from "./icons.js";

export function uploads() {
  if (!state.uploads.length) return nothing;
  const busy = busyUploads();
  const dismiss = () => {
    state.uploads = busyUploads();
    changed();
  };
  const toggle = () => changed(void (state.uploadsOpen = !state.uploadsOpen));
  return html`<section class="uploads" aria-label=${t("uploads")}>
    <header>
      <button type="button" class="title" aria-expanded=${Boolean(state.uploadsOpen)} @click=${toggle}>
        <span>${summary(busy)}</span>${icons.down}
      </button>
      ${busy.length ? nothing : html`<button type="button" class="tool" title=${t("dismiss")} aria-label=${t("dismiss")} @click=${dismiss}>${icons.close}</button>`}
    </header>
    ${state.uploadsOpen ? html`<ul>${repeat(state.uploads, (item) => item, row)}</ul>` : nothing}
  </section>`;
}

function summary(busy) {
  if (busy.length) return t("uploadsBusy", { n: busy.length });
  const failed = state.uploads.filter((item) => item.failure || item.document?.state === "failed").length;
  const added = state.uploads.length - failed;
  return [added ? t("uploadsDone", { n: added }) : null, failed ? t("uploadsFailed", { n: failed }) : null].filter(Boolean).join(", ");
}

function row(item) {
  const { document } = item;
  return html`<li>
    <span class="name" dir="auto" title=${item.name}>${item.name}</span>
    ${document ? stateOf(document) : item.failure ? html`<span class="state failed">${item.failure}</span>` : sending(item)}
    ${document?.problems.length ? problems(document) : nothing}
    <span class="unseen">${collectionOf(item.collection)?.name ?? ""}</span>
  </li>`;
}

function sending(item) {
  return html`<span class="state">${item.sent ? t("sent", { share: percent(item.sent) }) : t("queued")}
    <button type="button" class="tool" title=${t("cancel")} aria-label=${t("cancelUpload", { name: item.name })} @click=${() => cancelUpload(item)}>${icons.close}</button></span>
    <progress max="1" .value=${item.sent} aria-label=${item.name}></progress>`;
}

const moving = ["waiting", "reading", "indexing"];

/** How far a document is, in words and as a line. */
export function stateOf(document) {
  const label = t("state-" + document.state);
  if (!moving.includes(document.state)) return html`<span class=${"state " + document.state}>${label}</span>`;
  return html`<span class="state">${label}${document.progress ? html` <span class="figure">${percent(document.progress)}</span>` : nothing}</span>
    <progress max="1" .value=${document.progress} aria-label="${document.name}: ${label}"></progress>`;
}

export function problems(document) {
  return html`<ul class="problems" aria-label=${t("problemsOf", { name: document.name })}>
    ${document.problems.map((problem) => html`<li>${icons.warning}<span>${problem.where ? html`<strong>${problem.where}</strong> ` : nothing}${problem.what}</span></li>`)}
  </ul>`;
}
