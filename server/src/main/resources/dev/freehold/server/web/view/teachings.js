// The teaching page: what is taught, the two curves, the exam and its gates, and what a person decides.
import { html, nothing, repeat, svg } from "../libraries.js";
import { state, changed } from "../state.js";
import { bytes, dateTime, number, t } from "../language.js";
import { fail } from "../talk.js";
import { adapterPath, beginTeaching, decide, stateName } from "../school.js";
import { exam } from "./exam.js";
import { bar } from "./frame.js";
import { lessons } from "./lessons.js";

export function teachings() {
  const list = state.teachings;
  return html`
    ${bar(t("teachings"))}
    <div class="library">
      ${list?.length
        ? html`<nav class="shelves" aria-label=${t("teachings")}><ul>
            <li><a href="/teach" aria-current=${state.teaching ? nothing : "page"}><strong>${t("teachNew")}</strong></a></li>
            ${repeat(list, (one) => one.id, shelf)}</ul></nav>`
        : nothing}
      ${state.teaching?.missing ? html`<p class="empty">${t("teachMissing")}</p>` : state.teaching ? one(state.teaching) : list ? wish() : nothing}
    </div>`;
}

function shelf(teaching) {
  const current = state.teaching?.id === teaching.id;
  return html`<li><a href=${"/teach/" + encodeURIComponent(teaching.id)} aria-current=${current ? "page" : nothing}>
    <strong>${teaching.served}</strong><span>${stateName(teaching.state)}</span></a></li>`;
}

const KINDS = ["collection", "workload", "talks", "pairs"];

// Of documents many short lessons are made, each seen once; other rows are few.
const rounds = (kind) => (kind === "collection" ? 1 : 3);

function wish() {
  const models = state.models.filter((model) => !["workload", "upstream"].includes(model.architecture) && !model.name.includes("+"));
  const workloads = (state.workloads ?? []).map(({ name }) => name);
  const first = state.collections.length || !workloads.length ? "collection" : "workload";
  const chosen = {
    what: first,
    model: models[0]?.name ?? "",
    collection: state.collections[0]?.id ?? "",
    workload: workloads[0] ?? "",
    file: null,
    validation: null,
    name: "",
    texts: 30,
    epochs: rounds(first),
    review: true,
    ...state.wishing,
  };
  // What nobody chose stays open: what there is to choose from may still be on its way.
  const keep = (change) => changed(void (state.wishing = { ...state.wishing, ...change }));
  const set = (field, of = (target) => target.value) => (event) => keep({ [field]: of(event.target) });
  const submit = (event) => {
    event.preventDefault();
    beginTeaching(chosen).catch(fail);
  };
  const name = (kind) => ({ collection: t("teachFromCollection"), workload: t("teachFromWorkload"), talks: t("teachFromTalks"), pairs: t("teachFromPairs") })[kind];
  const offered = KINDS.filter((kind) => kind !== "workload" || workloads.length);
  return html`<section class="teaching"><header><h2>${t("teachNew")}</h2><p class="quiet">${t("teachLead")}</p></header>
    <form class="switch" @submit=${submit} aria-label=${t("teachNew")}>
      <fieldset><legend>${t("teachFrom")}</legend><div class="steps">
        ${offered.map((kind) => html`<label class=${kind === chosen.what ? "chosen" : ""}><input type="radio" name="what" value=${kind} .checked=${kind === chosen.what} @change=${() => keep({ what: kind, file: null, validation: null, epochs: rounds(kind) })}>${name(kind)}</label>`)}
      </div></fieldset>
      <p class="note quiet">${{ collection: t("teachCollectionText"), workload: t("teachWorkloadText"), talks: t("teachTalksText"), pairs: t("teachPairsText") }[chosen.what]}</p>
      ${chosen.what === "collection" && !state.collections.length ? html`<p class="note">${t("teachNoCollection")}</p>` : fields(chosen, { set, models, workloads })}
    </form>
  </section>`;
}

