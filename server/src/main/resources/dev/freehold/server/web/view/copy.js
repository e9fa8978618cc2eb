// A button that copies and says so.
import { html } from "../libraries.js";
import { announce } from "../state.js";
import { t } from "../language.js";
import * as icons from "./icons.js";

async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // The clipboard interface is missing on plain HTTP away from this machine.
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("copy");
}

export function copyButton(text, label) {
  const copy = async (event) => {
    const button = event.currentTarget;
    try {
      await write(text());
      button.classList.add("copied");
      announce(t("copied"));
      setTimeout(() => button.classList.remove("copied"), 1600);
    } catch {
      announce(t("copyFailed"));
    }
    button.focus();
  };
  return html`<button type="button" class="tool copy" title=${label} aria-label=${label} @click=${copy}>${icons.copy}${icons.check}</button>`;
}
