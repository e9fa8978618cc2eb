// The documents page: collections, what is in them, what could not be read, and a search without a model.
import { html, nothing, repeat } from "../libraries.js";
import { state, changed } from "../state.js";
import { bytes, dateTime, languageName, t } from "../language.js";
import { collectionOf, offer, searchPassages } from "../papers.js";
import { bar } from "./frame.js";
import { card } from "./turns.js";
import { problems, stateOf } from "./uploads.js";
import * as icons from "./icons.js";

export function collections() {
  const open = state.documents && collectionOf(state.documents.collection);
  const create = () => changed(void (state.dialog = { kind: "collection", name: "" }));
  return html`
    ${bar(t("documents"), html`<button type="button" class="plain" @click=${create}>${icons.plus}<span>${t("newCollection")}</span></button>`)}
    <div class="library">
      ${state.collections.length ? html`<nav class="shelves" aria-label=${t("collections")}><ul>${repeat(state.collections, (collection) => collection.id, shelf)}</ul></nav>` : nothing}
      ${open ? shelfContent(open) : state.documents?.missing ? html`<p class="empty">${t("collectionMissing")}</p>` : state.collectionsLoaded ? empty() : nothing}
    </div>`;
}

function shelf(collection) {
  const current = state.documents?.collection === collection.id;
  return html`<li><a href=${"/documents/" + encodeURIComponent(collection.id)} aria-current=${current ? "page" : nothing}>
    <strong dir="auto">${collection.name}</strong><span>${t("documentCount", { n: collection.documents })}${collection.pages ? " · " + t("pageCount", { n: collection.pages }) : ""}</span>
  </a></li>`;
}

function empty() {
  return html`<div class="empty">
    <h2>${t("noCollections")}</h2><p>${t("noCollectionsText")}</p>
    ${chooser("primary")}
  </div>`;
}

function chooser(style) {
  const choose = (event) => {
    offer([...event.target.files]);
    event.target.value = "";
  };
  return html`<label class=${style + " file"}><input type="file" multiple class="unseen" @change=${choose}>${icons.attach}<span>${t("addDocuments")}</span></label>`;
}

function shelfContent(collection) {
  const { list } = state.documents;
  const searching = state.search?.collection === collection.id;
  const discard = () => changed(void (state.dialog = { kind: "discardCollection", collection }));
  return html`<section class="shelf" aria-labelledby="shelf-name">
    <header>
      <h2 id="shelf-name" dir="auto">${collection.name}</h2>
      <p class="quiet">${collection.readers?.length ? t("readers", { names: collection.readers.join(", ") }) : nothing}</p>
      <div class="acts">
        ${collection.mayWrite ? chooser("primary") : html`<span class="quiet">${t("readOnly")}</span>`}
        ${collection.mayWrite ? html`<button type="button" class="tool" title=${t("deleteCollection")} aria-label=${t("deleteCollection")} @click=${discard}>${icons.trash}</button>` : nothing}
      </div>
    </header>
    ${searchField(collection)}
    ${searching ? found() : list === null ? nothing : list.length ? documents(list, collection) : html`<div class="empty small"><p>${collection.mayWrite ? t("emptyCollection") : t("emptyReadOnly")}</p><p class="quiet">${t("readable")}</p></div>`}
  </section>`;
}

function searchField(collection) {
  const submit = (event) => {
    event.preventDefault();
    const query = event.target.elements.q.value.trim();
    if (query) searchPassages(collection.id, query);
    else clear();
  };
  const clear = () => {
    state.search = null;
    changed();
  };
  return html`<form class="find" role="search" @submit=${submit}>
    ${icons.search}<input name="q" type="search" aria-label=${t("searchPassages")} placeholder=${t("searchPassages")} @input=${(event) => event.target.value || clear()}>
  </form>`;
}

function found() {
  const { passages, query } = state.search;
  if (!passages) return html`<p class="quiet" role="status">${t("searching")}</p>`;
  if (!passages.length) return html`<div class="empty small"><p>${t("nothingFoundFor", { query })}</p></div>`;
  return html`<ol class="found">${repeat(passages, (passage) => passage.id, (passage) => card(passage, false, false))}</ol>`;
}

function documents(list, collection) {
  return html`<ul class="documents">${repeat(list, (document) => document.id, (document) => row(document, collection))}</ul>`;
}

const kinds = { pdf: "PDF", docx: "DOCX", pptx: "PPTX", xlsx: "XLSX", odt: "ODT", html: "HTML", htm: "HTML", md: "MD", txt: "TXT", eml: "EML", epub: "EPUB" };

function row(document, collection) {
  const ending = document.name.split(".").pop().toLowerCase();
  const details = [
    document.pages ? t("pageCount", { n: document.pages }) : null,
    document.passages ? t("passageCount", { n: document.passages }) : null,
    document.language ? languageName(document.language) : null,
    bytes(document.bytes),
  ];
  const readable = document.state === "ready" || document.state === "partly";
  const path = "/d/" + encodeURIComponent(document.id);
  return html`<li class="document">
    <span class="kind" aria-hidden="true">${kinds[ending] ?? ending.slice(0, 4).toUpperCase()}</span>
    <div class="what">
      ${readable ? html`<a href=${path} dir="auto">${document.name}</a>` : html`<span class="name" dir="auto">${document.name}</span>`}
      <p class="quiet" title=${t("addedAt", { time: dateTime(document.added) })}>${details.filter(Boolean).join(" · ")}</p>
      ${document.problems?.length ? problems(document) : nothing}
    </div>
    <div class="how">${stateOf(document)}</div>
    <div class="acts">
      <a class="tool" href=${`/api/documents/${encodeURIComponent(document.id)}/original`} download title=${t("download")} aria-label=${t("downloadOf", { name: document.name })}>${icons.download}</a>
      ${collection.mayWrite ? html`<button type="button" class="tool" title=${t("delete")} aria-label=${t("deleteOf", { name: document.name })} @click=${() => changed(void (state.dialog = { kind: "discardDocument", document }))}>${icons.trash}</button>` : nothing}
    </div>
  </li>`;
}
