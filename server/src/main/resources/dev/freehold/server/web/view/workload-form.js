// The dialog in which a workload is made or changed: where it leads, what is kept, what it costs, how badly a candidate may do.
import { html, nothing, repeat } from "../libraries.js";
import { state, changed } from "../state.js";
import { t } from "../language.js";
import { changeWorkload, createWorkload } from "../trade.js";
import { go } from "../router.js";
import * as icons from "./icons.js";

let rows = 0;

/** The dialog for a new workload, or for changing one. */
export function workloadDialog(workload) {
  const prices = Object.entries(workload?.prices ?? {}).map(([model, price]) => ({ id: rows++, model, ...price }));
  return { kind: "workload", workload, prices, problem: null };
}

export function workloadSheet(dialog, close) {
  const { workload } = dialog;
  return { title: workload ? t("changeWorkload", { name: workload.name }) : t("newWorkload"), content: form(dialog, close) };
}

function form(dialog, close) {
  const { workload } = dialog;
  const set = workload ?? { capture: "off", retentionDays: 30, sensitivity: "internal", form: "text", route: { fallbacks: [] }, guards: { errors: 0.05, invalid: 0.05, refusals: 0.1, seconds: 60 }, quality: { grader: "", judge: null, least: 0.5, seconds: 3600, cases: 20 } };
  const submit = async (event) => {
    event.preventDefault();
    const given = read(event.target, dialog);
    try {
      if (workload) await changeWorkload(workload.name, given);
      else await createWorkload(given);
      close();
      if (!workload) go("/workloads/" + encodeURIComponent(given.name));
    } catch (failure) {
      dialog.problem = failure.message;
      changed();
    }
  };
  return html`<form class="settings-form" @submit=${submit}>
    ${workload
      ? nothing
      : html`<label>${t("workloadName")}<input name="name" required autofocus autocomplete="off" maxlength="64" pattern="[a-z0-9][a-z0-9._\\-]*" placeholder="support-mails"></label>
        <p class="quiet">${t("workloadNameText")}</p>
        <label>${t("partIncumbent")}<input name="incumbent" required autocomplete="off" list="known-models" maxlength="300"></label>`}
    <label>${t("fallbacks")}<textarea name="fallbacks" rows="2" .value=${set.route.fallbacks.join("\n")} ?autofocus=${Boolean(workload)}></textarea></label>
    <p class="quiet">${t("fallbacksText")}</p>
    <div class="pair">
      <label>${t("capture")}${choice("capture", set.capture, [["off", t("captureOff")], ["metadata", t("captureMetadata")], ["full", t("captureFull")]])}</label>
      <label>${t("retention")}<input name="retentionDays" type="number" min="1" max="3650" required .value=${String(set.retentionDays)}></label>
      <label>${t("sensitivity")}${choice("sensitivity", set.sensitivity, [["public", t("sensitivityPublic")], ["internal", t("sensitivityInternal")], ["secret", t("sensitivitySecret")]])}</label>
      <label>${t("answersAre")}${choice("form", set.form, [["text", t("formText")], ["json", t("formJson")]])}</label>
    </div>
    <fieldset><legend>${t("guards")}</legend><p class="quiet">${t("guardsText")}</p>
      <div class="pair">
        ${share("errors", t("failures"), set.guards.errors)}${share("invalid", t("wrongForm"), set.guards.invalid)}${share("refusals", t("refusals"), set.guards.refusals)}
        <label>${t("guardSeconds")}<input name="seconds" type="number" min="0.001" max="86400" step="any" required .value=${String(set.guards.seconds)}></label>
      </div></fieldset>
    ${quality(set.quality)}
    ${prices(dialog)}
    <datalist id="known-models">${state.models.filter((model) => model.architecture !== "workload").map((model) => html`<option value=${model.name}></option>`)}</datalist>
    ${dialog.problem ? html`<p class="bad" role="alert">${dialog.problem}</p>` : nothing}
    <div class="buttons"><button type="button" class="plain" @click=${close}>${t("cancel")}</button><button class="primary">${workload ? t("save") : t("create")}</button></div>
  </form>`;
}

