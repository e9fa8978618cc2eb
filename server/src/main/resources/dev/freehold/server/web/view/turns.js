// One question, one answer, and the passages the answer was written from.
import { html, nothing, repeat } from "../libraries.js";
import { state, changed } from "../state.js";
import { language, number, percent, t } from "../language.js";
import { ask, askAgain, showSibling } from "../talk.js";
import { openPassage } from "../router.js";
import { markdown } from "../markdown.js";
import { colours } from "./code.js";
import { copyButton } from "./copy.js";
import * as icons from "./icons.js";

export function question(conversation, place, busy) {
  const { message } = place;
  if (state.editing?.id === message.id) return editor(message);
  const edit = () => startEditing(message);
  return html`<header class="question">
    <h2 dir="auto" class=${message.text.length > 320 ? "long" : ""}><span class="unseen">${t("youAsked")} </span>${message.text}</h2>
    <div class="tools">
      ${siblings(conversation, place, t("questionVersion"))}
      ${copyButton(() => message.text, t("copyQuestion"))}
      <button type="button" class="tool" ?disabled=${busy} title=${t("editQuestion")} aria-label=${t("editQuestion")} @click=${edit}>${icons.pencil}</button>
    </div>
  </header>`;
}

export function startEditing(message) {
  state.editing = { id: message.id, text: message.text };
  changed(() => {
    const area = document.getElementById("edit-question");
    area?.focus();
    area?.setSelectionRange(area.value.length, area.value.length);
  });
}

function editor(message) {
  const finish = (send) => {
    const { text } = state.editing;
    state.editing = null;
    if (send && text.trim()) ask(text.trim(), message.parent ?? null);
    changed(() => document.getElementById("question")?.focus());
  };
  const key = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      finish(true);
    }
  };
  return html`<form class="question editing" @submit=${(event) => (event.preventDefault(), finish(true))}>
    <label class="unseen" for="edit-question">${t("editQuestion")}</label>
    <textarea id="edit-question" dir="auto" rows="2" .value=${state.editing.text} @input=${(event) => (state.editing.text = event.target.value)} @keydown=${key}></textarea>
    <p class="hint">${t("editHint")}</p>
    <div class="buttons">
      <button type="button" class="plain" @click=${() => finish(false)}>${t("cancel")}</button>
      <button class="primary">${t("sendAgain")}</button>
    </div>
  </form>`;
}

function siblings(conversation, place, label) {
  const { at, siblings } = place;
  if (siblings.length < 2) return nothing;
  const step = (by) => () => showSibling(conversation, place, by);
  return html`<span class="siblings" role="group" aria-label=${label}>
    <button type="button" class="tool" ?disabled=${at === 0} aria-label=${t("previousVersion")} title=${t("previousVersion")} @click=${step(-1)}>${icons.left}</button>
    <span aria-label=${t("siblingOf", { at: at + 1, of: siblings.length })}>${at + 1}/${siblings.length}</span>
    <button type="button" class="tool" ?disabled=${at === siblings.length - 1} aria-label=${t("nextVersion")} title=${t("nextVersion")} @click=${step(1)}>${icons.right}</button>
  </span>`;
}

export function waiting(live) {
  return html`<div class="answer"><div class="said">${progress(live)}</div></div>`;
}

function progress(live) {
  const passages = live.answer?.passages.length ?? 0;
  const share = live.total ? live.done / live.total : 0;
  const what = live.phase === "reading" ? (passages ? t("readingPassages", { n: passages }) : t("readingPrompt")) : t("waitingForModel");
  return html`<div class="progress">
    <p>${what}${live.phase === "reading" && live.total ? html` <span class="figure">${percent(share)}</span>` : nothing}</p>
    ${live.phase === "reading" && live.total ? html`<progress max="1" .value=${share} aria-label=${what}></progress>` : html`<progress aria-label=${what}></progress>`}
  </div>`;
}

export function answer(conversation, place, live, busy) {
  const { message } = place;
  return html`<div class="answer">
    ${message.passages?.length ? margin(message) : nothing}
    <div class="said" aria-busy=${live ? "true" : "false"}>
      <h3 class="unseen">${t("answerOf", { model: message.model ?? t("theModel") })}</h3>
      ${grounding(conversation, message)}
      ${message.text && !saysOnlyWhy(message) ? html`<div class=${live ? "text growing" : "text"}>${text(message)}</div>` : nothing}
      ${live && live.phase !== "writing" ? progress(live) : nothing}
      ${ending(message)}
      ${live ? nothing : tools(conversation, place, busy)}
    </div>
  </div>`;
}

