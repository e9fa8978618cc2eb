// The page around everything: rail, the place in the middle, the reading panel, notices.
import { html, nothing, live } from "../libraries.js";
import { state, changed } from "../state.js";
import { t } from "../language.js";
import { rail, closeRail } from "./rail.js";
import { chat } from "./chat.js";
import { collections } from "./collections.js";
import { workloads } from "./workloads.js";
import { proofs } from "./proofs.js";
import { golds } from "./golds.js";
import { upstreams } from "./upstreams.js";
import { readingPage, readingPanel } from "./viewer.js";
import { uploads } from "./uploads.js";
import * as icons from "./icons.js";

export function frame() {
  const panel = Boolean(state.route.panel);
  const covered = state.railOpen && narrow.matches;
  return html`
    <a class="skip" href="#main">${t("skip")}</a>
    <div class="frame" ?data-rail=${state.railOpen} ?data-panel=${panel}>
      ${rail()}
      ${covered ? html`<div class="veil" @click=${closeRail}></div>` : nothing}
      <main id="main" tabindex="-1" .inert=${live(covered || (panel && sheet.matches))}>${notices()}${place()}</main>
      ${panel ? readingPanel() : nothing}
    </div>
    ${uploads()}
    ${state.dropping ? html`<div class="drop-here" aria-hidden="true"><div>${icons.mark}<p>${t("dropHere")}</p><p class="quiet">${t("readable")}</p></div></div>` : nothing}`;
}

const narrow = matchMedia("(max-width: 56rem)");
const sheet = matchMedia("(max-width: 68rem)");
narrow.addEventListener("change", () => changed());
sheet.addEventListener("change", () => changed());

function place() {
  switch (state.route.page) {
    case "documents":
      return collections();
    case "workloads":
      return workloads();
    case "proofs":
      return proofs();
    case "golds":
      return golds();
    case "upstreams":
      return upstreams();
    case "document":
      return readingPage();
    default:
      return chat();
  }
}

export function openRail() {
  state.railOpen = true;
  changed(() => document.querySelector("#rail a")?.focus());
}

/** The line above each page: on narrow screens it opens the rail. */
export function bar(title, content = nothing) {
  return html`<header class="bar">
    <button type="button" id="open-rail" class="tool only-narrow" aria-label=${t("openMenu")} title=${t("openMenu")} aria-expanded=${state.railOpen} aria-controls="rail" @click=${openRail}>${icons.menu}</button>
    <h1 tabindex="-1" dir="auto" title=${title}>${title}</h1>
    ${content}
  </header>`;
}

function notices() {
  const dismiss = () => {
    state.problem = null;
    changed();
  };
  return html`
    ${state.reachable ? nothing : html`<div class="notice away" role="alert">${icons.warning}<p><strong>${t("unreachable")}</strong> ${t("unreachableNext")}</p></div>`}
    ${state.problem
      ? html`<div class="notice problem" role="alert">${icons.warning}<p>${state.problem}</p>
          <button type="button" class="tool" title=${t("dismiss")} aria-label=${t("dismiss")} @click=${dismiss}>${icons.close}</button></div>`
      : nothing}`;
}
