// The door: one field for the key.
import { html, nothing } from "../libraries.js";
import { state } from "../state.js";
import { t } from "../language.js";
import { enter } from "../app.js";
import { languageChoice } from "./rail.js";
import { plat } from "./plat.js";
import * as icons from "./icons.js";

export function signIn() {
  const submit = (event) => {
    event.preventDefault();
    enter(event.target.elements.key.value);
  };
  return html`<main class="door">
    <div class="entry"><form class="card" @submit=${submit} aria-labelledby="door-title">
      <p class="brand">${icons.mark}<span>Freehold</span></p>
      <h1 id="door-title" tabindex="-1">${t("signInTitle")}</h1>
      <p class="lead">${t("signInLead")}</p>
      <label for="key">${t("key")}</label>
      <input id="key" name="key" type="password" autocomplete="current-password" spellcheck="false" required placeholder="fh-…"
        aria-describedby=${state.signInProblem ? "key-problem" : "key-hint"} aria-invalid=${state.signInProblem ? "true" : "false"}>
      ${state.signInProblem ? html`<p id="key-problem" class="problem" role="alert">${state.signInProblem}</p>` : nothing}
      <button class="primary" ?disabled=${state.signingIn}>${t(state.signingIn ? "signingIn" : "signIn")}</button>
      <p id="key-hint" class="hint">${t("keyHint")}</p>
    </form>
    <footer>${languageChoice()}</footer></div>
    ${plat}
  </main>`;
}
