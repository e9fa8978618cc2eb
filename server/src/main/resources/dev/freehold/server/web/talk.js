// What one does with conversations: open, ask, stop, ask again, move between answers, rename, delete.
import * as api from "./api.js";
import { state, streams, changed, announce, remember } from "./state.js";
import { go } from "./router.js";
import { t } from "./language.js";

const path = (id, rest = "") => `/api/conversations/${encodeURIComponent(id)}${rest}`;

export function fail(failure) {
  if (failure.name === "AbortError") return;
  state.problem = failure instanceof api.Unreachable ? null : failure.message;
  if (state.problem) announce(state.problem);
  changed();
}

export async function loadConversations() {
  const query = state.query;
  const { conversations } = await api.get("/api/conversations" + (query ? `?query=${encodeURIComponent(query)}` : ""));
  if (query !== state.query) return;
  state.conversations = conversations;
  state.conversationsLoaded = true;
  const shown = conversations.find((other) => other.id === state.conversation?.id);
  if (shown) state.conversation.title = shown.title;
  changed();
}

const withChoices = (conversation) => ({ ...conversation, chosen: new Map() });

export async function openConversation(id) {
  state.editing = null;
  state.problem = null;
  if (id === null) {
    state.conversation = null;
    changed();
    return;
  }
  if (state.conversation?.id === id) return;
  const live = streams.get(id);
  state.conversation = live ? live.conversation : { id, title: "", messages: [], loading: true, chosen: new Map(), collections: [] };
  changed();
  if (live) return;
  try {
    const conversation = withChoices(await api.get(path(id)));
    if (state.route.page === "chat" && state.route.id === id) state.conversation = conversation;
  } catch (failure) {
    if (failure.status === 404 && state.route.id === id) state.conversation = { id, missing: true, messages: [], title: "", chosen: new Map(), collections: [] };
    else fail(failure);
  }
  changed();
}

/** The messages from the first question to the last answer, along the chosen siblings; each with its place among them. */
export function thread(conversation) {
  const children = new Map();
  for (const message of conversation.messages) {
    const parent = message.parent ?? null;
    if (!children.has(parent)) children.set(parent, []);
    children.get(parent).push(message);
  }
  const messages = [];
  for (let parent = null; children.has(parent); ) {
    const siblings = children.get(parent);
    const chosen = conversation.chosen.get(parent);
    const at = Math.max(0, chosen ? siblings.findIndex((message) => message.id === chosen) : siblings.length - 1);
    const message = siblings[at];
    messages.push({ message, at, siblings });
    parent = message.id;
  }
  return messages;
}

export function showSibling(conversation, { siblings, at }, step) {
  const next = siblings[at + step];
  if (!next) return;
  conversation.chosen.set(next.parent ?? null, next.id);
  announce(t("siblingOf", { at: at + step + 1, of: siblings.length }));
  changed();
}

/** Sends a question below `parent`; makes the conversation first where there is none. */
export async function ask(text, parent) {
  let conversation = state.conversation;
  state.problem = null;
  try {
    if (!conversation) {
      const made = await api.post("/api/conversations", { model: chosenModel(), collections: state.draft.collections });
      conversation = withChoices({ messages: [], collections: state.draft.collections, ...made });
      state.conversation = conversation;
      state.route = { page: "chat", id: made.id, panel: null };
      history.pushState(null, "", "/c/" + encodeURIComponent(made.id));
    }
  } catch (failure) {
    fail(failure);
    return false;
  }
  const last = parent === undefined ? (thread(conversation).at(-1)?.message.id ?? null) : parent;
  const question = { id: "unsent", parent: last, role: "user", text, created: new Date().toISOString(), state: "complete", passages: [], citations: [], grounding: null };
  conversation.messages.push(question);
  conversation.chosen.delete(last);
  follow(conversation, path(conversation.id, "/messages"), { parent: last, text }, question);
  return true;
}

export function askAgain(conversation, answer) {
  follow(conversation, path(conversation.id, `/messages/${encodeURIComponent(answer.parent)}/answer`), {}, null, answer.parent);
}

export function stop(conversation) {
  streams.get(conversation?.id)?.abort.abort();
}

async function follow(conversation, address, body, question, parent) {
  const live = { conversation, abort: new AbortController(), phase: "waiting", done: 0, total: 0, answer: null, started: performance.now() };
  streams.set(conversation.id, live);
  state.follow = true;
  announce(t("answerBegins"));
  changed();
  try {
    for await (const { event, data } of api.stream(address, body, live.abort.signal)) {
      receive(live, event, data, question);
      changed();
    }
    if (live.phase !== "done" && live.phase !== "failed") throw new api.Unreachable("cut");
  } catch (failure) {
    interrupted(live, failure, question, parent);
  } finally {
    streams.delete(conversation.id);
  }
  changed();
  loadConversations().catch(() => {});
  // What the server kept is what counts.
  if (live.phase === "stopped" || live.phase === "failed") setTimeout(() => reload(conversation), 600);
}

