// The one dialog of the page: models, sources, shortcuts, confirmations.
import { html, nothing, ref, repeat } from "../libraries.js";
import { state, changed } from "../state.js";
import { bytes, count, number, t } from "../language.js";
import { chosenModel, discard, fail, rename, setCollections, setModel } from "../talk.js";
import { addFiles, createCollection, deleteCollection, deleteDocument } from "../papers.js";
import { dropUpstream, removeWorkload } from "../trade.js";
import { go } from "../router.js";
import { shortcuts } from "../keys.js";
import { copyButton } from "./copy.js";
import { small } from "./welcome.js";
import { upstreamSheet } from "./upstreams.js";
import { workloadSheet } from "./workload-form.js";
import * as icons from "./icons.js";

let opener = null;

function show(element) {
  if (!element || element.open) return;
  opener = document.activeElement;
  // The element is made before it is in the document, where alone it can be shown.
  queueMicrotask(() => element.isConnected && !element.open && element.showModal());
}

function closed() {
  state.dialog = null;
  const back = opener;
  opener = null;
  changed(() => back?.isConnected && back !== document.body && back.focus());
}

const close = () => document.querySelector("dialog[open]")?.close();

export function dialogs() {
  const { dialog } = state;
  if (!dialog) return nothing;
  const { title, content } = sheets[dialog.kind](dialog);
  // A press on the veil around the dialog closes it.
  const veil = (event) => event.target === event.currentTarget && close();
  return html`<dialog class=${"sheet-" + dialog.kind} aria-labelledby="dialog-title" ${ref(show)} @close=${closed} @click=${veil}>
    <div class="inside">
      <header><h2 id="dialog-title">${title}</h2><button type="button" class="tool" title=${t("close")} aria-label=${t("close")} @click=${close}>${icons.close}</button></header>
      ${content}
    </div>
  </dialog>`;
}

const attempt = (action) => async () => {
  close();
  await action().catch(fail);
};

function confirmation(title, text, yes, action, danger = true) {
  return {
    title,
    content: html`<p>${text}</p><div class="buttons"><button type="button" class="plain" autofocus @click=${close}>${t("cancel")}</button>
      <button type="button" class=${danger ? "primary danger" : "primary"} @click=${attempt(action)}>${yes}</button></div>`,
  };
}

