// The one place that knows which library versions the page uses; they are WebJars of server/pom.xml.
export { html, svg, nothing, render } from "/webjars/lit-html/3.3.2/lit-html.js";
export { repeat } from "/webjars/lit-html/3.3.2/directives/repeat.js";
export { guard } from "/webjars/lit-html/3.3.2/directives/guard.js";
export { keyed } from "/webjars/lit-html/3.3.2/directives/keyed.js";
export { live } from "/webjars/lit-html/3.3.2/directives/live.js";
export { ref } from "/webjars/lit-html/3.3.2/directives/ref.js";
export { Marked } from "/webjars/marked/17.0.1/lib/marked.esm.js";

const prism = "/webjars/prismjs/1.30.0/components/prism-";

let core;
async function loadCore() {
  // The components look for a global of that name, and the core makes one where it finds `global`.
  globalThis.Prism = { manual: true, disableWorkerMessageHandler: true };
  globalThis.global = globalThis;
  await import(prism + "core.min.js");
}

/** Loads Prism and the grammars of those names, in that order; resolves to Prism. */
export async function loadPrism(grammars) {
  core ??= loadCore();
  await core;
  for (const grammar of grammars) {
    if (!globalThis.Prism.languages[grammar]) await import(`${prism}${grammar}.min.js`);
  }
  return globalThis.Prism;
}
