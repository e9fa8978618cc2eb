// The workloads page: where each leads, what its models did since its route last changed, its history, and the switch.
import { html, nothing, repeat } from "../libraries.js";
import { state, changed } from "../state.js";
import { dateTime, number, percent, t } from "../language.js";
import { fail } from "../talk.js";
import { switchWorkload, permitTraining } from "../trade.js";
import { bar } from "./frame.js";
import { workloadDialog } from "./workload-form.js";
import * as icons from "./icons.js";

const stages = ["incumbent", "shadow", "canary", "full"];
const stageName = (stage) => ({ incumbent: t("stageIncumbent"), shadow: t("stageShadow"), canary: t("stageCanary"), full: t("stageFull") })[stage];
const partName = (part) => ({ incumbent: t("partIncumbent"), candidate: t("partCandidate"), fallback: t("partFallback"), shadow: t("partShadow") })[part];
const seconds = (value) => new Intl.NumberFormat(undefined, { style: "unit", unit: "second", maximumFractionDigits: 2 }).format(value);

export function workloads() {
  const list = state.workloads;
  return html`
    ${bar(t("workloads"), html`<button type="button" class="plain" @click=${() => changed(void (state.dialog = workloadDialog()))}>${icons.plus}<span>${t("newWorkload")}</span></button>`)}
    <div class="library">
      ${list?.length ? html`<nav class="shelves" aria-label=${t("workloads")}><ul>${repeat(list, (one) => one.name, shelf)}</ul></nav>` : nothing}
      ${list && !list.length ? none() : state.workload?.missing ? html`<p class="empty">${t("workloadMissing")}</p>` : state.workload ? one(state.workload) : nothing}
    </div>`;
}

function none() {
  return html`<div class="empty"><h2>${t("noWorkloads")}</h2><p>${t("noWorkloadsText")}</p></div>`;
}

function shelf(workload) {
  const current = state.workload?.name === workload.name;
  return html`<li><a href=${"/workloads/" + encodeURIComponent(workload.name)} aria-current=${current ? "page" : nothing}>
    <strong>${workload.name}</strong><span>${stageName(workload.route.stage)}</span></a></li>`;
}

function one(workload) {
  return html`<section class="workload" aria-labelledby="workload-name">
    <header class="with-acts"><div><h2 id="workload-name">${workload.name}</h2>
      <p class="quiet">${t("captureIs", { mode: captureName(workload.capture) })} · ${t("keptDays", { n: workload.retentionDays })} · ${sensitivityName(workload.sensitivity)}</p></div>
      <div class="acts"><button type="button" class="plain" @click=${() => changed(void (state.dialog = workloadDialog(workload)))}>${icons.pencil}<span>${t("change")}</span></button>
        <button type="button" class="tool" title=${t("removeWorkload", { name: workload.name })} aria-label=${t("removeWorkload", { name: workload.name })} @click=${() => changed(void (state.dialog = { kind: "discardWorkload", workload }))}>${icons.trash}</button></div></header>
    ${way(workload.route)}
    <p class="row"><a class="plain" href=${`/workloads/${encodeURIComponent(workload.name)}/proofs`}>${t("toProofs")}</a></p>
    ${control(workload)}
    ${live(workload.live)}
    ${quality(workload)}
    ${history(workload.history)}
    ${recent(workload.live.recent)}
  </section>`;
}

const captureName = (mode) => ({ off: t("captureOff"), metadata: t("captureMetadata"), full: t("captureFull") })[mode];
const sensitivityName = (word) => ({ public: t("sensitivityPublic"), internal: t("sensitivityInternal"), secret: t("sensitivitySecret") })[word];

