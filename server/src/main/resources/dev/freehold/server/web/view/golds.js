// Golds, one case at a time: what was asked, what the model answered then, and what a person says is right. All of it by keyboard.
import { html, nothing } from "../libraries.js";
import { state, changed } from "../state.js";
import { t } from "../language.js";
import { fail } from "../talk.js";
import { goTo, review } from "../proving.js";
import { bar } from "./frame.js";

export function golds() {
  const { golds } = state;
  return html`${bar(t("golds"))}
    <div class="library golds">${!golds ? nothing : golds.list.length ? page(golds) : html`<p class="empty">${t("noCases")} <a class="plain" href=${proofsOf(golds.name)}>${t("toProofs")}</a></p>`}</div>`;
}

const proofsOf = (name) => `/workloads/${encodeURIComponent(name)}/proofs`;
const say = (what) => review(what).catch(fail);

function page({ name, list, at, editing }) {
  const one = list[at];
  const open = list.filter((each) => each.open).length;
  const done = list.length - open;
  return html`
    <p class="quiet"><a href=${proofsOf(name)}>${name}</a> · ${t("goldsLeft", { n: open })}</p>
    <progress max=${list.length} value=${done} aria-label=${t("reviewed")}></progress>
    <section class="case" id="case" tabindex="-1" aria-label=${t("caseOf", { n: at + 1, of: list.length })}>
      <p class="quiet">${t("caseOf", { n: at + 1, of: list.length })} · ${verdictOf(one)}</p>
      <ol class="case-turns">${one.messages.map((message) => html`<li class=${message.role}><span class="quiet">${roleName(message.role)}</span><p dir="auto">${message.text}</p></li>`)}</ol>
      ${editing === null ? proposal(one) : edit(one, editing)}
    </section>
    <p class="quiet keys-line">${[["A", t("accept")], ["E", t("edit")], ["S", t("skipCase")], ["J", t("nextCase")], ["K", t("caseBefore")]].map(([key, what]) => html`<span><kbd>${key}</kbd> ${what}</span>`)}</p>
    ${open ? nothing : html`<p class="all-done">${t("allReviewed")} <a class="primary" href=${proofsOf(name)}>${t("toProofs")}</a></p>`}`;
}

const roleName = (role) => ({ user: t("roleUser"), assistant: t("roleAssistant"), system: t("roleSystem") })[role] ?? role;

function verdictOf(one) {
  if (one.skipped) return t("caseSkipped");
  return one.origin === "person" ? t("saidBy", { name: one.by || "?" }) : one.golds.length ? t("proposedOnly") : t("noProposal");
}

function proposal(one) {
  const texts = one.origin === "person" ? one.golds : one.proposal ? [one.proposal] : [];
  return html`<div class="gold ${one.origin === "person" ? "given" : ""}">
      <h2>${one.origin === "person" ? t("rightAnswer") : t("modelsProposal")}</h2>
      ${texts.length ? texts.map((text) => html`<p class="text" dir="auto">${text}</p>`) : html`<p class="quiet">${t("noProposal")}</p>`}
    </div>
    <div class="buttons">
      ${one.origin === "person" || one.skipped ? html`<button type="button" class="plain" @click=${() => say({ say: "reopen" })}>${t("reopen")}</button>` : nothing}
      <button type="button" class="plain" @click=${() => say({ say: "skip" })}>${t("skipCase")}</button>
      <button type="button" class="plain" @click=${begin}>${t("edit")}</button>
      ${one.proposal && one.origin !== "person" ? html`<button type="button" class="primary" @click=${() => say({ say: "accept" })}>${t("accept")}</button>` : nothing}
    </div>`;
}

function begin() {
  const one = state.golds.list[state.golds.at];
  state.golds = { ...state.golds, editing: (one.golds.length ? one.golds : one.proposal ? [one.proposal] : [])[0] ?? "" };
  changed(() => document.getElementById("gold")?.focus());
}

function edit(one, value) {
  const submit = (event) => {
    event?.preventDefault();
    const text = state.golds.editing.trim();
    if (text) say({ golds: [text] });
  };
  const press = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      state.golds = { ...state.golds, editing: null };
      changed(() => document.getElementById("case")?.focus());
    }
  };
  return html`<form @submit=${submit}><label for="gold">${t("rightAnswer")}</label>
    <textarea id="gold" rows="6" dir="auto" .value=${value} @input=${(event) => (state.golds.editing = event.target.value)} @keydown=${press}></textarea>
    <div class="buttons"><span class="quiet">${t("saveKeys")}</span><button type="submit" class="primary">${t("save")}</button></div></form>`;
}

/** A letter without a modifier, while nothing is being written. */
export function pressInGolds(event) {
  const { golds } = state;
  if (!golds?.list.length || golds.editing !== null || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return false;
  const one = golds.list[golds.at];
  const action = {
    a: () => one.proposal && say({ say: "accept" }),
    s: () => say({ say: "skip" }),
    e: begin,
    j: () => goTo(golds.at + 1),
    k: () => goTo(golds.at - 1),
    arrowright: () => goTo(golds.at + 1),
    arrowleft: () => goTo(golds.at - 1),
  }[event.key.toLowerCase()];
  if (!action) return false;
  event.preventDefault();
  action();
  return true;
}

