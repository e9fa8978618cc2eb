// What is proved of a workload: its benchmark, a proof to begin, those that run and what they found, and both sides over time.
import { html, nothing, repeat, svg } from "../libraries.js";
import { state, changed } from "../state.js";
import { dateTime, number, percent, t } from "../language.js";
import { fail } from "../talk.js";
import { go } from "../router.js";
import { draw, look, plan, start, stop, unwatch, watchOver } from "../proving.js";
import { bar } from "./frame.js";

const graders = ["similarity", "contains", "normalised", "exact", "number", "json", "set-f1", "chrf", "rouge-l", "refusal", "judge"];

export function proofs() {
  const { proving } = state;
  return html`${bar(t("proofs"))}
    <div class="library">${!proving ? nothing : proving.missing ? html`<p class="empty">${t("workloadMissing")}</p>` : page(proving)}</div>`;
}

function page(proving) {
  return html`<section class="workload proofs" aria-labelledby="proofs-of">
    <header><h2 id="proofs-of"><a href=${"/workloads/" + encodeURIComponent(proving.name)}>${proving.name}</a></h2></header>
    ${benchmark(proving)}
    ${proving.benchmark ? begin(proving) : nothing}
    ${list(proving)}
    ${proving.benchmark ? watching(proving) : nothing}
  </section>`;
}

function benchmark({ name, benchmark }) {
  // Two changes may come before the page is drawn again: each goes on from the one before.
  const now = () => state.drawing ?? { cases: 500, grader: "similarity" };
  const chosen = now();
  const set = (field) => (event) => changed(void (state.drawing = { ...now(), [field]: event.target.value }));
  const submit = (event) => {
    event.preventDefault();
    draw(name, { cases: Number(now().cases), grader: now().grader }).catch(fail);
  };
  const form = html`<form class="switch" @submit=${submit} aria-label=${t("drawBenchmark")}>
    <label>${t("casesAtMost")}<input type="number" min="1" max="20000" required .value=${String(chosen.cases)} @input=${set("cases")}></label>
    <label>${t("grader")}<select @change=${set("grader")}>${graders.map((one) => html`<option value=${one} ?selected=${one === chosen.grader}>${one}</option>`)}</select></label>
    <button type="submit" class="plain">${t("drawBenchmark")}</button>
    <p class="quiet note">${t("drawNote")}</p>
  </form>`;
  if (!benchmark) return html`<section class="part"><h3>${t("benchmark")}</h3><p>${t("noBenchmark")}</p>${form}</section>`;
  const share = benchmark.cases ? benchmark.reviewed / benchmark.cases : 0;
  return html`<section class="part"><h3>${t("benchmark")}</h3>
    <p>${t("benchmarkIs", { n: benchmark.cases, version: benchmark.version, by: benchmark.drawnBy, when: dateTime(benchmark.at) })}</p>
    <p class="quiet">${t("leftAside", { older: benchmark.leftAside.older, same: benchmark.leftAside.same, near: benchmark.leftAside.near, tools: benchmark.leftAside.tools })}</p>
    <p><progress max="1" value=${share} aria-label=${t("reviewed")}></progress> ${t("reviewedOf", { n: benchmark.reviewed, open: benchmark.open, skipped: benchmark.skipped })}</p>
    <p class="row"><a class="plain" href=${`/workloads/${encodeURIComponent(name)}/golds`}>${t("reviewGolds")}</a></p>
    <details><summary>${t("drawAnew")}</summary>${form}</details>
  </section>`;
}

const modelNames = () => state.models.filter((model) => model.architecture !== "workload").map((model) => model.name);
const judged = (benchmark) => JSON.parse(benchmark.grader).type === "judge";

/** The documents that contestants may be given; nothing where there are none. */
const sources = (chosen, choose) => (state.collections.length
  ? html`<fieldset><legend>${t("documentsFor")}</legend><div class="steps">
      ${state.collections.map((one) => html`<label class=${chosen.includes(one.id) ? "chosen" : ""}><input type="checkbox" .checked=${chosen.includes(one.id)} @change=${() => choose(one.id)}>${one.name}</label>`)}
    </div></fieldset>`
  : nothing);

