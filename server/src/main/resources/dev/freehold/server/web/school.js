// Teaching: what was wished, how it stands, and what a person decides of it.
import * as api from "./api.js";
import { state, changed, announce } from "./state.js";
import { t } from "./language.js";
import { go } from "./router.js";

const EVERY = 2000;
const path = (id) => "/api/teachings/" + encodeURIComponent(id);

/** States in which something goes on by itself. */
const busy = (state_) => ["writing", "queued", "training", "examining"].includes(state_);

export async function loadTeachings() {
  const { teachings } = await api.get("/api/teachings");
  state.teachings = teachings;
  changed();
}

/** Shows a teaching, or says that it is not there. */
export async function openTeaching(id) {
  if (state.teaching?.id !== id) state.teaching = null;
  try {
    state.teaching = await api.get(path(id));
  } catch (failure) {
    if (!(failure instanceof api.Refused) || failure.status !== 404) throw failure;
    state.teaching = { id, missing: true };
  }
  changed();
}

let timer = 0;
/** Keeps what is on show fresh for as long as it is. */
export function watchTeaching() {
  clearTimeout(timer);
  if (state.route.page !== "teach" || !state.teaching || state.teaching.missing) return;
  const { id } = state.teaching;
  timer = setTimeout(async () => {
    if (!document.hidden && busy(state.teaching?.state)) {
      try {
        const fresh = await api.get(path(id));
        if (state.route.page === "teach" && state.teaching?.id === id) show(fresh);
      } catch {
        // The next look tells more.
      }
    }
    watchTeaching();
  }, EVERY);
}

function show(fresh) {
  if (state.teaching && fresh.state !== state.teaching.state) announce(stateName(fresh.state));
  state.teaching = fresh;
  state.teachings = state.teachings?.map((one) => (one.id === fresh.id ? fresh : one)) ?? null;
  changed();
}

export const stateName = (word) =>
  ({
    writing: t("teachStateWriting"),
    review: t("teachStateReview"),
    queued: t("teachStateQueued"),
    training: t("teachStateTraining"),
    paused: t("teachStatePaused"),
    examining: t("teachStateExamining"),
    "held-back": t("teachStateHeldBack"),
    published: t("teachStatePublished"),
    failed: t("teachStateFailed"),
    cancelled: t("teachStateCancelled"),
  })[word];

/** Begins what was chosen in the form; files are brought first. */
export async function beginTeaching(chosen) {
  const wish = { model: chosen.model, name: chosen.name.trim(), epochs: Number(chosen.epochs), review: chosen.review };
  if (chosen.what === "collection") Object.assign(wish, { sources: ["collection:" + chosen.collection], textsPerFact: Number(chosen.texts) });
  else if (chosen.what === "workload") wish.sources = ["workload:" + chosen.workload];
  else {
    wish.sources = [await bring(chosen.file)];
    wish.method = chosen.what === "pairs" ? "dpo" : "supervised";
    if (chosen.validation) wish.validation = await bring(chosen.validation);
  }
  const made = await api.post("/api/teachings", wish);
  state.wishing = null;
  go("/teach/" + encodeURIComponent(made.id));
}

const bring = async (file) => (await (await send("/api/teaching/files?name=" + encodeURIComponent(file.name), file)).json()).id;

export async function decide(id, what, body) {
  await api.post(`${path(id)}/${what}`, body ?? {});
  await openTeaching(id);
  await loadTeachings();
  watchTeaching();
}

export const lessonsPath = (id) => path(id) + "/lessons";

export const adapterPath = (id, form) => `${path(id)}/adapter?form=${form}`;

async function send(where, body) {
  const response = await fetch(where, {
    method: "POST",
    headers: { "X-Freehold": "1", "Content-Type": "application/jsonl" },
    body,
    credentials: "same-origin",
  });
  if (!response.ok) {
    const { error } = await response.json();
    throw new api.Refused(response.status, error);
  }
  return response;
}

export async function replaceLessons(id, file) {
  await send(lessonsPath(id), file);
  state.lessons = null;
  await openTeaching(id);
  announce(t("teachReplaced"));
}

/** Fetches the rows of a data set, to be looked at one by one. */
export async function loadLessons(id) {
  const response = await fetch(lessonsPath(id), { credentials: "same-origin" });
  if (!response.ok) {
    const { error } = await response.json();
    throw new api.Refused(response.status, error);
  }
  const lines = (await response.text()).split("\n").filter((line) => line.trim());
  state.lessons = { id, query: "", kind: "", shown: 20, rows: lines.map((line, at) => lesson(JSON.parse(line), at)) };
  changed();
}

/** Puts the rows that are left, as they were changed, in the place of those that were there. */
export async function saveLessons() {
  const { id, rows } = state.lessons;
  const left = rows.filter((row) => !row.out).map((row) => JSON.stringify(row.json));
  await replaceLessons(id, left.join("\n") + "\n");
}

// A row with its texts, each of which can be read and written where it stands.
function lesson(json, at) {
  const parts = [];
  const part = (role, holder, field) => {
    if (typeof holder[field] === "string") parts.push({ role, get: () => holder[field], set: (text) => (holder[field] = text) });
  };
  for (const message of json.messages ?? json.input?.messages ?? []) part(message.role, message, "content");
  for (const message of json.preferred_output ?? []) part(t("teachPreferred"), message, "content");
  for (const message of json.non_preferred_output ?? []) part(t("teachOther"), message, "content");
  part("prompt", json, "prompt");
  part("completion", json, "completion");
  return { at, json, parts, kind: json.freehold?.kind ?? (json.input ? "pair" : "conversation"), text: parts.map((one) => one.get()).join("\n"), out: false, open: false, changed: false };
}
