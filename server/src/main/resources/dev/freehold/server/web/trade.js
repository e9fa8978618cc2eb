// Workloads: who answers them, what their models do, and switching between them.
import * as api from "./api.js";
import { state, changed, announce } from "./state.js";
import { t } from "./language.js";

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
