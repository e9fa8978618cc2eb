// The upstreams page: servers that are asked beside the models that are here. A key goes in and is never shown again.
import { html, nothing, repeat } from "../libraries.js";
import { state, changed } from "../state.js";
import { number, t } from "../language.js";
import { addUpstream, testUpstream } from "../trade.js";
import { bar } from "./frame.js";
import * as icons from "./icons.js";

export function upstreams() {
  const list = state.upstreams;
  const add = () => changed(void (state.dialog = { kind: "upstream", chosen: "openai", problem: null }));
  return html`
    ${bar(t("upstreams"), html`<button type="button" class="plain" @click=${add}>${icons.plus}<span>${t("addUpstream")}</span></button>`)}
    <div class="library"><p class="lead quiet">${t("upstreamsText")}</p>
      ${list === null ? nothing : list.length ? html`<ul class="upstreams">${repeat(list, (one) => one.name, one)}</ul>` : html`<div class="empty"><h2>${t("noUpstreams")}</h2><p>${t("noUpstreamsText")}</p></div>`}
    </div>`;
}

function one(upstream) {
  const discard = () => changed(void (state.dialog = { kind: "discardUpstream", upstream }));
  const tested = state.tested[upstream.name];
  return html`<li class="upstream">
    <header><h2>${upstream.name}</h2>
      <div class="acts"><button type="button" class="plain" ?disabled=${tested?.asking} @click=${() => testUpstream(upstream.name)}>${tested?.asking ? t("testing") : t("test")}</button>
        <button type="button" class="tool" title=${t("removeUpstream", { name: upstream.name })} aria-label=${t("removeUpstream", { name: upstream.name })} @click=${discard}>${icons.trash}</button></div></header>
    <p class="quiet">${upstream.kind} · <span dir="ltr">${upstream.url}</span> · ${upstream.private ? t("ownNetwork") : t("onInternet")} · ${upstream.keyed ? t("keyKept") : t("noKey")}</p>
    ${tested?.problem ? html`<p class="bad" role="alert">${icons.warning}${tested.problem}</p>` : tested?.ok ? html`<p class="good" role="status">${icons.check}${t("answersWell")}</p>` : nothing}
    ${upstream.models.length ? models(upstream.models) : html`<p class="quiet">${t("notTested")}</p>`}
  </li>`;
}

function models(list) {
  return html`<details ?open=${list.length <= 8}><summary>${t("modelCount", { n: list.length })}</summary>
    <ul class="model-names">${list.map((model) => html`<li><code>${model.name}</code> <span class="quiet">${model.contextLength ? t("contextOf", { n: number(model.contextLength) }) : nothing}</span>
      ${model.shutdown ? html`<span class="ends">${t("endsOn", { day: model.shutdown })}</span>` : nothing}</li>`)}</ul></details>`;
}

/** The dialog in which an upstream is added. */
export function upstreamSheet(dialog, close) {
  const usual = state.kinds.find((one) => one.kind === dialog.chosen)?.usual ?? "";
  const choose = (event) => changed(void (dialog.chosen = event.target.value));
  const submit = async (event) => {
    event.preventDefault();
    const fields = new FormData(event.target);
    const text = (name) => String(fields.get(name) ?? "").trim();
    const given = { name: text("name"), kind: dialog.chosen };
    if (text("url")) given.url = text("url");
    if (text("key")) given.key = text("key");
    if (text("apiVersion")) given.apiVersion = text("apiVersion");
    if (fields.get("private")) given.private = true;
    const models = text("models").split(/[\n,]/).map((one) => one.trim()).filter(Boolean);
    if (models.length) given.models = models;
    try {
      await addUpstream(given);
      close();
    } catch (failure) {
      dialog.problem = failure.message;
      changed();
    }
  };
  return {
    title: t("addUpstream"),
    content: html`<form class="settings-form" @submit=${submit} autocomplete="off">
      <p class="quiet">${t("upstreamGate")}</p>
      <div class="pair">
        <label>${t("name")}<input name="name" required autofocus maxlength="40" pattern="[a-z0-9][a-z0-9\\-]*" placeholder="openai"></label>
        <label>${t("kind")}<select name="kind" @change=${choose}>${state.kinds.map((one) => html`<option value=${one.kind} ?selected=${one.kind === dialog.chosen}>${one.kind}</option>`)}</select></label>
      </div>
      <label>${t("address")}<input name="url" type="url" inputmode="url" placeholder=${usual} ?required=${!usual}></label>
      <label class="tick"><input name="private" type="checkbox">${t("isPrivate")}</label>
      ${dialog.chosen === "azure" ? html`<label>api-version<input name="apiVersion" required placeholder="2024-10-21"></label>` : nothing}
      <label>${t("upstreamKey")}<input name="key" type="password" autocomplete="off" maxlength="4096"></label>
      <p class="quiet">${t("keyText")}</p>
      <label>${t("modelsByHand")}<textarea name="models" rows="2" ?required=${dialog.chosen === "azure"}></textarea></label>
      <p class="quiet">${t("modelsByHandText")}</p>
      ${dialog.problem ? html`<p class="bad" role="alert">${dialog.problem}</p>` : nothing}
      <div class="buttons"><button type="button" class="plain" @click=${close}>${t("cancel")}</button><button class="primary">${t("add")}</button></div>
    </form>`,
  };
}