function receive(live, event, data, question) {
  const { conversation } = live;
  switch (event) {
    case "question":
      Object.assign(question, data.message);
      loadConversations().catch(() => {});
      break;
    case "answer":
      live.answer = { id: data.id, parent: data.parent, model: data.model, role: "assistant", text: "", state: "complete", created: new Date().toISOString(), passages: [], citations: [], grounding: null };
      conversation.messages.push(live.answer);
      conversation.chosen.set(data.parent, data.id);
      break;
    case "passages":
      live.answer.passages = data.passages;
      live.answer.grounding = data.grounding;
      break;
    case "reading":
      live.phase = "reading";
      live.done = data.done;
      live.total = data.total;
      break;
    case "reasoning":
      live.phase = "writing";
      live.answer.reasoning = (live.answer.reasoning ?? "") + data.text;
      break;
    case "delta":
      live.phase = "writing";
      live.answer.text += data.text;
      break;
    case "citation":
      live.answer.citations.push(data);
      break;
    case "done":
      live.phase = "done";
      Object.assign(live.answer, data.message);
      announce(t("answerEnds", { n: live.answer.text.split(/\s+/).length }));
      break;
    case "error":
      live.phase = "failed";
      failedAnswer(live, data.error.message);
      break;
  }
}

function failedAnswer(live, message) {
  if (live.answer) {
    live.answer.state = "failed";
    live.answer.failure = message;
  }
  announce(message);
  if (!live.answer) state.problem = message;
}

function interrupted(live, failure, question, parent) {
  if (failure.name === "AbortError") {
    live.phase = "stopped";
    if (live.answer) live.answer.state = "stopped";
    announce(t("answerStopped"));
    return;
  }
  const message = failure instanceof api.Unreachable ? t("connectionLost") : failure.message;
  if (failure instanceof api.Unreachable) live.conversation.stale = true;
  live.phase = "failed";
  failedAnswer(live, message);
  if (!live.answer && question?.id === "unsent") {
    // Nothing was accepted, so the words go back to where they were written.
    live.conversation.messages = live.conversation.messages.filter((other) => other !== question);
    state.unsent = { conversation: live.conversation.id, text: question.text };
    if (failure instanceof api.Unreachable) state.problem = t("notSent");
  }
}

/** Reads a conversation again, keeping the siblings on show: after a stop, and when the server came back. */
export async function reload(conversation) {
  if (streams.has(conversation.id)) return;
  try {
    const fresh = await api.get(path(conversation.id));
    if (streams.has(conversation.id)) return;
    for (const shown of conversation.messages.filter((message) => message.role === "assistant" && message.text)) {
      // A stopped answer is kept when the server has noticed: until then it has fewer words than were read already.
      const kept = fresh.messages.find((message) => message.id === shown.id);
      if (kept?.state === "stopped" && kept.text.length < shown.text.length) {
        Object.assign(kept, { text: shown.text, citations: shown.citations, ...(shown.reasoning && { reasoning: shown.reasoning }) });
      }
    }
    for (const failed of conversation.messages.filter((message) => message.failure)) {
      // The reason was told once, in the stream; an answer that failed before its first word may not be kept at all.
      const kept = fresh.messages.find((message) => message.id === failed.id);
      if (!kept) fresh.messages.push(failed);
      else if (kept.state === "failed") kept.failure = failed.failure;
    }
    Object.assign(conversation, fresh, { stale: false, loading: false });
    changed();
  } catch {
    // What is on show stays.
  }
}

export function chosenModel() {
  const known = (name) => state.models.some((model) => model.name === name);
  if (known(state.draft.model)) return state.draft.model;
  return (state.models.find((model) => model.default) ?? state.models[0])?.name ?? null;
}

async function update(conversation, change) {
  Object.assign(conversation, change);
  changed();
  await api.patch(path(conversation.id), change);
}

export async function setModel(model) {
  state.draft.model = model;
  remember("model", model);
  if (state.conversation) await update(state.conversation, { model });
  changed();
}

export async function setCollections(collections) {
  state.draft.collections = collections;
  remember("collections", JSON.stringify(collections));
  if (state.conversation) await update(state.conversation, { collections });
  changed();
}

export async function rename(id, title) {
  await api.patch(path(id), { title });
  if (state.conversation?.id === id) state.conversation.title = title;
  await loadConversations();
}

export async function discard(id) {
  streams.get(id)?.abort.abort();
  await api.remove(path(id));
  if (state.conversation?.id === id) go("/", { replace: true });
  await loadConversations();
  announce(t("conversationDeleted"));
}