function fields(chosen, { set, models, workloads }) {
  const file = (field, label, required) => html`<label>${label}<input type="file" accept=".jsonl,.json,application/jsonl" ?required=${required} @change=${set(field, (target) => target.files[0] ?? null)}></label>`;
  return html`
    ${chosen.what === "collection" ? html`<label>${t("answerFrom")}<select @change=${set("collection")}>${state.collections.map((one) => html`<option value=${one.id} ?selected=${one.id === chosen.collection}>${one.name}</option>`)}</select></label>` : nothing}
    ${chosen.what === "workload" ? html`<label>${t("teachWorkload")}<select @change=${set("workload")}>${workloads.map((one) => html`<option value=${one} ?selected=${one === chosen.workload}>${one}</option>`)}</select></label>` : nothing}
    ${["talks", "pairs"].includes(chosen.what) ? [file("file", t("teachFile"), true), file("validation", t("teachValidation"), false)] : nothing}
    <label>${t("model")}<select @change=${set("model")}>${models.map(({ name }) => html`<option value=${name} ?selected=${name === chosen.model}>${name}</option>`)}</select></label>
    <label>${t("teachName")}<input required maxlength="64" pattern="[a-z0-9]([a-z0-9._\\-]*[a-z0-9])?" placeholder="handbook-1" spellcheck="false" autocomplete="off" .value=${chosen.name} @input=${set("name")}></label>
    ${chosen.what === "collection" ? html`<label>${t("teachTexts")}<input type="number" min="1" max="200" required .value=${String(chosen.texts)} @input=${set("texts")}></label>` : nothing}
    <label>${t("teachEpochs")}<input type="number" min="1" max="1000" required .value=${String(chosen.epochs)} @input=${set("epochs")}></label>
    <label class="tick note"><input type="checkbox" .checked=${chosen.review} @change=${set("review", (target) => target.checked)}> ${t("teachReview")}</label>
    <button type="submit" class="primary">${t("teachBegin")}</button>`;
}

function one(teaching) {
  return html`<section class="teaching" aria-labelledby="teaching-name">
    <header><h2 id="teaching-name">${teaching.served}</h2>
      <p class="standing" data-state=${teaching.state}><span class="dot"></span>${stateName(teaching.state)}${teaching.problem ? html`: ${teaching.problem}` : nothing}</p>
      <p class="quiet">${t("teachOf", { sources: teaching.sources.map((source) => sourceName(source, teaching)).join(", ") })}</p>
      ${teaching.reason ? html`<p class="quiet">${t("teachOrdered", { reason: teaching.reason })}</p>` : nothing}</header>
    ${decisions(teaching)}
    ${teaching.state === "published" ? takeAlong(teaching) : nothing}
    ${training(teaching)}
    ${teaching.examined ? exam(teaching.examined) : nothing}
    ${dataSet(teaching)}
    ${events(teaching.events)}
  </section>`;
}

function sourceName(source, teaching) {
  if (source.startsWith("collection:")) return state.collections.find((one) => "collection:" + one.id === source)?.name ?? source;
  return teaching.files?.[source] ?? source.replace("workload:", "");
}

// What is taught here is one's own: other programs read it too.
function takeAlong({ id, name }) {
  return html`<section class="part"><h3>${t("teachTake")}</h3>
    <p class="links"><a href=${adapterPath(id, "gguf")} download>${t("teachGguf")}</a><a href=${adapterPath(id, "peft")} download>${t("teachPeft")}</a></p>
    <p class="quiet">${t("teachMerge")} <code>freehold adapter merge ${name} -o ${name}.gguf --type Q8_0</code></p></section>`;
}

function decisions(teaching) {
  const act = (what, body) => () => decide(teaching.id, what, body).catch(fail);
  const ended = ["published", "failed", "cancelled", "held-back"].includes(teaching.state);
  const order = async (event) => {
    event.preventDefault();
    await decide(teaching.id, "publish", { reason: event.target.elements.reason.value }).catch(fail);
  };
  return html`<div class="decisions">
    ${teaching.state === "review" ? html`<button type="button" class="primary" @click=${act("resume")}>${t("teachTrain")}</button>` : nothing}
    ${teaching.state === "paused" ? html`<button type="button" class="primary" @click=${act("resume")}>${t("teachGoOn")}</button>` : nothing}
    ${["queued", "training"].includes(teaching.state) ? html`<button type="button" class="plain" @click=${act("pause")}>${t("teachPause")}</button>` : nothing}
    ${ended ? nothing : html`<button type="button" class="plain" @click=${act("cancel")}>${t("teachCancel")}</button>`}
    ${teaching.state === "held-back"
      ? html`<form class="order" @submit=${order}><label>${t("teachReason")}<input name="reason" required maxlength="1000"></label><button class="plain danger">${t("teachServe")}</button></form>`
      : nothing}
    ${teaching.state === "published" ? html`<p>${t("teachServed", { name: teaching.served })}</p>` : nothing}
  </div>`;
}