/** Who compares answers, where a judge grades. */
const judges = (benchmark, chosen, choose) => (judged(benchmark)
  ? html`<label>${t("judge")}<select @change=${choose}><option value="">${t("houseJudge")}</option>${modelNames().map((one) => html`<option value=${one} ?selected=${one === chosen}>${one}</option>`)}</select></label>`
  : nothing);

/** What is sent of documents and judge: nothing of what was not chosen. */
const means = ({ collections, judge }, candidates, benchmark) => ({
  ...(collections.length && candidates.some((one) => one.endsWith("+docs")) ? { collections } : {}),
  ...(judge && judged(benchmark) ? { judge } : {}),
});

const toggled = (list, one) => (list.includes(one) ? list.filter((other) => other !== one) : [...list, one]);

function begin({ name, plan: planned, benchmark }) {
  const now = () => (state.terms?.name === name ? state.terms : { name, candidates: [], margin: 3, modelGolds: false, collections: [], judge: "" });
  const chosen = now();
  const set = (change) => {
    state.terms = { ...now(), ...change };
    state.proving = { ...state.proving, plan: null };
    changed();
  };
  const models = modelNames().flatMap((model) => (chosen.collections.length ? [model, model + "+docs"] : [model]));
  const toggle = (model) => () => set({ candidates: toggled(now().candidates, model) });
  const give = (id) => {
    const collections = toggled(now().collections, id);
    set({ collections, candidates: now().candidates.filter((one) => collections.length || !one.endsWith("+docs")) });
  };
  const terms = () => ({ candidates: now().candidates, margin: Number(now().margin), modelGolds: now().modelGolds, ...means(now(), now().candidates, benchmark) });
  const submit = (event) => {
    event.preventDefault();
    (state.proving.plan ? start(name, terms()) : plan(name, terms())).catch(fail);
  };
  return html`<section class="part"><h3>${t("newProof")}</h3><form class="switch" @submit=${submit} aria-label=${t("newProof")}>
    <fieldset><legend>${t("candidates")}</legend><div class="steps">
      ${models.map((model) => html`<label class=${chosen.candidates.includes(model) ? "chosen" : ""}><input type="checkbox" .checked=${chosen.candidates.includes(model)} @change=${toggle(model)}>${model}</label>`)}
    </div></fieldset>
    ${sources(chosen.collections, give)}
    ${judges(benchmark, chosen.judge, (event) => set({ judge: event.target.value }))}
    <label>${t("marginPoints")}<input type="number" min="0.1" max="50" step="any" required .value=${String(chosen.margin)} @input=${(event) => set({ margin: event.target.value })}></label>
    <label class="check"><input type="checkbox" .checked=${chosen.modelGolds} @change=${(event) => set({ modelGolds: event.target.checked })}><span>${t("useModelGolds")}</span></label>
    ${planned ? html`<div class="note planned" role="status"><p>${planned.sentence}</p><p class="quiet">${t("planIs", { who: planned.incumbent, n: planned.questions })}${planned.modelGolds ? " " + t("planGolds", { n: planned.modelGolds }) : ""}</p></div>` : nothing}
    <button type="submit" class="primary" ?disabled=${!chosen.candidates.length}>${planned ? t("beginProof") : t("showPlan")}</button>
  </form></section>`;
}

const duration = (seconds) => (seconds >= 3600 ? t("hoursLeft", { n: Math.ceil(seconds / 3600) }) : t("minutesLeft", { n: Math.max(1, Math.ceil(seconds / 60)) }));
const stateName = (word) => ({ running: t("proofRunning"), done: t("proofReady"), failed: t("proofFailed"), stopped: t("proofStopped"), erased: t("proofErased") })[word];
const outcomeName = (one) => ({ as_good: one.better ? t("outcomeBetter") : t("outcomeAsGood"), worse: t("outcomeWorse"), not_enough_evidence: t("outcomeOpen") })[one.outcome];

