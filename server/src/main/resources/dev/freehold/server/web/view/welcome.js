// A conversation that has not begun: what this place is for.
import { html, nothing } from "../libraries.js";
import { state, changed } from "../state.js";
import { t } from "../language.js";
import { offer } from "../papers.js";
import { chosenModel } from "../talk.js";
import { write, sources } from "./composer.js";
import * as icons from "./icons.js";

export function welcome() {
  const filled = state.collections.some((collection) => collection.documents > 0);
  const from = sources();
  const model = state.models.find((other) => other.name === chosenModel());
  const tries = from.length ? ["trySummary", "tryRule", "tryCompare"] : ["tryLetter", "tryExplain", "tryTranslate"];
  const pick = () => changed(void (state.dialog = { kind: "sources" }));
  return html`<div class="welcome">
    <p class="hello">${t("hello")}</p>
    <p class="lead">${from.length ? t("helloFrom", { names: from.map((collection) => collection.name).join(", ") }) : t("helloModel")}</p>
    <ul class="tries">${tries.map((name) => html`<li><button type="button" @click=${() => write(t(name))}>${t(name)}</button></li>`)}</ul>
    <div class="plots">
      ${!state.collectionsLoaded ? nothing : !filled ? invitation() : from.length ? nothing : html`<section class="plot"><h2>${icons.stack}${t("plotSources")}</h2><p>${t("plotSourcesText")}</p><button type="button" class="plain" @click=${pick}>${t("chooseSources")}</button></section>`}
      ${model && small(model) ? html`<section class="plot"><h2>${icons.warning}${t("plotSmall")}</h2><p>${t("plotSmallText", { model: model.name })}</p><button type="button" class="plain" @click=${() => changed(void (state.dialog = { kind: "models" }))}>${t("seeModels")}</button></section>` : nothing}
    </div>
  </div>`;
}

export const small = (model) => model.parameters > 0 && model.parameters < 1_000_000_000;

function invitation() {
  const choose = (event) => {
    offer([...event.target.files]);
    event.target.value = "";
  };
  return html`<section class="plot"><h2>${icons.attach}${t("plotDrop")}</h2><p>${t("plotDropText")}</p>
    <label class="plain file"><input type="file" multiple class="unseen" @change=${choose}>${t("chooseFiles")}</label></section>`;
}
