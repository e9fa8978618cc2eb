// What the exam of a teaching found: the matrix, what was held out, what was forgotten, and the gates.
import { html, nothing } from "../libraries.js";
import { number, percent, t } from "../language.js";

export function exam(examined) {
  return html`<section class="part"><h3>${t("teachGates")}</h3>${gates(examined.gates)}</section>
    ${examined.heldOut ? heldOut(examined.heldOut) : nothing}
    ${examined.matrix.length ? matrix(examined) : nothing}
    ${forgetting(examined.forgetting)}`;
}

function gates(list) {
  const outcome = (word) => ({ held: t("teachHolds"), missed: t("teachMissed"), not_measured: t("teachNotMeasured") })[word];
  return html`<ul class="gates">${list.map((gate) => html`<li data-outcome=${gate.outcome}><b>${outcome(gate.outcome)}</b> <span>${gate.demand}</span> <span class="quiet">${gate.found}</span></li>`)}</ul>`;
}

const table = (title, head, body) => html`<div class="table" tabindex="0" role="region" aria-label=${title}><table><thead><tr><td></td>${head.map((word) => html`<th scope="col" data-align="right">${word}</th>`)}</tr></thead><tbody>${body}</tbody></table></div>`;

const line = (name, before, after) => html`<tr><th scope="row">${name}</th><td data-align="right">${before}</td><td data-align="right">${after}</td></tr>`;

function heldOut({ surprise, words, margin, likelier, tooLong }) {
  const one = surprise ?? margin;
  return html`<section class="part"><h3>${t("teachHeldOutTitle", { n: number(one.cases) })}</h3>
    ${table(t("teachHeldOutTitle", { n: number(one.cases) }), [t("teachBase"), t("teachAdapter")], html`
      ${surprise ? line(t("teachSurprise"), number(surprise.before, 2), number(surprise.after, 2)) : nothing}
      ${words?.cases ? line(t("teachWords", { n: number(words.cases) }), number(words.before, 2), number(words.after, 2)) : nothing}
      ${likelier ? line(t("teachLikelier"), percent(likelier.before), percent(likelier.after)) : nothing}
      ${margin ? line(t("teachMargin"), number(margin.before, 1), number(margin.after, 1)) : nothing}`)}
    ${tooLong ? html`<p class="quiet">${t("teachTooLong", { n: number(tooLong) })}</p>` : nothing}
  </section>`;
}

function matrix({ matrix: rows, adapterBesideDocuments: beside }) {
  const group = (word) => ({ taught: t("teachGroupTaught"), control: t("teachGroupControl"), known: t("teachGroupKnown") })[word];
  const who = (word) => ({ base: t("teachBase"), "base+docs": t("teachBaseDocuments"), adapter: t("teachAdapter"), "adapter+docs": t("teachAdapterDocuments") })[word];
  const cells = (row, first) => html`<tr class=${first ? "first" : ""}><th scope="row">${first ? group(row.group) : html`<span class="unseen">${group(row.group)}</span>`}</th><td>${who(row.column)}</td><td data-align="right">${percent(row.accuracy)} <span class="quiet">${number(row.right)}/${number(row.asked)}</span></td><td data-align="right">${number(row.surprise, 2)}</td><td data-align="right">${row.spoken ? percent(row.contains) : "–"}</td><td data-align="right">${row.spoken ? number(row.f1, 2) : "–"}</td></tr>`;
  return html`<section class="part"><h3>${t("teachMatrix")}</h3>
    <div class="table" tabindex="0" role="region" aria-label=${t("teachMatrix")}><table>
      <thead><tr><th scope="col">${t("teachGroup")}</th><th scope="col">${t("teachWho")}</th><th scope="col" data-align="right">${t("teachOptions")}</th><th scope="col" data-align="right">${t("teachSurprise")}</th><th scope="col" data-align="right">${t("teachContains")}</th><th scope="col" data-align="right">F1</th></tr></thead>
      <tbody>${rows.map((row, i) => cells(row, row.group !== rows[i - 1]?.group))}</tbody>
    </table></div>
    ${beside ? html`<p class="quiet">${t("teachBeside", { points: points(beside.difference), low: points(beside.low), high: points(beside.high), n: number(beside.cases) })}</p>` : nothing}
  </section>`;
}

const points = (share) => (share > 0 ? "+" : "") + number(100 * share, 1);

function forgetting({ basePerplexity, adapterPerplexity, knownBefore, knownStill, agreement }) {
  return html`<section class="part"><h3>${t("teachForgetting")}</h3>
    ${table(t("teachForgetting"), [t("teachBase"), t("teachAdapter")], html`
      ${line(t("teachPerplexity"), number(basePerplexity, 2), number(adapterPerplexity, 2))}
      ${line(t("teachKnown"), number(knownBefore), number(knownStill))}
      ${line(t("teachAgreement"), "–", percent(agreement))}`)}
  </section>`;
}
