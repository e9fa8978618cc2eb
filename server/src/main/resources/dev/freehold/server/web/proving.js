// Proofs of a workload: its benchmark, the golds people give, what runs, what was found, and what is watched.
import * as api from "./api.js";
import { state, changed, announce } from "./state.js";
import { t } from "./language.js";

const EVERY = 2000;
const path = (name, rest) => `/api/workloads/${encodeURIComponent(name)}/${rest}`;

/** Shows what is proved of a workload, or says that it is not there. */
export async function openProofs(name) {
  if (state.proving?.name !== name) state.proving = null;
  try {
    const [{ benchmark }, { proofs }, { watch, looks }] = await Promise.all([
      api.get(path(name, "benchmark")),
      api.get(path(name, "proofs")),
      api.get(path(name, "watch")),
    ]);
    const before = state.proving?.proofs ?? [];
    for (const one of proofs) {
      if (one.state === "done" && before.some((other) => other.id === one.id && other.state === "running")) announce(t("proofDone", { sentence: one.verdicts[0]?.sentence ?? "" }));
    }
    state.proving = { ...state.proving, name, benchmark: benchmark ?? null, proofs, watch: watch ?? null, looks };
  } catch (failure) {
    if (!(failure instanceof api.Refused) || failure.status !== 404) throw failure;
    state.proving = { name, missing: true };
  }
  changed();
}

let timer = 0;
/** Follows what runs for as long as it is on show. */
export function watchProofs() {
  clearTimeout(timer);
  if (state.route.page !== "proofs" || !state.proving || state.proving.missing) return;
  const name = state.proving.name;
  timer = setTimeout(async () => {
    if (!document.hidden && state.route.page === "proofs" && state.proving?.name === name) await openProofs(name).catch(() => {});
    watchProofs();
  }, EVERY);
}

export async function draw(name, wanted) {
  await api.post(path(name, "benchmark"), wanted);
  await openProofs(name);
}

export async function plan(name, terms) {
  const made = await api.post(path(name, "plan"), terms);
  if (state.proving?.name !== name) return;
  // What was read while this was waited for stays.
  state.proving = { ...state.proving, plan: made };
  announce(made.sentence);
  changed();
}

export async function start(name, terms) {
  await api.post(path(name, "proofs"), terms);
  state.proving = { ...state.proving, plan: null };
  await openProofs(name);
}

export async function stop(name, id) {
  await api.remove("/api/proofs/" + encodeURIComponent(id));
  await openProofs(name);
}

export async function watchOver(name, wanted) {
  await api.post(path(name, "watch"), wanted);
  await openProofs(name);
}

export async function unwatch(name) {
  await api.remove(path(name, "watch"));
  await openProofs(name);
}

export async function look(name) {
  state.proving = { ...state.proving, looking: true };
  changed();
  try {
    await api.post(path(name, "looks"), {});
  } finally {
    state.proving = { ...state.proving, looking: false };
  }
  await openProofs(name);
}

/** The cases that wait for a person, from the first open one. */
export async function openGolds(name) {
  try {
    const { golds } = await api.get(path(name, "golds"));
    const open = golds.findIndex((one) => one.open);
    state.golds = { name, list: golds, at: open < 0 ? 0 : open, editing: null };
  } catch (failure) {
    if (!(failure instanceof api.Refused) || failure.status !== 404) throw failure;
    state.golds = { name, list: [], at: 0, editing: null };
  }
  changed();
}

/** Says something of the case on show and goes on to the next open one. */
export async function review(what) {
  const { name, list, at } = state.golds;
  const after = await api.post(path(name, "golds/" + encodeURIComponent(list[at].id)), what);
  const fresh = [...list];
  fresh[at] = after;
  const next = fresh.findIndex((one, i) => i > at && one.open);
  const first = fresh.findIndex((one) => one.open);
  const stay = what.say === "reopen";
  state.golds = { name, list: fresh, at: stay ? at : next >= 0 ? next : first >= 0 ? first : at, editing: null };
  const left = fresh.filter((one) => one.open).length;
  announce(t("goldsLeft", { n: left }));
  changed(() => document.getElementById("case")?.focus());
}

export function goTo(at) {
  const { list } = state.golds;
  if (at < 0 || at >= list.length) return;
  state.golds = { ...state.golds, at, editing: null };
  changed(() => document.getElementById("case")?.focus());
}
