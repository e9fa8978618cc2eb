// The teaching page: what is taught, the two curves, the exam and its gates, and what a person decides.
import { html, nothing, repeat, svg } from "../libraries.js";
import { state, changed } from "../state.js";
import { bytes, dateTime, number, percent, t } from "../language.js";
import { fail } from "../talk.js";
import { beginTeaching, decide, lessonsPath, replaceLessons, stateName } from "../school.js";
import { bar } from "./frame.js";

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

function wish() {
  const models = state.models.filter((model) => !["workload", "upstream"].includes(model.architecture) && !model.name.includes("+"));
  const chosen = state.wishing ?? { model: models[0]?.name ?? "", source: state.collections[0]?.id ?? "", name: "", texts: 24, epochs: 3, review: true };
  const set = (field, of = (target) => target.value) => (event) => changed(void (state.wishing = { ...chosen, [field]: of(event.target) }));
  const submit = async (event) => {
    event.preventDefault();
    await beginTeaching({
      model: chosen.model,
      name: chosen.name.trim(),
      sources: ["collection:" + chosen.source],
      textsPerFact: Number(chosen.texts),
      epochs: Number(chosen.epochs),
      review: chosen.review,
    }).catch(fail);
  };
  return html`<section class="teaching"><header><h2>${t("teachNew")}</h2><p class="quiet">${t("teachLead")}</p></header>
    ${state.collections.length
      ? html`<form class="switch" @submit=${submit} aria-label=${t("teachNew")}>
          <label>${t("answerFrom")}<select @change=${set("source")}>${state.collections.map((one) => html`<option value=${one.id} ?selected=${one.id === chosen.source}>${one.name}</option>`)}</select></label>
          <label>${t("model")}<select @change=${set("model")}>${models.map(({ name }) => html`<option value=${name} ?selected=${name === chosen.model}>${name}</option>`)}</select></label>
          <label>${t("teachName")}<input required maxlength="64" pattern="[a-z0-9]([a-z0-9._\\-]*[a-z0-9])?" placeholder="handbook-1" spellcheck="false" .value=${chosen.name} @input=${set("name")}></label>
          <label>${t("teachTexts")}<input type="number" min="1" max="200" required .value=${String(chosen.texts)} @input=${set("texts")}></label>
          <label>${t("teachEpochs")}<input type="number" min="1" max="1000" required .value=${String(chosen.epochs)} @input=${set("epochs")}></label>
          <label class="tick note"><input type="checkbox" .checked=${chosen.review} @change=${set("review", (target) => target.checked)}> ${t("teachReview")}</label>
          <button type="submit" class="primary">${t("teachBegin")}</button>
        </form>`
      : html`<p class="empty">${t("teachNoCollection")}</p>`}
  </section>`;
}

function one(teaching) {
  return html`<section class="teaching" aria-labelledby="teaching-name">
    <header><h2 id="teaching-name">${teaching.served}</h2>
      <p class="standing" data-state=${teaching.state}><span class="dot"></span>${stateName(teaching.state)}${teaching.problem ? html`: ${teaching.problem}` : nothing}</p>
      ${teaching.reason ? html`<p class="quiet">${teaching.reason}</p>` : nothing}</header>
    ${decisions(teaching)}
    ${dataSet(teaching)}
    ${training(teaching)}
    ${teaching.examined ? exam(teaching.examined) : nothing}
    ${events(teaching.events)}
  </section>`;
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
  const replace = async (event) => {
    const [file] = event.target.files;
    if (file) await replaceLessons(id, file).catch(fail);
    event.target.value = "";
  };
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
    <p class="links"><a href=${lessonsPath(id)} download="lessons.jsonl">${t("teachOpenData")}</a>
      ${word === "review" ? html`<label class="file">${t("teachReplaceData")}<input class="unseen" type="file" accept=".jsonl,application/jsonl" @change=${replace}></label>` : nothing}</p>
  </section>`;
}

function training({ steps, state: word }) {
  if (!steps.length) return nothing;
  const last = steps.at(-1);
  const held = steps.filter((step) => step.heldOutLoss !== undefined);
  return html`<section class="part"><h3>${t("teachStep", { n: number(last.step), of: number(last.of) })}</h3>
    ${curves(steps, held, last.of)}
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
  const line = (points, value) => points.map((step, i) => `${i ? "L" : "M"}${x(step).toFixed(1)} ${(150 - (140 * value(step)) / top).toFixed(1)}`).join("");
  return html`<svg class="curves" viewBox="0 0 600 160" preserveAspectRatio="none" role="img" aria-label=${`${t("teachLoss")}: ${number(steps[0].loss, 2)} → ${number(steps.at(-1).loss, 2)}`}>
    <path class="ground" d="M0 150H600M0 80H600M0 10H600"></path>
    <path class="learned" d=${line(steps, (step) => step.loss)}></path>
    ${held.length ? svg`<path class="held" d=${line(held, (step) => step.heldOutLoss)}></path>${held.map((step) => svg`<circle class="held" cx=${x(step)} cy=${150 - (140 * step.heldOutLoss) / top} r="3"></circle>`)}` : nothing}
  </svg>`;
}

function exam(examined) {
  const group = (word) => ({ taught: t("teachGroupTaught"), control: t("teachGroupControl"), known: t("teachGroupKnown") })[word];
  const outcome = (word) => ({ held: t("teachHolds"), missed: t("teachMissed"), not_measured: t("teachNotMeasured") })[word];
  return html`<section class="part"><h3>${t("teachMatrix")}</h3>
    <div class="table" tabindex="0" role="region" aria-label=${t("teachMatrix")}><table>
      <thead><tr><th scope="col">${t("teachGroup")}</th><th scope="col">${t("teachWho")}</th><th scope="col" data-align="right">${t("teachOptions")}</th><th scope="col" data-align="right">${t("teachSurprise")}</th><th scope="col" data-align="right">${t("teachContains")}</th><th scope="col" data-align="right">F1</th></tr></thead>
      <tbody>${examined.matrix.map((row) => html`<tr><th scope="row">${group(row.group)}</th><td>${row.column}</td><td data-align="right">${percent(row.accuracy)} <span class="quiet">${number(row.right)}/${number(row.asked)}</span></td><td data-align="right">${number(row.surprise, 2)}</td><td data-align="right">${row.spoken ? percent(row.contains) : "–"}</td><td data-align="right">${row.spoken ? number(row.f1, 2) : "–"}</td></tr>`)}</tbody>
    </table></div>
    <h3 class="gates-title">${t("teachGates")}</h3>
    <ul class="gates">${examined.gates.map((gate) => html`<li data-outcome=${gate.outcome}><b>${outcome(gate.outcome)}</b> <span>${gate.demand}</span> <span class="quiet">${gate.found}</span></li>`)}</ul>
  </section>`;
}

function events(lines) {
  if (!lines?.length) return nothing;
  return html`<section class="part"><h3>${t("teachEvents")}</h3><ol class="history">
    ${lines.slice(-30).map((line) => html`<li class=${line.level === "info" ? "" : "by-itself"}><p>${line.message}</p><p class="quiet"><time datetime=${line.at}>${dateTime(line.at)}</time></p></li>`)}
  </ol></section>`;
}
