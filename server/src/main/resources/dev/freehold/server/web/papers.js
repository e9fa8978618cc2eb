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
  try {
    const { documents } = await api.get(path(id, "/documents"));
    if (state.documents?.collection !== id) return;
    state.documents = { collection: id, list: documents.sort(newestFirst) };
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

function listen(id) {
  const source = new EventSource(path(id, "/events"));
  source.addEventListener("document", (event) => arrived(id, JSON.parse(event.data)));
  let opened = false;
  source.addEventListener("open", () => {
    // What changed while the connection was gone is read once.
    if (opened) catchUp(id);
    opened = true;
  });
  // Whatever happened between the upload's answer and the first event.
  setTimeout(() => catchUp(id), 600);
  return source;
}

async function catchUp(id) {
  if (!sources.has(id)) return;
  try {
    const { documents } = await api.get(path(id, "/documents"));
    for (const document of documents) {
      const upload = state.uploads.find((item) => item.document?.id === document.id);
      if (upload || state.documents?.collection === id) arrived(id, document);
    }
  } catch {
    // The next event or the next opening brings it.
  }
}

function arrived(collection, document) {
  const upload = state.uploads.find((item) => item.document?.id === document.id);
  if (upload) {
    const before = upload.document;
    upload.document = document;
    if (settled(document) && !settled(before)) {
      announce(t(document.state === "ready" ? "documentReady" : document.state === "partly" ? "documentPartly" : "documentFailed", { name: document.name }));
      loadCollections().catch(() => {});
      tidy();
    }
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
    item.document = await api.upload(item.collection, item.file, progress, item.abort.signal);
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
  if (state.documents?.list) state.documents.list = state.documents.list.filter((other) => other.id !== document.id);
  state.uploads = state.uploads.filter((item) => item.document?.id !== document.id);
  announce(t("documentDeleted", { name: document.name }));
  changed();
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
