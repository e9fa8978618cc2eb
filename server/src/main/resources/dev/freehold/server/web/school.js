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

export async function beginTeaching(wish) {
  const made = await api.post("/api/teachings", wish);
  state.wishing = null;
  go("/teach/" + encodeURIComponent(made.id));
}

export async function decide(id, what, body) {
  await api.post(`${path(id)}/${what}`, body ?? {});
  await openTeaching(id);
  await loadTeachings();
  watchTeaching();
}

export const lessonsPath = (id) => path(id) + "/lessons";

export async function replaceLessons(id, file) {
  const response = await fetch(lessonsPath(id), {
    method: "POST",
    headers: { "X-Freehold": "1", "Content-Type": "application/jsonl" },
    body: file,
    credentials: "same-origin",
  });
  if (!response.ok) {
    const { error } = await response.json();
    throw new api.Refused(response.status, error);
  }
  await openTeaching(id);
  announce(t("teachReplaced"));
}
