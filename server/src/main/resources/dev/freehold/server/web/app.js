// Where the page begins: language, session, address; then everything is drawn from `state`.
import { html, nothing, render } from "./libraries.js";
import * as api from "./api.js";
import { state, changed, drawWith, announce, remember } from "./state.js";
import { go, onRoute, parse } from "./router.js";
import { preferred, speak, t } from "./language.js";
import { loadConversations, openConversation, reload, fail } from "./talk.js";
import { loadCollections, openCollection, openDocument, watch } from "./papers.js";
import { loadUpstreams, loadWorkloads, openWorkload, watchWorkload } from "./trade.js";
import { openGolds, openProofs, watchProofs } from "./proving.js";
import { loadTeachings, openTeaching, watchTeaching } from "./school.js";
import { listenToKeys } from "./keys.js";
import { listenToDrops } from "./view/drop.js";
import { frame } from "./view/frame.js";
import { signIn } from "./view/sign-in.js";
import { backToOpener } from "./view/viewer.js";
import { dialogs } from "./view/dialogs.js";

const root = document.getElementById("app");

drawWith(() => {
  render(page(), root);
  document.title = title();
});

function page() {
  if (state.session === undefined) return state.reachable ? nothing : html`<main class="alone"><p role="alert">${t("unreachable")}</p></main>`;
  if (state.session === null) return signIn();
  return html`${frame()}${dialogs()}`;
}

function title() {
  const { page } = state.route;
  if (!state.session) return t("signIn") + " · Freehold";
  const part =
    page === "documents" ? t("documents") : page === "workloads" ? t("workloads") : page === "proofs" ? t("proofs") : page === "golds" ? t("golds") : page === "upstreams" ? t("upstreams") : page === "teach" ? t("teachings") : page === "document" ? state.viewer?.document?.name : state.conversation?.title;
  return part ? `${part} · Freehold` : "Freehold";
}

async function follow(route) {
  const before = state.route;
  state.route = route;
  state.railOpen = false;
  if (route.page === "sign-in") {
    await signInFromAddress();
    return;
  }
  if (state.session === null) {
    rememberPlace();
    go("/sign-in", { replace: true });
    return;
  }
  if (route.page === "chat") await openConversation(route.id);
  if (route.page === "documents") await openDocuments(route.id);
  if (route.page === "workloads") await openWorkloads(route.id);
  if (route.page === "proofs") {
    if (!state.collectionsLoaded) await loadCollections().catch(fail);
    await openProofs(route.id).catch(fail);
  }
  if (route.page === "golds") await openGolds(route.id).catch(fail);
  if (route.page === "teach") await openTeachings(route.id);
  if (route.page === "upstreams") await loadUpstreams().catch(fail);
  const reading = route.page === "document" ? { document: route.id, passage: route.passage } : route.panel;
  if (reading) await openDocument(reading.document, reading.passage);
  else state.viewer = null;
  watch();
  watchWorkload();
  watchProofs();
  watchTeaching();
  changed(() => placeFocus(before, route));
}

async function openWorkloads(id) {
  await loadWorkloads().catch(fail);
  const name = id ?? state.workloads?.[0]?.name;
  if (name) await openWorkload(name).catch(fail);
  else state.workload = null;
}

async function openTeachings(id) {
  if (!state.collectionsLoaded) await loadCollections().catch(fail);
  if (!state.workloads && state.session?.administrator) await loadWorkloads().catch(fail);
  await loadTeachings().catch(fail);
  if (id) await openTeaching(id).catch(fail);
  else state.teaching = null;
}

async function openDocuments(id) {
  if (!state.collectionsLoaded) await loadCollections().catch(fail);
  const known = id ?? state.collections[0]?.id;
  if (known) await openCollection(known);
  else state.documents = null;
}

// After moving to another page the focus is where reading begins, not on a control that has gone.
function placeFocus(before, route) {
  if (before.panel && !route.panel) {
    backToOpener();
    return;
  }
  if (before.page === route.page && before.id === route.id) return;
  const fine = matchMedia("(pointer: fine)").matches;
  if (route.page === "chat" && fine) document.getElementById("question")?.focus();
  else if (!document.activeElement || document.activeElement === document.body) document.querySelector("main h1")?.focus();
}

let wanted = "/";
function rememberPlace() {
  wanted = location.pathname + location.search + location.hash;
}

async function signInFromAddress() {
  // The key is taken out of the address before anything else can read it.
  const key = new URLSearchParams(location.hash.slice(1)).get("key");
  if (location.hash) history.replaceState(null, "", "/sign-in");
  if (key) {
    state.session = null;
    await enter(key);
    return;
  }
  if (state.session) go("/", { replace: true });
  else changed(() => document.getElementById("key")?.focus());
}

/** Signs in with a key; true when it was accepted. */
export async function enter(key) {
  state.signInProblem = null;
  state.signingIn = true;
  changed();
  try {
    await api.post("/api/session", { key: key.trim() });
    await begin();
    const place = wanted;
    wanted = "/";
    go(place, { replace: true });
  } catch (failure) {
    state.signInProblem = failure instanceof api.Unreachable ? t("unreachable") : failure.message;
    announce(state.signInProblem);
  } finally {
    state.signingIn = false;
    changed();
  }
}

export async function signOut() {
  await api.remove("/api/session").catch(() => {});
  location.assign("/sign-in");
}

export async function setLanguage(tag) {
  remember("language", tag);
  await speak(tag);
  changed();
}

async function begin() {
  const { principal, version } = await api.get("/api/session");
  state.session = principal;
  state.version = version;
  const loads = [loadConversations(), loadCollections(), loadModels()];
  for (const load of loads) load.catch(fail);
  state.loads = Promise.allSettled(loads);
  changed();
}

export async function loadModels() {
  const { models, suggestion } = await api.get("/api/models");
  Object.assign(state, { models, suggestion, modelsLoaded: true });
  changed();
}

let retry = 0;
function reachable(yes) {
  if (yes === state.reachable) return;
  state.reachable = yes;
  if (!yes) {
    announce(t("unreachable"));
    tryAgain();
  }
  changed();
}

function tryAgain() {
  clearTimeout(retry);
  retry = setTimeout(async () => {
    if (!(await api.healthy())) {
      tryAgain();
      return;
    }
    state.reachable = true;
    announce(t("reachableAgain"));
    changed();
    if (!state.session) start();
    else {
      loadConversations().catch(() => {});
      loadCollections().catch(() => {});
      loadModels().catch(() => {});
      if (state.conversation?.id && state.conversation.messages.length) reload(state.conversation);
    }
  }, 1500);
}

api.listen({
  reachable,
  signedOut: () => {
    if (state.session === null) return;
    state.session = null;
    rememberPlace();
    go("/sign-in", { replace: true });
  },
});
addEventListener("offline", () => reachable(false));

async function start() {
  try {
    await begin();
  } catch (failure) {
    if (failure instanceof api.Unreachable) {
      changed();
      return;
    }
    state.session = null;
  }
  await follow(parse(location));
}

await speak(preferred());
onRoute(follow);
listenToKeys();
listenToDrops();
await start();