const sheets = {
  models: () => ({ title: t("models"), content: modelList() }),
  sources: () => ({ title: t("answerFrom"), content: sourceList() }),
  keys: () => ({
    title: t("help"),
    content: html`<h3>${t("shortcuts")}</h3><dl class="keys">${shortcuts.map(([keys, name]) => html`<div><dt>${keys.map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${t(name)}</dd></div>`)}</dl>
      <h3>${t("aboutTitle")}</h3><p>${t("about")}</p><p class="quiet">${t("aboutDocuments")}</p>`,
  }),
  rename: ({ conversation }) => ({ title: t("rename"), content: nameForm(t("title"), conversation.title, t("save"), (name) => rename(conversation.id, name)) }),
  collection: () => ({
    title: t("newCollection"),
    content: html`<p class="quiet">${t("newCollectionText")}</p>${nameForm(t("name"), "", t("create"), async (name) => go("/documents/" + encodeURIComponent(await createCollection(name))))}`,
  }),
  discard: ({ conversation }) => confirmation(t("deleteConversation"), t("deleteConversationText", { title: conversation.title || t("untitled") }), t("delete"), () => discard(conversation.id)),
  discardDocument: ({ document }) => confirmation(t("deleteDocument"), t("deleteDocumentText", { name: document.name }), t("delete"), () => deleteDocument(document)),
  discardCollection: ({ collection }) => confirmation(t("deleteCollection"), t("deleteCollectionText", { name: collection.name, n: collection.documents }), t("delete"), () => deleteCollection(collection.id)),
  workload: (dialog) => workloadSheet(dialog, close),
  upstream: (dialog) => upstreamSheet(dialog, close),
  discardWorkload: ({ workload }) => confirmation(t("removeWorkload", { name: workload.name }), t("removeWorkloadText"), t("delete"), async () => (await removeWorkload(workload.name), go("/workloads"))),
  discardUpstream: ({ upstream }) => confirmation(t("removeUpstream", { name: upstream.name }), t("removeUpstreamText"), t("remove"), () => dropUpstream(upstream.name)),
  link: ({ url }) => ({
    title: t("linkTitle"),
    content: html`<p>${t("linkText")}</p><p class="address" dir="ltr">${url}</p><div class="buttons">
      <button type="button" class="plain" autofocus @click=${close}>${t("stay")}</button>
      <button type="button" class="primary" @click=${() => (close(), window.open(url, "_blank", "noopener,noreferrer"))}>${t("openLink")}</button></div>`,
  }),
  add: addSheet,
};

function nameForm(label, value, action, done) {
  const submit = (event) => {
    event.preventDefault();
    const name = event.target.elements.name.value.trim();
    if (!name) return;
    close();
    done(name).catch(fail);
  };
  return html`<form @submit=${submit}><label for="name">${label}</label><input id="name" name="name" .value=${value} maxlength="200" required autofocus autocomplete="off">
    <div class="buttons"><button type="button" class="plain" @click=${close}>${t("cancel")}</button><button class="primary">${action}</button></div></form>`;
}

function modelList() {
  const chosen = state.conversation?.model || chosenModel();
  const pick = (model) => () => {
    close();
    setModel(model.name).catch(fail);
  };
  return html`
    ${state.models.length
      ? html`<ul class="choices">${repeat(state.models, (model) => model.name, (model) => html`<li>
          <button type="button" class="choice" aria-pressed=${model.name === chosen} @click=${pick(model)}>
            <span class="tick">${icons.check}</span>
            <span class="main"><strong>${model.name}</strong><span class="quiet">${facts(model)}</span>${model.note || small(model) ? html`<span class="note">${model.note || t("smallNote")}</span>` : nothing}</span>
            ${model.loaded ? html`<span class="tag">${t("loaded")}</span>` : nothing}
          </button></li>`)}</ul>`
      : html`<p>${t("noModelText")}</p>`}
    ${state.suggestion ? suggestion(state.suggestion) : nothing}`;
}

function facts(model) {
  return [
    model.parameters ? t("parameters", { n: count(model.parameters) }) : null,
    model.bytes ? bytes(model.bytes) : null,
    model.contextLength ? t("contextOf", { n: number(model.contextLength) }) : null,
    model.architecture,
    model.licence,
  ].filter(Boolean).map((fact, at) => html`${at ? " · " : ""}<span class="fact">${fact}</span>`);
}

function suggestion({ name, why, command }) {
  return html`<section class="suggestion"><h3>${t("suggested")}</h3><p><strong>${name}</strong></p><p>${why}</p>
    <div class="command"><code>${command}</code>${copyButton(() => command, t("copyCommand"))}</div><p class="quiet">${t("suggestedHow")}</p></section>`;
}

function sourceList() {
  const chosen = new Set(state.conversation?.collections ?? state.draft.collections);
  const toggle = (collection) => () => {
    if (!chosen.delete(collection.id)) chosen.add(collection.id);
    setCollections([...chosen]).catch(fail);
  };
  return html`<p class="quiet">${t("sourcesText")}</p>
    ${state.collections.length
      ? html`<ul class="choices">${repeat(state.collections, (collection) => collection.id, (collection) => html`<li><label class="choice">
          <input type="checkbox" .checked=${chosen.has(collection.id)} @change=${toggle(collection)}>
          <span class="main"><strong dir="auto">${collection.name}</strong><span class="quiet">${t("documentCount", { n: collection.documents })}${collection.pages ? " · " + t("pageCount", { n: collection.pages }) : ""}</span></span>
        </label></li>`)}</ul>`
      : html`<p>${t("noCollectionsText")}</p>`}
    <div class="buttons"><a class="plain" href="/documents" @click=${close}>${t("manageDocuments")}</a><button type="button" class="primary" @click=${close}>${t("ready")}</button></div>`;
}

function addSheet(dialog) {
  const writable = state.collections.filter((collection) => collection.mayWrite);
  const set = (target) => () => {
    dialog.target = target;
    changed();
  };
  const submit = async (event) => {
    event.preventDefault();
    const { files, target } = dialog;
    const name = event.target.elements.name?.value.trim();
    if (target === "new" && !name) return;
    close();
    try {
      await addFiles(target === "new" ? await createCollection(name) : target, files);
    } catch (failure) {
      fail(failure);
    }
  };
  const option = (value, label) => html`<li><label class="choice"><input type="radio" name="target" .checked=${dialog.target === value} @change=${set(value)}><span class="main"><strong dir="auto">${label}</strong></span></label></li>`;
  return {
    title: t("addTitle", { n: dialog.files.length }),
    content: html`<form @submit=${submit}>
      <ul class="files">${dialog.files.slice(0, 6).map((file) => html`<li><span dir="auto">${file.name}</span><span class="quiet">${bytes(file.size)}</span></li>`)}${dialog.files.length > 6 ? html`<li class="quiet">${t("andMore", { n: dialog.files.length - 6 })}</li>` : nothing}</ul>
      <p>${t("addWhere")}</p>
      <ul class="choices">${writable.map((collection) => option(collection.id, collection.name))}${option("new", t("newCollection"))}</ul>
      ${dialog.target === "new" ? html`<label for="name">${t("name")}</label><input id="name" name="name" .value=${dialog.name} maxlength="200" required autocomplete="off">` : nothing}
      <div class="buttons"><button type="button" class="plain" @click=${close}>${t("cancel")}</button><button class="primary">${t("add")}</button></div>
    </form>`,
  };
}