function list({ name, proofs }) {
  if (!proofs.length) return nothing;
  return html`<section class="part"><h3>${t("proofsSoFar")}</h3><ul class="runs">${repeat(proofs, (one) => one.id, (one) => run(name, one))}</ul></section>`;
}

/** Goes to the switch, filled in with what a verdict is about. */
const switchOn = (name, verdict) => () => {
  const to = verdict.candidate.replace(/ \(again\)$/, "");
  state.switching = { name, stage: "shadow", to, of: to, share: 10, reason: "", verdict: verdict.id };
  go("/workloads/" + encodeURIComponent(name));
};

function run(name, one) {
  const shown = state.report === one.id;
  const toggle = () => changed(void (state.report = shown ? null : one.id));
  const base = "/api/proofs/" + encodeURIComponent(one.id);
  return html`<li class=${one.state}>
    <p><b>${one.candidates.join(", ")}</b> <span class="quiet">${t("marginOf", { n: one.margin })} · ${stateName(one.state)} · ${one.startedBy} · <time datetime=${one.at}>${dateTime(one.at)}</time></span></p>
    ${one.state === "running" ? html`<p class="running"><progress max=${one.total || 1} value=${one.done} aria-label=${t("proofRunning")}></progress>
      <span>${t("answersOf", { n: one.done, of: one.total })}${one.leftSeconds ? " · " + duration(one.leftSeconds) : ""}${one.cost ? " · " + t("costSoFar", { cost: number(one.cost, 4) }) : ""}${one.failures ? " · " + t("failedSoFar", { n: one.failures }) : ""}</span>
      <button type="button" class="plain" @click=${() => stop(name, one.id).catch(fail)}>${t("stop")}</button></p>` : nothing}
    ${one.problem ? html`<p class="bad">${one.problem}</p>` : nothing}
    ${one.verdicts.map((verdict) => html`<div class="verdict ${verdict.outcome}"><p><b>${outcomeName(verdict)}</b> <code>${verdict.id}</code></p><p>${verdict.sentence}</p>${verdict.outcome === "worse" || verdict.candidate.endsWith("+docs") ? nothing : html`<p class="row"><button type="button" class="plain" @click=${switchOn(name, verdict)}>${t("switchOnThis")}</button></p>`}${verdict.erased ? html`<p class="quiet">${t("evidenceErased", { when: dateTime(verdict.erased) })}</p>` : nothing}</div>`)}
    ${one.state === "done" ? html`<p class="row"><button type="button" class="plain" aria-expanded=${shown} @click=${toggle}>${t("report")}</button>
      <a class="plain" href=${base + "/report.pdf"} download>${t("reportPdf")}</a> <a class="plain" href=${base + "/evidence.zip"} download>${t("evidencePack")}</a></p>
      ${shown ? html`<iframe src=${base + "/report"} title=${t("report")} sandbox></iframe>` : nothing}` : nothing}
  </li>`;
}

