// Where one writes: the question, the documents it is answered from, the model.
import { html, nothing, live as current, ref } from "../libraries.js";
import { state, changed } from "../state.js";
import { t } from "../language.js";
import { ask, chosenModel, stop, thread } from "../talk.js";
import { collectionOf, offer } from "../papers.js";
import { startEditing } from "./turns.js";
import * as icons from "./icons.js";

const drafts = new Map(); // conversation id → words not sent yet
const keyOf = () => state.conversation?.id ?? "new";
const draft = () => drafts.get(keyOf()) ?? "";

export function write(text) {
  drafts.set(keyOf(), text);
  changed(() => {
    const area = document.getElementById("question");
    area?.focus();
    grow(area);
  });
}

// For browsers without field-sizing; through the style object, which the content security policy allows.
function grow(area) {
  if (!area || CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = area.scrollHeight + "px";
}

async function send() {
  const text = draft().trim();
  if (!text) return;
  await state.loads;
  if (!state.models.length) return;
  const key = keyOf();
  drafts.set(key, "");
  changed();
  if (!(await ask(text))) drafts.set(key, text);
  changed(() => grow(document.getElementById("question")));
}

function key(event) {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (!event.target.form.dataset.busy) send();
  } else if (event.key === "ArrowUp" && !event.target.value && state.conversation) {
    const asked = thread(state.conversation).filter(({ message }) => message.role === "user");
    if (!asked.length) return;
    event.preventDefault();
    startEditing(asked.at(-1).message);
  }
}

export function sources() {
  const chosen = state.conversation?.collections ?? state.draft.collections;
  return chosen.map(collectionOf).filter(Boolean);
}

function choose(event) {
  offer([...event.target.files]);
  event.target.value = "";
}

export function composer(conversation, live) {
  if (state.unsent && state.unsent.conversation === conversation?.id) {
    drafts.set(conversation.id, state.unsent.text);
    state.unsent = null;
  }
  const text = draft();
  const from = sources();
  const model = conversation?.model || chosenModel();
  const busy = Boolean(live);
  const show = (kind) => () => changed(void (state.dialog = { kind }));
  return html`<form class="composer" data-busy=${busy ? "yes" : nothing} @submit=${(event) => (event.preventDefault(), send())}>
    <label class="unseen" for="question">${t("yourQuestion")}</label>
    <textarea id="question" dir="auto" rows="1" autocomplete="off" ${ref(grow)} placeholder=${from.length ? t("askDocuments") : t("askModel")}
      .value=${current(text)} @input=${(event) => (drafts.set(keyOf(), event.target.value), grow(event.target), changed())} @keydown=${key}></textarea>
    <div class="controls">
      <label class="tool file" title=${t("addDocuments")}>
        <input type="file" multiple class="unseen" aria-label=${t("addDocuments")} @change=${choose}>${icons.attach}
      </label>
      <button type="button" class=${from.length ? "pick set" : "pick"} aria-haspopup="dialog" @click=${show("sources")}>
        ${icons.stack}<span><span class="unseen">${t("answerFrom")}: </span>${from.length ? from.map((collection) => collection.name).join(", ") : t("noDocuments")}</span>${icons.down}
      </button>
      <button type="button" class="pick model" aria-haspopup="dialog" @click=${show("models")}>
        <span><span class="unseen">${t("model")}: </span>${model ?? (state.modelsLoaded ? t("noModel") : "…")}</span>${icons.down}
      </button>
      ${busy
        ? html`<button type="button" class="send" title=${t("stop")} aria-label=${t("stop")} @click=${() => stop(conversation)}>${icons.stop}</button>`
        : html`<button class="send" ?disabled=${!text.trim() || (state.modelsLoaded && !state.models.length)} title=${t("send")} aria-label=${t("send")}>${icons.send}</button>`}
    </div>
  </form>
  <p class="disclosure">${t("disclosure")}</p>`;
}
