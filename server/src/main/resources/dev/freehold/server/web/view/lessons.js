// The data set of a teaching, row by row: what is learned, looked at and changed by a person before it is.
import { html, nothing, repeat } from "../libraries.js";
import { state, changed } from "../state.js";
import { number, t } from "../language.js";
import { fail } from "../talk.js";
import { lessonsPath, loadLessons, replaceLessons, saveLessons } from "../school.js";

const AT_ONCE = 20;

/** The rows of a teaching; `editable` while it waits for a person. */
export function lessons(id, editable) {
  const open = state.lessons?.id === id ? state.lessons : null;
  const replace = async (event) => {
    const [file] = event.target.files;
    if (file) await replaceLessons(id, file).catch(fail);
    event.target.value = "";
  };
  return html`<div class="lessons">
    <p class="links">
      ${open
        ? html`<button type="button" class="link" aria-expanded="true" @click=${() => changed(void (state.lessons = null))}>${t("teachHideRows")}</button>`
        : html`<button type="button" class="link" aria-expanded="false" @click=${() => loadLessons(id).catch(fail)}>${t(editable ? "teachEditRows" : "teachShowRows")}</button>`}
      <a href=${lessonsPath(id)} download="lessons.jsonl">${t("teachOpenData")}</a>
      ${editable ? html`<label class="file">${t("teachReplaceData")}<input class="unseen" type="file" accept=".jsonl,application/jsonl" @change=${replace}></label>` : nothing}
    </p>
    ${open ? rows(open, editable) : nothing}
  </div>`;
}

function rows(open, editable) {
  const words = open.query.trim().toLowerCase();
  const found = open.rows.filter((row) => (!open.kind || row.kind === open.kind) && (!words || row.text.toLowerCase().includes(words)));
  const kinds = [...new Set(open.rows.map((row) => row.kind))].sort();
  const touched = open.rows.filter((row) => row.out || row.changed).length;
  const ask = (field) => (event) => changed(void Object.assign(open, { [field]: event.target.value, shown: AT_ONCE }));
  return html`<div class="find">
      <label>${t("teachFind")}<input type="search" .value=${open.query} @input=${ask("query")}></label>
      <label>${t("teachKind")}<select @change=${ask("kind")}><option value="">${t("teachAllKinds")}</option>${kinds.map((kind) => html`<option value=${kind} ?selected=${kind === open.kind}>${kind}</option>`)}</select></label>
      <p class="quiet" role="status">${t("teachRowsFound", { n: number(found.length), of: number(open.rows.length) })}</p>
    </div>
    <ol class="rows">${repeat(found.slice(0, open.shown), (row) => row.at, (row) => one(row, editable))}</ol>
    ${found.length > open.shown ? html`<button type="button" class="plain" @click=${() => changed(void (open.shown += AT_ONCE))}>${t("teachMoreRows")}</button>` : nothing}
    ${editable && touched ? html`<p class="saving"><button type="button" class="primary" @click=${() => saveLessons().catch(fail)}>${t("teachSaveRows", { n: number(touched) })}</button></p>` : nothing}`;
}

function one(row, editable) {
  const set = (change) => () => changed(void Object.assign(row, change));
  return html`<li class=${row.out ? "out" : ""}>
    <p class="row-head"><span class="kind">${row.kind}</span>
      ${editable
        ? html`<span class="acts">
            ${row.out || row.open ? nothing : html`<button type="button" class="link" @click=${set({ open: true })}>${t("teachChangeRow")}</button>`}
            <button type="button" class="link" @click=${set({ out: !row.out, open: false })}>${t(row.out ? "teachPutBack" : "teachTakeOut")}</button></span>`
        : nothing}</p>
    ${row.parts.map((part) => said(row, part))}
  </li>`;
}

function said(row, part) {
  const write = (event) => {
    part.set(event.target.value);
    changed(void (row.changed = true));
  };
  return row.open
    ? html`<label class="turn">${part.role}<textarea rows=${Math.min(12, 1 + Math.ceil(part.get().length / 70))} .value=${part.get()} @input=${write}></textarea></label>`
    : html`<p class="turn"><span class="role">${part.role}</span> ${part.get()}</p>`;
}
