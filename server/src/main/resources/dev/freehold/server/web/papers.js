// What one does with documents: collections, adding files, following their progress, reading one, searching.
import * as api from "./api.js";
import { state, changed, announce } from "./state.js";
import { go } from "./router.js";
import { fail, setCollections } from "./talk.js";
import { t } from "./language.js";

const path = (id, rest = "") => `/api/collections/${encodeURIComponent(id)}${rest}`;

export async function loadCollections() {
  const { collections } = await api.get("/api/collections");
  state.collections = collections;
  state.collectionsLoaded = true;
  const known = new Set(collections.map((collection) => collection.id));
  state.draft.collections = state.draft.collections.filter((id) => known.has(id));
  changed();
}

export const collectionOf = (id) => state.collections.find((collection) => collection.id === id);

export async function createCollection(name) {
  const made = await api.post("/api/collections", { name });
  await loadCollections();
  return made.id;
}

export async function deleteCollection(id) {
  await api.remove(path(id));
  await loadCollections();
  if (state.route.page === "documents" && state.route.id === id) go("/documents", { replace: true });
  announce(t("collectionDeleted"));
}

export async function openCollection(id) {
  state.search = null;
  if (state.documents?.collection !== id) state.documents = { collection: id, list: null };
  changed();
  const since = ++moment;
  try {
    const { documents } = await api.get(path(id, "/documents"));
    if (state.documents?.collection !== id) return;
    state.documents = { collection: id, list: brought(id, documents, since).sort(newestFirst) };
  } catch (failure) {
    if (failure.status === 404) state.documents = { collection: id, missing: true, list: [] };
    else fail(failure);
  }
  changed();
}

const newestFirst = (one, other) => other.added.localeCompare(one.added);
const settled = (document) => ["ready", "partly", "failed"].includes(document.state);

const sources = new Map();

/** Listens to the collections whose documents are on show or on their way; lets the others go. */
export function watch() {
  const wanted = new Set();
  if (state.route.page === "documents" && state.documents && !state.documents.missing && state.session) wanted.add(state.documents.collection);
  for (const item of state.uploads) if (item.document && !settled(item.document)) wanted.add(item.collection);
  for (const [id, source] of sources) {
    if (wanted.has(id)) continue;
    source.close();
    sources.delete(id);
  }
  for (const id of wanted) if (!sources.has(id)) sources.set(id, listen(id));
}

// What was heard of each document last, and when: an answer that was asked for before tells no news of it.
const heard = new Map();
let moment = 0;

// Documents that are gone for good: what was on its way when they went brings none of them back.
const gone = new Set();

function listen(id) {
  const source = new EventSource(path(id, "/events"));
  source.addEventListener("document", (event) => {
    const document = JSON.parse(event.data);
    heard.set(document.id, { collection: id, document, at: ++moment });
    arrived(id, document);
  });
  source.addEventListener("removed", (event) => {
    forget(JSON.parse(event.data).id);
    loadCollections().catch(() => {});
  });
  // Events tell what happens from here on; what happened before is read now, also after the connection was gone.
  source.addEventListener("open", () => catchUp(id));
  return source;
}

/** A list that was asked for at `since`, with what was heard after that. */
function brought(collection, documents, since) {
  const later = [...heard.values()].filter((one) => one.collection === collection && one.at > since).map((one) => one.document);
  const known = new Set(later.map((document) => document.id));
  return [...documents.filter((document) => !known.has(document.id)), ...later].filter((document) => !gone.has(document.id));
}

async function catchUp(id) {
  if (!sources.has(id)) return;
  const since = ++moment;
  const shown = state.documents?.collection === id ? (state.documents.list ?? []) : [];
  const sent = state.uploads.filter((item) => item.collection === id && item.document).map((item) => item.document);
  try {
    const { documents } = await api.get(path(id, "/documents"));
    const there = new Set(documents.map((document) => document.id));
    for (const document of [...shown, ...sent]) if (!there.has(document.id)) forget(document.id);
    for (const document of brought(id, documents, since)) {
      const upload = state.uploads.find((item) => item.document?.id === document.id);
      if (upload || state.documents?.collection === id) arrived(id, document);
    }
  } catch {
    // The next event or the next opening brings it.
  }
}

function forget(id) {
  gone.add(id);
  heard.delete(id);
  if (state.documents?.list) state.documents.list = state.documents.list.filter((other) => other.id !== id);
  state.uploads = state.uploads.filter((item) => item.document?.id !== id);
  watch();
  changed();
}