/** Who answers whom, as a strip whose parts are as long as their share of the people. */
function way(route) {
  const share = { incumbent: 0, shadow: 0, canary: route.share, full: 100 }[route.stage];
  const asked = route.stage === "shadow";
  return html`<div class="way">
    <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect class="theirs" width="100" height="4"></rect><rect class="ours" width=${share} height=${asked ? 0 : 4}></rect>
    </svg>
    <dl>
      <div><dt>${t("partIncumbent")}</dt><dd><span class="dot theirs"></span><b>${route.incumbent}</b> <span class="quiet">${percent((100 - share) / 100)}</span></dd></div>
      ${route.candidate ? html`<div><dt>${t("partCandidate")}</dt><dd><span class="dot ours"></span><b>${route.candidate}</b> <span class="quiet">${asked ? t("askedUnseen") : percent(share / 100)}</span></dd></div>` : nothing}
      ${route.fallbacks.length ? html`<div><dt>${t("partFallback")}</dt><dd><b>${route.fallbacks.join(", ")}</b></dd></div>` : nothing}
    </dl>
  </div>`;
}

function control(workload) {
  const { route } = workload;
  const now = () => (state.switching?.name === workload.name ? state.switching : { name: workload.name, stage: route.stage, to: route.candidate ?? "", share: route.share || 10, reason: "" });
  const chosen = now();
  // Two changes may come before the page is drawn again: each goes on from the one before.
  const set = (field) => (event) => changed(void (state.switching = { ...now(), [field]: event.target.value }));
  const models = state.models.filter((model) => model.architecture !== "workload" && model.name !== route.incumbent).map((model) => model.name);
  if (chosen.to && !models.includes(chosen.to)) models.unshift(chosen.to);
  const submit = async (event) => {
    event.preventDefault();
    const { stage, to, share, reason, verdict, of } = now();
    const change = { stage };
    if (to) change.to = to;
    if (stage === "canary") change.share = Number(share);
    if (verdict && to === of) change.verdict = verdict;
    if (reason.trim()) change.reason = reason.trim();
    try {
      await switchWorkload(workload.name, change);
      state.switching = null;
      changed();
    } catch (failure) {
      fail(failure);
    }
  };
  const forward = chosen.stage === "canary" || chosen.stage === "full";
  return html`<form class="switch" @submit=${submit} aria-label=${t("switchTitle")}>
    <fieldset><legend>${t("howFar")}</legend><div class="steps">
      ${stages.map((stage) => html`<label class=${stage === chosen.stage ? "chosen" : ""}><input type="radio" name="stage" value=${stage} .checked=${stage === chosen.stage} @change=${set("stage")}>${stageName(stage)}</label>`)}
    </div></fieldset>
    <label>${t("partCandidate")}<select @change=${set("to")}>
      <option value="" ?selected=${!chosen.to}>${t("chooseModel")}</option>
      ${models.map((name) => html`<option value=${name} ?selected=${name === chosen.to}>${name}</option>`)}
    </select></label>
    ${chosen.stage === "canary" ? html`<label class="share">${t("shareOfPeople")}<input type="number" min="0.1" max="99.9" step="any" required .value=${String(chosen.share)} @input=${set("share")}></label>` : nothing}
    <label>${t("reason")}<input type="text" maxlength="1000" .value=${chosen.reason} @input=${set("reason")}></label>
    <button type="submit" class="primary">${t("doSwitch")}</button>
    ${forward ? html`<p class="quiet note">${chosen.verdict && chosen.to === chosen.of ? t("onVerdict", { id: chosen.verdict }) : t("noVerdictNote")}</p>` : nothing}
  </form>`;
}

