// Keyboard shortcuts. All of them hold a modifier, so that they never get in the way of typing or of a screen reader.
import { state, streams, changed } from "./state.js";
import { go } from "./router.js";
import { stop } from "./talk.js";
import { pressInGolds } from "./view/golds.js";

export const mac = /Mac|iPhone|iPad/.test(navigator.platform);
const command = mac ? "⌘" : "Ctrl";

/** For the help sheet: what is pressed, and the message that says what it does. */
export const shortcuts = [
  [["Enter"], "keySend"],
  [["Shift", "Enter"], "keyLine"],
  [["Esc"], "keyStop"],
  [["↑"], "keyEdit"],
  [[command, "Shift", "O"], "keyNew"],
  [[command, "K"], "keySearch"],
  [[command, "Shift", "F"], "keyDocuments"],
  [[command, "Shift", "L"], "keyTheme"],
  [[command, "/"], "keyHelp"],
];

export function toggleTheme() {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark" || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  const next = dark ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem("freehold.theme", next);
  } catch {
    // It then lasts as long as the page.
  }
  changed();
}

export function focusSearch() {
  state.railOpen = true;
  changed(() => document.getElementById("find-conversation")?.focus());
}

function press(event) {
  if (!state.session || event.defaultPrevented) return;
  if (state.route.page === "golds" && !state.dialog && pressInGolds(event)) return;
  if (event.key === "Escape") {
    escape(event);
    return;
  }
  if (!(mac ? event.metaKey : event.ctrlKey) || event.altKey || state.dialog) return;
  const key = event.key.toLowerCase();
  const action = event.shiftKey
    ? { o: () => go("/"), f: () => go("/documents"), l: toggleTheme }[key]
    : { k: focusSearch, "/": () => changed(void (state.dialog = { kind: "keys" })) }[key];
  // On many layouts "/" itself needs Shift.
  const help = event.shiftKey && (key === "/" || event.code === "Digit7") && event.key === "/";
  if (!action && !help) return;
  event.preventDefault();
  if (help) changed(void (state.dialog = { kind: "keys" }));
  else action();
}

function escape(event) {
  if (state.dialog) return;
  if (state.route.panel) {
    event.preventDefault();
    history.length > 1 ? history.back() : go(location.pathname);
  } else if (state.editing) {
    state.editing = null;
    changed(() => document.getElementById("question")?.focus());
  } else if (state.railOpen && matchMedia("(max-width: 56rem)").matches) {
    state.railOpen = false;
    changed(() => document.getElementById("open-rail")?.focus());
  } else if (state.conversation && streams.has(state.conversation.id)) {
    event.preventDefault();
    stop(state.conversation);
  }
}

export function listenToKeys() {
  document.addEventListener("keydown", press);
}