const choice = (name, chosen, options) => html`<select name=${name}>${options.map(([value, label]) => html`<option value=${value} ?selected=${value === chosen}>${label}</option>`)}</select>`;
const share = (name, label, value) => html`<label>${label}, %<input name=${name} type="number" min="0" max="100" step="any" required .value=${String(+(value * 100).toFixed(4))}></label>`;

const graders = ["exact", "normalised", "contains", "number", "json", "set-f1", "chrf", "rouge-l", "similarity", "judge"];

function quality(set) {
  return html`<fieldset><legend>${t("quality")}</legend><p class="quiet">${t("qualityText")}</p>
    <div class="pair">
      <label>${t("grader")}<input name="grader" list="graders" autocomplete="off" placeholder=${t("qualityOff")} .value=${set.grader}></label>
      <label>${t("judge")}<input name="judge" list="known-models" autocomplete="off" .value=${set.judge ?? ""}></label>
      <label>${t("leastScore")}<input name="least" type="number" min="0" max="1" step="any" required .value=${String(set.least)}></label>
      <label>${t("lookSeconds")}<input name="lookSeconds" type="number" min="1" max="2592000" required .value=${String(set.seconds)}></label>
      <label>${t("lookCases")}<input name="lookCases" type="number" min="1" max="1000" required .value=${String(set.cases)}></label>
    </div>
    <datalist id="graders">${graders.map((one) => html`<option value=${one}></option>`)}</datalist></fieldset>`;
}

function prices(dialog) {
  const add = () => changed(void dialog.prices.push({ id: rows++, model: "", prompt: "", cached: "", completion: "" }));
  const drop = (row) => () => changed(void (dialog.prices = dialog.prices.filter((one) => one !== row)));
  const amount = (row, field, label) => html`<label>${label}<input name=${field + row.id} type="number" min="0" step="any" ?required=${field !== "cached"} .value=${String(row[field])}></label>`;
  return html`<fieldset class="prices"><legend>${t("prices")}</legend><p class="quiet">${t("pricesText")}</p>
    ${repeat(dialog.prices, (row) => row.id, (row) => html`<div class="price">
      <label>${t("model")}<input name=${"model" + row.id} required list="known-models" autocomplete="off" .value=${row.model}></label>
      ${amount(row, "prompt", t("pricePrompt"))}${amount(row, "cached", t("priceCached"))}${amount(row, "completion", t("priceAnswer"))}
      <button type="button" class="tool" title=${t("removePrice")} aria-label=${t("removePrice")} @click=${drop(row)}>${icons.trash}</button>
    </div>`)}
    <button type="button" class="plain" @click=${add}>${icons.plus}<span>${t("addPrice")}</span></button>
  </fieldset>`;
}

function read(element, dialog) {
  const fields = new FormData(element);
  const text = (name) => String(fields.get(name) ?? "").trim();
  const share = (name) => Number(text(name)) / 100;
  const given = {
    fallbacks: text("fallbacks").split(/[\n,]/).map((one) => one.trim()).filter(Boolean),
    capture: text("capture"),
    retentionDays: Number(text("retentionDays")),
    sensitivity: text("sensitivity"),
    form: text("form"),
    guards: { errors: share("errors"), invalid: share("invalid"), refusals: share("refusals"), seconds: Number(text("seconds")) },
    quality: { grader: text("grader"), judge: text("judge"), least: Number(text("least")), seconds: Number(text("lookSeconds")), cases: Number(text("lookCases")) },
    prices: {},
  };
  for (const { id } of dialog.prices) {
    const price = { prompt: Number(text("prompt" + id)), completion: Number(text("completion" + id)) };
    if (text("cached" + id)) price.cached = Number(text("cached" + id));
    given.prices[text("model" + id)] = price;
  }
  if (!dialog.workload) Object.assign(given, { name: text("name"), incumbent: text("incumbent") });
  return given;
}