function live({ figures, dropped }) {
  if (!figures.length) return html`<section class="part"><h3>${t("sinceSwitch")}</h3><p class="quiet">${t("nothingYet")}</p></section>`;
  const share = (part, of) => (of ? html`${number(part)} <span class="quiet">${percent(part / of)}</span>` : "–");
  return html`<section class="part"><h3>${t("sinceSwitch")}</h3>
    <div class="table" tabindex="0" role="region" aria-label=${t("sinceSwitch")}><table>
      <thead><tr><th scope="col">${t("part")}</th><th scope="col" data-align="right">${t("exchanges")}</th><th scope="col" data-align="right">${t("failures")}</th><th scope="col" data-align="right">${t("wrongForm")}</th><th scope="col" data-align="right">${t("refusals")}</th><th scope="col" data-align="right">${t("median")}</th><th scope="col" data-align="right">${t("p95")}</th><th scope="col" data-align="right">${t("cost")}</th></tr></thead>
      <tbody>${figures.map((one) => html`<tr><th scope="row">${partName(one.part)}</th><td data-align="right">${number(one.count)}</td><td data-align="right">${share(one.failed, one.count)}</td><td data-align="right">${share(one.invalid, one.count - one.failed)}</td><td data-align="right">${share(one.refused, one.count - one.failed)}</td><td data-align="right">${seconds(one.medianSeconds)}</td><td data-align="right">${seconds(one.p95Seconds)}</td><td data-align="right">${number(one.cost, 4)}</td></tr>`)}</tbody>
    </table></div>
    ${dropped ? html`<p class="quiet">${t("shadowsLeftOut", { n: dropped })}</p>` : nothing}
  </section>`;
}

function quality({ quality: asked, live: { quality: seen } }) {
  if (!asked.grader) return nothing;
  return html`<section class="part"><h3>${t("quality")}</h3>
    ${seen.graded ? html`<p>${t("qualitySeen", { n: seen.graded, mean: number(seen.mean, 2), low: number(seen.low, 2), high: number(seen.high, 2) })}</p>` : html`<p class="quiet">${t("nothingGraded")}</p>`}
    <p class="quiet">${t("qualityAsked", { least: number(asked.least, 2), grader: asked.judge ? `${asked.grader}, ${asked.judge}` : asked.grader })}${seen.waiting ? " · " + t("answersWait", { n: seen.waiting }) : nothing}</p>
    ${seen.problem ? html`<p class="bad">${icons.warning}${seen.problem}</p>` : nothing}
  </section>`;
}

function history(lines) {
  if (!lines.length) return nothing;
  return html`<section class="part"><h3>${t("history")}</h3><ol class="history">
    ${lines.map((line) => html`<li class=${line.byItself ? "by-itself" : ""}>
      <p><b>${line.after}</b></p>
      <p class="quiet"><time datetime=${line.at}>${dateTime(line.at)}</time> · ${line.byItself ? html`${icons.warning}${t("byGuards")}` : line.actor} · ${t("before", { where: line.before })}${line.byItself ? nothing : html` · ${line.verdict ? t("onVerdict", { id: line.verdict }) : t("withoutVerdict")}`}</p>
      ${line.reason ? html`<p>${line.reason}</p>` : nothing}
    </li>`)}
  </ol></section>`;
}

function recent(exchanges) {
  if (!exchanges.length) return nothing;
  return html`<section class="part"><h3>${t("newest")}</h3><ul class="exchanges">
    ${repeat(exchanges.slice(0, 20), (one) => one.id, (one) => html`<li>
      <p class="quiet"><span class="dot ${one.part === "candidate" || one.part === "shadow" ? "ours" : "theirs"}"></span>${partName(one.part)} · ${one.model} · <time datetime=${one.at}>${dateTime(one.at)}</time> · ${outcome(one)} · ${seconds(one.seconds)}</p>
      ${one.answer ? html`<p class="said" dir="auto">${one.answer}</p>
        <label class="tick quiet"><input type="checkbox" .checked=${one.mayTrain} @change=${(event) => permitTraining(state.workload.name, one.id, event.target.checked).catch(fail)}> ${t("mayTrain")}</label>` : nothing}
    </li>`)}
  </ul></section>`;
}

const outcome = (one) => (one.outcome === "failed" ? html`<span class="bad">${one.problem}</span>` : one.outcome === "left" ? t("clientLeft") : one.valid ? t("answered") : html`<span class="bad">${t("wrongForm")}</span>`);
