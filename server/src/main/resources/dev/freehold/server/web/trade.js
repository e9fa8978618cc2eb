// Workloads: who answers them, what their models do, and switching between them.
import * as api from "./api.js";
import { state, changed, announce } from "./state.js";
import { t } from "./language.js";
import { loadModels } from "./app.js";

const EVERY = 3000;

export async function loadWorkloads() {
  const { workloads } = await api.get("/api/workloads");
  state.workloads = workloads;
  changed();
}

const path = (name) => "/api/workloads/" + encodeURIComponent(name);

/** Shows a workload, or says that it is not there. */
export async function openWorkload(name) {
  if (state.workload?.name !== name) state.workload = null;
  try {
    state.workload = await api.get(path(name));
  } catch (failure) {
    if (!(failure instanceof api.Refused) || failure.status !== 404) throw failure;
    state.workload = { name, missing: true };
  }
  changed();
}

let timer = 0;
/** Keeps what is on show fresh for as long as it is. */
export function watchWorkload() {
  clearTimeout(timer);
  if (state.route.page !== "workloads" || !state.workload || state.workload.missing) return;
  const name = state.workload.name;
  timer = setTimeout(async () => {
    if (!document.hidden) {
      try {
        const fresh = await api.get(path(name));
        if (state.route.page === "workloads" && state.workload?.name === name) {
          tell(state.workload, fresh);
          state.workload = fresh;
          state.workloads = state.workloads?.map((one) => (one.name === name ? fresh : one)) ?? null;
          changed();
        }
      } catch {
        // The next look tells more.
      }
    }
    watchWorkload();
  }, EVERY);
}

function tell(before, after) {
  const newest = after.history[0];
  if (newest?.byItself && newest.at !== before.history[0]?.at) announce(t("rolledBack", { why: newest.reason }));
}

export async function switchWorkload(name, change) {
  state.workload = { ...state.workload, ...(await api.post(path(name) + "/switch", change)) };
  await openWorkload(name);
  await loadWorkloads();
  announce(t("leadsTo", { name, where: state.workload.route.summary }));
}

export async function createWorkload(given) {
  await api.post("/api/workloads", given);
  await Promise.all([loadWorkloads(), loadModels()]);
  announce(t("workloadMade", { name: given.name }));
}

export async function changeWorkload(name, given) {
  await api.patch(path(name), given);
  await Promise.all([openWorkload(name), loadWorkloads()]);
  announce(t("workloadChanged", { name }));
}

export async function removeWorkload(name) {
  await api.remove(path(name));
  state.workload = null;
  await Promise.all([loadWorkloads(), loadModels()]);
  announce(t("workloadRemoved", { name }));
}

const upstreamPath = (name) => "/api/upstreams/" + encodeURIComponent(name);

export async function loadUpstreams() {
  const { upstreams, kinds } = await api.get("/api/upstreams");
  Object.assign(state, { upstreams, kinds });
  changed();
}

/** Adds one and asks it for its models at once: who has just typed a key wants to know whether it is right. */
export async function addUpstream(given) {
  await api.post("/api/upstreams", given);
  await loadUpstreams();
  announce(t("upstreamAdded", { name: given.name }));
  testUpstream(given.name);
}

export async function testUpstream(name) {
  state.tested[name] = { asking: true };
  changed();
  try {
    await api.post(upstreamPath(name) + "/test", {});
    state.tested[name] = { ok: true };
    await Promise.all([loadUpstreams(), loadModels()]);
  } catch (failure) {
    state.tested[name] = { problem: failure.message };
  }
  changed();
}

export async function dropUpstream(name) {
  await api.remove(upstreamPath(name));
  delete state.tested[name];
  await Promise.all([loadUpstreams(), loadModels()]);
  announce(t("upstreamRemoved", { name }));
}

/** Says whether models may be taught what stands in one exchange. */
export async function permitTraining(name, id, may) {
  await api.post(path(name) + "/training-rights", { exchanges: [id], mayTrain: may });
  await openWorkload(name);
}