function dataSet({ id, dataSet: set, estimate, state: word }) {
  if (!set) return nothing;
  const parts = Object.entries(set.kept);
  const total = parts.reduce((sum, [, count]) => sum + count, 0);
  let at = 0;
  return html`<section class="part"><h3>${t("teachData")}</h3>
    ${set.facts ? html`<p>${t("teachFacts", { n: number(set.facts), control: number(set.control) })}</p>` : nothing}
    <svg class="mixture" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">${parts.map(([, count], i) => {
      const width = (100 * count) / total;
      const bar_ = svg`<rect class=${"kind-" + (i % 6)} x=${at} width=${Math.max(0, width - 0.3)} height="4"></rect>`;
      at += width;
      return bar_;
    })}</svg>
    <ul class="kinds">${parts.map(([kind, count], i) => html`<li><span class=${"dot kind-" + (i % 6)}></span>${kind} <b>${number(count)}</b></li>`)}</ul>
    ${estimate ? html`<p class="quiet">${t("teachEstimate", { lessons: number(estimate.lessons), tokens: number(estimate.tokens), minutes: number(Math.max(1, Math.round(estimate.seconds / 60))), memory: bytes(estimate.memory) })}</p>` : nothing}
    ${Object.keys(set.dropped).length ? html`<details><summary>${t("teachLeftOut")}</summary><ul class="dropped">${Object.entries(set.dropped).map(([why, count]) => html`<li>${why}: <b>${number(count)}</b></li>`)}</ul></details>` : nothing}
    ${lessons(id, word === "review")}
  </section>`;
}

function training({ steps, state: word }) {
  if (!steps.length) return nothing;
  const last = steps.at(-1);
  const held = steps.filter((step) => step.heldOutLoss !== undefined);
  return html`<section class="part"><h3>${t("teachStep", { n: number(last.step), of: number(last.of) })}</h3>
    ${curves(steps, held, last.of)}
    <p class="axis quiet"><span>1</span><span>${number(last.of)}</span></p>
    <dl class="progress-figures">
      <div><dt><span class="dot learned"></span>${t("teachLoss")}</dt><dd>${number(last.loss, 3)}</dd></div>
      ${held.length ? html`<div><dt><span class="dot held"></span>${t("teachHeldOut")}</dt><dd>${number(held.at(-1).heldOutLoss, 3)}</dd></div>` : nothing}
      <div><dt>${t("teachSpeed")}</dt><dd>${number(last.tokensPerSecond, 0)}</dd></div>
      ${word === "training" ? html`<div><dt>${t("teachLeft")}</dt><dd>${minutes(last.secondsLeft)}</dd></div>` : nothing}
      <div><dt>${t("teachMemory")}</dt><dd>${bytes(last.memory)}</dd></div>
    </dl></section>`;
}

const minutes = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} min`;

function curves(steps, held, of) {
  const top = Math.max(...steps.map((step) => step.loss), ...held.map((step) => step.heldOutLoss), 0.1);
  const x = (step) => (600 * step.step) / Math.max(1, of);
  const line = (points, value) => points.map((step, i) => `${i ? "L" : "M"}${x(step).toFixed(1)} ${(150 - (140 * value(step, i)) / top).toFixed(1)}`).join("");
  const means = runningMeans(steps.map((step) => step.loss), Math.ceil(steps.length / 40));
  return html`<div class="losses"><ol class="scale quiet" aria-hidden="true">${[top, top / 2, 0].map((tick) => html`<li>${number(tick, 1)}</li>`)}</ol>
  <svg class="curves" viewBox="0 0 600 160" preserveAspectRatio="none" role="img" aria-label=${`${t("teachLoss")}: ${number(steps[0].loss, 2)} → ${number(steps.at(-1).loss, 2)}`}>
    <path class="ground" d="M0 150H600M0 80H600M0 10H600"></path>
    <path class="single" d=${line(steps, (step) => step.loss)}></path>
    <path class="learned" d=${line(steps, (_, i) => means[i])}></path>
    ${held.length ? svg`<path class="held" d=${line(held, (step) => step.heldOutLoss)}></path>${held.map((step) => svg`<circle class="held" cx=${x(step)} cy=${150 - (140 * step.heldOutLoss) / top} r="3"></circle>`)}` : nothing}
  </svg></div>`;
}

// A step sees few lessons, so that one loss says little: the line is the mean of the last ones.
function runningMeans(values, reach) {
  const sums = [0];
  for (const value of values) sums.push(sums.at(-1) + value);
  return values.map((_, i) => {
    const from = Math.max(0, i - reach + 1);
    return (sums[i + 1] - sums[from]) / (i + 1 - from);
  });
}

function events(lines) {
  if (!lines?.length) return nothing;
  return html`<section class="part"><h3>${t("teachEvents")}</h3><ol class="history">
    ${lines.slice(-30).map((line) => html`<li class=${line.level === "info" ? "" : "by-itself"}><p>${line.message}</p><p class="quiet"><time datetime=${line.at}>${dateTime(line.at)}</time></p></li>`)}
  </ol></section>`;
}