function watching({ name, watch, looks, looking, benchmark }) {
  const now = () => (state.watching?.name === name ? state.watching : { name, candidate: watch?.candidate ?? "", days: watch ? watch.everyHours / 24 : 7, modelGolds: false, collections: [], judge: "" });
  const chosen = now();
  const set = (field) => (event) => changed(void (state.watching = { ...now(), [field]: event.target.type === "checkbox" ? event.target.checked : event.target.value }));
  const models = modelNames().flatMap((model) => (chosen.collections.length ? [model, model + "+docs"] : [model]));
  const give = (id) => changed(void (state.watching = { ...now(), collections: toggled(now().collections, id) }));
  const submit = (event) => {
    event.preventDefault();
    const { days, modelGolds, candidate } = now();
    const wanted = { everyHours: Math.max(1, Math.round(Number(days) * 24)), modelGolds, ...means(now(), [candidate], benchmark) };
    if (candidate) wanted.candidate = candidate;
    watchOver(name, wanted).catch(fail);
  };
  return html`<section class="part"><h3>${t("watchTitle")}</h3>
    ${watch ? html`<p>${t("watchIs", { who: watch.candidate, when: dateTime(watch.due) })}</p>${watch.problem ? html`<p class="bad">${watch.problem}</p>` : nothing}
      <p class="row"><button type="button" class="plain" ?disabled=${looking} @click=${() => look(name).catch(fail)}>${looking ? t("looking") : t("lookNow")}</button>
      <button type="button" class="plain" @click=${() => unwatch(name).catch(fail)}>${t("watchOff")}</button></p>` : nothing}
    ${looks.length ? history(looks) : nothing}
    <details ?open=${!watch && !looks.length}><summary>${watch ? t("watchChange") : t("watchOn")}</summary><form class="switch" @submit=${submit} aria-label=${t("watchTitle")}>
      <label>${t("partCandidate")}<select @change=${set("candidate")}><option value="">${t("chooseModel")}</option>${models.map((one) => html`<option value=${one} ?selected=${one === chosen.candidate}>${one}</option>`)}</select></label>
      ${sources(chosen.collections, give)}
      ${judges(benchmark, chosen.judge, set("judge"))}
      <label>${t("everyDays")}<input type="number" min="0.05" max="366" step="any" required .value=${String(chosen.days)} @input=${set("days")}></label>
      <label class="check"><input type="checkbox" .checked=${chosen.modelGolds} @change=${set("modelGolds")}><span>${t("useModelGolds")}</span></label>
      <button type="submit" class="plain">${t("watchOn")}</button></form></details>
  </section>`;
}

/** Both sides on the same questions at every look. */
function history(looks) {
  const scores = looks.flatMap((one) => [one.incumbentScore, one.candidateScore]);
  const low = Math.max(0, Math.floor(Math.min(...scores) / 10 - 0.5) * 10);
  const high = Math.min(100, Math.max(low + 10, Math.ceil(Math.max(...scores) / 10 + 0.5) * 10));
  const first = Date.parse(looks[0].at);
  const span = Date.parse(looks.at(-1).at) - first || 1;
  const x = (one) => (looks.length === 1 ? 300 : 40 + (540 * (Date.parse(one.at) - first)) / span);
  const y = (score) => 15 + (150 * (high - score)) / (high - low);
  const line = (field) => looks.map((one) => `${x(one).toFixed(1)},${y(one[field]).toFixed(1)}`).join(" ");
  const last = looks.at(-1);
  return html`<figure class="chart"><svg viewBox="0 0 600 190" role="img" aria-label=${t("chartLabel", { incumbent: last.incumbent, a: number(last.incumbentScore, 1), candidate: last.candidate, b: number(last.candidateScore, 1) })}>
      ${[low, (low + high) / 2, high].map((tick) => svg`<line class="grid" x1="40" x2="580" y1=${y(tick)} y2=${y(tick)}/><text x="34" y=${y(tick) + 4} text-anchor="end">${number(tick)}</text>`)}
      ${looks.slice(1).filter((one) => one.anew).map((one) => svg`<line class="anew" x1=${x(one)} x2=${x(one)} y1="15" y2="165"/>`)}
      <polyline class="theirs" points=${line("incumbentScore")}/><polyline class="ours" points=${line("candidateScore")}/>
      ${looks.map((one) => svg`<circle class=${one.drifted ? "theirs ring" : "theirs"} cx=${x(one)} cy=${y(one.incumbentScore)} r=${one.drifted ? 6 : 3.5}/><circle class="ours" cx=${x(one)} cy=${y(one.candidateScore)} r="3.5"/>`)}
    </svg><figcaption><span class="dot theirs"></span>${last.incumbent} <span class="dot ours"></span>${last.candidate} · ${t("chartNote")}</figcaption></figure>
    <ol class="history">${[...looks].reverse().slice(0, 12).map((one) => html`<li class=${one.drifted || one.anew ? "by-itself" : ""}>
      <p><b>${outcomeName(one)}</b> <span class="quiet">${t("lookIs", { n: one.conversations, low: number(one.low, 1), high: number(one.high, 1), same: percent(one.same) })}</span></p>
      <p class="quiet"><time datetime=${one.at}>${dateTime(one.at)}</time> · ${one.reason}</p>${one.note ? html`<p>${one.note}</p>` : nothing}</li>`)}</ol>`;
}
