// A conversation: its turns, and the place to write.
import { html, nothing, ref } from "../libraries.js";
import { state, streams, changed } from "../state.js";
import { t } from "../language.js";
import { thread } from "../talk.js";
import { bar } from "./frame.js";
import { composer } from "./composer.js";
import { question, answer, waiting } from "./turns.js";
import { welcome } from "./welcome.js";
import * as icons from "./icons.js";

let place = null;
let following = true;
let top = 0;
let shown = null;
let away = false;
let growing = false;

// Where an answer that grows is read: its question at the top, until the text needs the room; then the end of the text.
function readingPosition() {
  const turn = place.querySelector(".turn:last-child");
  if (!turn) return 0;
  const said = turn.querySelector(".said") ?? turn;
  const origin = place.getBoundingClientRect().top - place.scrollTop;
  const start = turn.getBoundingClientRect().top - origin - 8;
  const end = said.getBoundingClientRect().bottom - origin + 40 - place.clientHeight;
  return Math.min(Math.max(start, end), place.scrollHeight - place.clientHeight);
}

// The page follows the answer until the reader scrolls up; it follows again when the reader comes back to the end.
function scrolled() {
  const rest = readingPosition() - place.scrollTop;
  if (place.scrollTop < top - 2) following = rest < 4;
  else if (rest < 24) following = true;
  top = place.scrollTop;
  const far = rest > 120;
  if (far === away) return;
  away = far;
  changed();
}

function follow() {
  if (!place) return;
  const opened = shown !== state.conversation && !state.conversation?.loading;
  if (opened) shown = state.conversation;
  if (opened || state.follow) following = true;
  state.follow = false;
  const live = state.conversation && streams.has(state.conversation.id);
  if (opened && !live) showLastQuestion();
  // Once more when it is complete, for what stands below it then.
  else if (following && (live || growing)) place.scrollTop = readingPosition();
  growing = Boolean(live);
  top = place.scrollTop;
}

function showLastQuestion() {
  const turn = place.querySelector(".turn:last-child");
  place.scrollTop = turn ? turn.getBoundingClientRect().top - place.getBoundingClientRect().top + place.scrollTop - 8 : 0;
}

function take(element) {
  if (element === place) return;
  place = element ?? null;
  if (!place) return;
  shown = null;
  place.addEventListener("scroll", scrolled, { passive: true });
}

function toEnd() {
  following = true;
  place.scrollTo({ top: readingPosition(), behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

export function chat() {
  const { conversation } = state;
  if (conversation?.missing) {
    return html`${bar(t("conversationMissing"))}<div class="empty"><p>${t("conversationMissingNext")}</p><a class="primary" href="/">${t("newConversation")}</a></div>`;
  }
  const turns = conversation ? thread(conversation) : [];
  const live = conversation && streams.get(conversation.id);
  const annotated = turns.some(({ message }) => message.grounding || message.passages?.length) || (live && conversation.collections.length > 0);
  queueMicrotask(follow);
  return html`
    ${bar(conversation ? conversation.title || t("untitled") : t("newConversation"))}
    <div class=${annotated ? "talk annotated" : "talk"} ${ref(take)} tabindex="0" role="region" aria-label=${t("conversation")}>
      ${!conversation ? welcome() : conversation.loading ? nothing : html`<div class="turns">${pairs(turns, conversation, live)}</div>`}
    </div>
    <div class="float">${away && turns.length ? html`<button type="button" class="to-end" @click=${toEnd}>${icons.arrowDown}<span>${t("toEnd")}</span></button>` : nothing}</div>
    <div class=${annotated ? "foot annotated" : "foot"}><div class="write">${composer(conversation, live)}</div></div>`;
}

/** A question and its answer are one turn. */
function pairs(turns, conversation, live) {
  const shown = [];
  for (let at = 0; at < turns.length; at++) {
    const asked = turns[at].message.role === "user" ? turns[at] : null;
    const said = asked ? turns[at + 1] : turns[at];
    if (asked && said) at++;
    const last = at >= turns.length - 1;
    const busy = live && last ? live : null;
    shown.push(html`<article class="turn" aria-label=${t("turn")}>
      ${asked ? question(conversation, asked, Boolean(live)) : nothing}
      ${said ? answer(conversation, said, busy?.answer === said.message ? busy : null, Boolean(live)) : busy ? waiting(busy) : nothing}
    </article>`);
  }
  return shown;
}