function arrived(collection, document) {
  if (gone.has(document.id)) return;
  const upload = state.uploads.find((item) => item.document?.id === document.id);
  if (upload) {
    const before = upload.document;
    upload.document = document;
    if (settled(document) && !settled(before)) told(document);
  }
  if (state.documents?.collection === collection && state.documents.list) {
    const list = state.documents.list;
    const at = list.findIndex((other) => other.id === document.id);
    if (at >= 0) list[at] = document;
    else list.unshift(document);
  }
  watch();
  changed();
}

function told(document) {
  announce(t(document.state === "ready" ? "documentReady" : document.state === "partly" ? "documentPartly" : "documentFailed", { name: document.name }));
  loadCollections().catch(() => {});
  tidy();
}

/** Files were dropped or chosen: where they go is clear, or asked. */
export function offer(files) {
  if (!files.length) return;
  const writable = state.collections.filter((collection) => collection.mayWrite);
  const here = state.route.page === "documents" ? state.documents?.collection : null;
  if (here && collectionOf(here)?.mayWrite) {
    addFiles(here, files);
    return;
  }
  state.dialog = { kind: "add", files, target: writable[0]?.id ?? "new", name: t("firstCollection") };
  changed();
}

export async function addFiles(collection, files) {
  const items = files.map((file) => ({ file, collection, name: file.name, sent: 0, document: null, failure: null, abort: new AbortController() }));
  state.uploads = [...items, ...state.uploads];
  state.uploadsOpen = true;
  if (state.route.page === "chat") {
    const chosen = state.conversation?.collections ?? state.draft.collections;
    if (!chosen.includes(collection)) await setCollections([...chosen, collection]).catch(fail);
  }
  changed();
  // One at a time: the server reads one at a time too, and the order stays the reader's.
  for (const item of items) await send(item);
  loadCollections().catch(() => {});
}

async function send(item) {
  if (item.abort.signal.aborted) return;
  try {
    const progress = (share) => {
      item.sent = share;
      changed();
    };
    const sent = await api.upload(item.collection, item.file, progress, item.abort.signal);
    // Its first events may have been faster than the answer.
    item.document = heard.get(sent.id)?.document ?? sent;
    if (gone.has(sent.id)) forget(sent.id);
    else if (settled(item.document)) told(item.document);
    arrived(item.collection, item.document);
  } catch (failure) {
    if (failure.name === "AbortError") item.failure = t("uploadStopped");
    else item.failure = failure instanceof api.Unreachable ? t("uploadLost") : failure.message;
    announce(`${item.name}: ${item.failure}`);
  }
  changed();
}

/** Files that went in without a problem need no more attention. */
function tidy() {
  setTimeout(() => {
    if (busyUploads().length) return;
    state.uploads = state.uploads.filter((item) => item.failure || item.document?.state !== "ready");
    changed();
  }, 8000);
}

export function cancelUpload(item) {
  item.abort.abort();
  item.failure ??= t("uploadStopped");
  changed();
}

export const busyUploads = () => state.uploads.filter((item) => !item.failure && !(item.document && settled(item.document)));

export async function deleteDocument(document) {
  await api.remove(`/api/documents/${encodeURIComponent(document.id)}`);
  forget(document.id);
  announce(t("documentDeleted", { name: document.name }));
  await loadCollections();
}

export async function openDocument(id, passage) {
  if (state.viewer?.id === id && state.viewer.blocks) {
    state.viewer.passage = passage;
    state.viewer.range = null;
  } else {
    state.viewer = { id, passage, document: null, blocks: null, range: null, failure: null };
  }
  changed();
  const viewer = state.viewer;
  try {
    const [text, place] = await Promise.all([
      viewer.blocks ? null : api.get(`/api/documents/${encodeURIComponent(id)}/text`),
      passage ? api.get(`/api/passages/${encodeURIComponent(passage)}`).catch((failure) => (failure.status === 404 ? { gone: true } : Promise.reject(failure))) : null,
    ]);
    if (state.viewer !== viewer || viewer.passage !== passage) return;
    if (text) {
      viewer.document = text.document;
      viewer.blocks = text.blocks;
    }
    viewer.gone = Boolean(place?.gone);
    viewer.range = place?.blocks ?? null;
    viewer.scrollDue = true;
  } catch (failure) {
    viewer.failure = failure.status === 404 ? t("documentGone") : failure instanceof api.Unreachable ? t("connectionLost") : failure.message;
  }
  changed();
}

export async function searchPassages(collection, query) {
  state.search = { collection, query, passages: null };
  changed();
  try {
    const { passages } = await api.get(`/api/search?q=${encodeURIComponent(query)}&collection=${encodeURIComponent(collection)}`);
    if (state.search?.query !== query) return;
    state.search.passages = passages;
    announce(t("passagesFound", { n: passages.length }));
  } catch (failure) {
    state.search = null;
    fail(failure);
  }
  changed();
}