function text(message) {
  const byNumber = new Map(message.passages.map((passage) => [passage.number, passage]));
  const checked = new Set(message.citations.map((citation) => citation.number));
  const cite = (at) => (checked.has(at) && byNumber.has(at) ? chip(message, byNumber.get(at)) : null);
  return markdown(message.text, cite, `${[...checked].join()}|${colours()}|${language}|${state.route.panel?.passage ?? ""}`);
}

const where = (passage) => [passage.page ? t("page", { n: passage.page }) : null, passage.heading].filter(Boolean).join(" · ");

function chip(message, passage) {
  const open = state.route.panel?.passage === passage.id;
  return html`<button type="button" class=${open ? "chip open" : "chip"} title="${passage.document.name}${where(passage) ? " · " + where(passage) : ""}"
    aria-label=${t("citation", { number: passage.number, name: passage.document.name, where: where(passage) })}
    @click=${() => openPassage(passage.document.id, passage.id)}>${passage.number}</button>`;
}

function grounding(conversation, message) {
  const found = message.grounding;
  if (!found || found.state === "grounded") return nothing;
  return html`<div class="notice ground">${icons.warning}<p>${found.state === "nothing-found" ? t("nothingFound") : found.note || t("documentsUnread")}</p></div>`;
}

// Where nothing was found, the answer is the reason itself; it is not said twice.
const saysOnlyWhy = ({ text, grounding }) => Boolean(grounding?.note) && text.trim() === grounding.note.trim();

function ending(message) {
  const short = { stopped: "stopped", limit: "limitReached", repeating: "repeating" }[message.state];
  if (short) return html`<p class="ending">${t(short)}</p>`;
  if (message.state === "failed") return html`<p class="ending problem">${icons.warning}<span>${message.failure ?? t("failed")}</span></p>`;
  return nothing;
}

function tools(conversation, place, busy) {
  const { message } = place;
  return html`<div class="tools">
    ${siblings(conversation, place, t("answerVersion"))}
    ${message.text ? copyButton(() => message.text, t("copyAnswer")) : nothing}
    <button type="button" class="tool" ?disabled=${busy} title=${t("answerAgain")} aria-label=${t("answerAgain")} @click=${() => askAgain(conversation, message)}>${icons.again}</button>
    <span class="figures">${figures(message)}</span>
  </div>`;
}

function figures(message) {
  const { usage, model } = message;
  const parts = [model];
  if (usage) {
    parts.push(t("tokens", { n: usage.completionTokens }));
    const writing = usage.seconds - (usage.timeToFirstToken ?? 0);
    if (usage.completionTokens > 1 && writing > 0) parts.push(t("tokensPerSecond", { rate: number((usage.completionTokens - 1) / writing, 1) }));
    if (usage.timeToFirstToken != null) parts.push(t("firstAfter", { seconds: number(usage.timeToFirstToken, 1) }));
  }
  return parts.filter(Boolean).join(" · ");
}

/** The passages beside the answer: what a reader checks it against, and what serves when the answer is poor. */
function margin(message) {
  const cited = new Set(message.citations.map((citation) => citation.number));
  return html`<div class="margin" role="group" aria-label=${t("passagesOf")}>
    <h3>${t("passages", { n: message.passages.length })}</h3>
    <ol>${repeat(message.passages, (passage) => passage.id, (passage) => card(passage, cited.has(passage.number)))}</ol>
  </div>`;
}

// A card has room for the innermost heading only.
const near = (passage) => where({ ...passage, heading: passage.heading?.split(" › ").at(-1) });

export function card(passage, cited, numbered = true) {
  const open = state.route.panel?.passage === passage.id;
  const show = () => openPassage(passage.document.id, passage.id);
  return html`<li class=${"passage" + (cited ? " cited" : "") + (open ? " open" : "")}>
    <button type="button" @click=${show}>
      <span class="unseen">${t("openPassage")} </span>${numbered ? html`<span class="number">${passage.number}</span>` : nothing}
      <span class="source"><strong dir="auto">${passage.document.name}</strong>${near(passage) ? html`<span dir="auto" title=${passage.heading ?? ""}>${near(passage)}</span>` : nothing}</span>
    </button>
    <p dir="auto">${passage.text}</p>
  </li>`;
}
