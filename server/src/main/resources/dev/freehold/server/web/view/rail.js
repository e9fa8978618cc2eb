// The rail: conversations, documents, and the page's own settings.
import { html, nothing, repeat, live } from "../libraries.js";
import { state, streams, changed } from "../state.js";
import { choose, language, languages, period, t } from "../language.js";
import { loadConversations, fail } from "../talk.js";
import { toggleTheme } from "../keys.js";
import { signOut } from "../app.js";
import * as icons from "./icons.js";

let typing = 0;
function search(event) {
  state.query = event.target.value;
  clearTimeout(typing);
  typing = setTimeout(() => loadConversations().catch(fail), 180);
  changed();
}

export function languageChoice() {
  const change = async (event) => {
    await choose(event.target.value);
    changed();
  };
  return html`<label class="language"><span class="unseen">${t("language")}</span>
    <select @change=${change} .value=${language}>
      ${Object.entries(languages).map(([tag, name]) => html`<option value=${tag} lang=${tag} ?selected=${tag === language}>${name}</option>`)}
    </select>
  </label>`;
}

export function closeRail() {
  state.railOpen = false;
  changed(() => document.getElementById("open-rail")?.focus());
}

export function rail() {
  const { page } = state.route;
  const fresh = page === "chat" && !state.route.id;
  return html`<nav class="rail" id="rail" aria-label=${t("conversations")}>
    <div class="rail-head">
      <a class="brand" href="/">${icons.mark}<span>Freehold</span></a>
      <button type="button" class="tool only-narrow" aria-label=${t("closeMenu")} title=${t("closeMenu")} @click=${closeRail}>${icons.close}</button>
    </div>
    <a class="rail-link new" href="/" aria-current=${fresh ? "page" : nothing}>${icons.plus}<span>${t("newConversation")}</span></a>
    <a class="rail-link" href="/documents" aria-current=${page === "documents" ? "page" : nothing}>${icons.stack}<span>${t("documents")}</span></a>
    ${state.session.administrator ? html`<a class="rail-link" href="/workloads" aria-current=${["workloads", "proofs", "golds"].includes(page) ? "page" : nothing}>${icons.fork}<span>${t("workloads")}</span></a>
    <a class="rail-link" href="/upstreams" aria-current=${page === "upstreams" ? "page" : nothing}>${icons.link}<span>${t("upstreams")}</span></a>` : nothing}
    <div class="find">
      ${icons.search}
      <input id="find-conversation" type="search" .value=${live(state.query)} @input=${search} placeholder=${t("findConversation")} aria-label=${t("findConversation")}>
    </div>
    <div class="conversations" tabindex="-1">${conversations()}</div>
    <div class="rail-foot">
      <div class="who"><span class="name" title=${state.session.name}>${state.session.name}</span><span class="version">Freehold ${state.version}</span></div>
      <div class="settings">
        ${languageChoice()}
        <button type="button" class="tool" title=${t("toggleTheme")} aria-label=${t("toggleTheme")} @click=${toggleTheme}>${icons.theme}</button>
        <button type="button" class="tool" title=${t("help")} aria-label=${t("help")} @click=${() => changed(void (state.dialog = { kind: "keys" }))}>${icons.question}</button>
        <button type="button" class="tool" title=${t("signOut")} aria-label=${t("signOut")} @click=${signOut}>${icons.leave}</button>
      </div>
    </div>
  </nav>`;
}

function conversations() {
  if (!state.conversationsLoaded) return nothing;
  if (!state.conversations.length) return html`<p class="quiet">${state.query ? t("noConversationFound") : t("noConversation")}</p>`;
  const groups = [];
  for (const conversation of state.conversations) {
    const name = period(conversation.updated);
    if (groups.at(-1)?.name !== name) groups.push({ name, list: [] });
    groups.at(-1).list.push(conversation);
  }
  return groups.map((group) => html`<section><h2>${group.name}</h2><ul>${repeat(group.list, (item) => item.id, item)}</ul></section>`);
}

function item(conversation) {
  const current = state.route.page === "chat" && state.route.id === conversation.id;
  const title = conversation.title || t("untitled");
  const menu = (kind) => () => changed(void (state.dialog = { kind, conversation }));
  return html`<li class=${current ? "current" : ""}>
    <a href=${"/c/" + encodeURIComponent(conversation.id)} aria-current=${current ? "page" : nothing} title=${title} dir="auto">
      ${streams.has(conversation.id) ? html`<span class="pulse" role="img" aria-label=${t("writing")}></span>` : nothing}${title}
    </a>
    <span class="acts">
      <button type="button" class="tool" title=${t("rename")} aria-label=${t("renameOf", { name: title })} @click=${menu("rename")}>${icons.pencil}</button>
      <button type="button" class="tool" title=${t("delete")} aria-label=${t("deleteOf", { name: title })} @click=${menu("discard")}>${icons.trash}</button>
    </span>
  </li>`;
}
