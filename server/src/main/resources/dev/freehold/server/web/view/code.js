// A block of code: coloured by Prism's tokens, never by its HTML.
import { html, loadPrism } from "../libraries.js";
import { changed } from "../state.js";
import { t } from "../language.js";
import { copyButton } from "./copy.js";

// What a fence may say → the Prism grammars it needs, the last being its own.
const grammars = {
  bash: ["bash"], sh: ["bash"], shell: ["bash"], zsh: ["bash"],
  java: ["clike", "java"], kotlin: ["clike", "kotlin"], c: ["clike", "c"], cpp: ["clike", "c", "cpp"], "c++": ["clike", "c", "cpp"],
  csharp: ["clike", "csharp"], cs: ["clike", "csharp"], go: ["clike", "go"], rust: ["rust"], rs: ["rust"],
  javascript: ["clike", "javascript"], js: ["clike", "javascript"], typescript: ["clike", "javascript", "typescript"], ts: ["clike", "javascript", "typescript"],
  python: ["python"], py: ["python"], sql: ["sql"], json: ["json"], yaml: ["yaml"], yml: ["yaml"], toml: ["toml"], ini: ["ini"], properties: ["properties"],
  html: ["markup"], xml: ["markup"], svg: ["markup"], css: ["css"], diff: ["diff"], dockerfile: ["docker"], r: ["r"],
};

const coloured = new Map(); // fence → grammar, once loaded
const asked = new Set();

function grammarOf(language) {
  if (!(language in grammars)) return null;
  if (coloured.has(language)) return coloured.get(language);
  if (!asked.has(language)) {
    asked.add(language);
    loadPrism(grammars[language]).then(
      (prism) => {
        coloured.set(language, { prism, grammar: prism.languages[grammars[language].at(-1)] });
        loads++;
        changed();
      },
      () => {}, // The code is then shown in one colour.
    );
  }
  return null;
}

let loads = 0;
/** Changes when a grammar arrives, so that blocks shown before are coloured too. */
export const colours = () => loads;

export function codeBlock(text, fence) {
  const language = (fence ?? "").trim().split(/[\s{:,]/)[0].toLowerCase();
  const found = language ? grammarOf(language) : null;
  const content = found ? tokens(found.prism.tokenize(text, found.grammar)) : text;
  return html`<figure class="code">
    <figcaption><span>${language || t("code")}</span>${copyButton(() => text, t("copyCode"))}</figcaption>
    <pre tabindex="0" dir="ltr" aria-label=${t("code")}><code>${content}</code></pre>
  </figure>`;
}

const tokens = (parts) => (Array.isArray(parts) ? parts : [parts]).map((part) => (typeof part === "string" ? part : html`<span class=${"t-" + part.type}>${tokens(part.content)}</span>`));
