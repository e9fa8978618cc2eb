// What the page knows, and the one way to show it: change `state`, then call `changed()`.

export const state = {
  session: undefined, // undefined: not asked yet; null: nobody signed in
  version: "",
  route: { page: "chat" },
  reachable: true,
  models: [],
  suggestion: null,
  modelsLoaded: false,
  loads: Promise.resolve(), // settles when the first lists have arrived
  collections: [],
  collectionsLoaded: false,
  conversations: [],
  conversationsLoaded: false,
  query: "",
  conversation: null, // the one on show
  draft: { model: recall("model"), collections: chosenBefore() }, // what the next new conversation will use
  problem: null, // the last error of an action, shown until dismissed
  dialog: null,
  railOpen: false,
  editing: null, // the question being rewritten
  uploads: [],
  documents: null, // { collection, list }
  viewer: null, // the document on show
  search: null, // { collection, query, passages }
  workloads: null, // an administrator's, once they were asked for
  workload: null, // the one on show
  teachings: null, // what one had taught, once it was asked for
  teaching: null, // the one on show
  wishing: null, // a teaching being filled in
  lessons: null, // the data set of a teaching, row by row
  upstreams: null, // an administrator's, once they were asked for
  kinds: [], // what an upstream may speak
  tested: {}, // by upstream: what became of asking it for its models
  switching: null, // a switch being filled in
  proving: null, // what is proved of a workload
  golds: null, // the cases a person looks at
  drawing: null, // a benchmark being filled in
  terms: null, // a proof being filled in
  watching: null, // a watch being filled in
  report: null, // the proof whose report is open
};

// What a new conversation is answered from is what the one before was.
function chosenBefore() {
  try {
    const chosen = JSON.parse(recall("collections") ?? "[]");
    return Array.isArray(chosen) ? chosen : [];
  } catch {
    return [];
  }
}

/** Answers being written, by conversation id; they go on while another conversation is on show. */
export const streams = new Map();

let draw = () => {};
let due = false;
const afterwards = [];

export function drawWith(function_) {
  draw = function_;
}

/** Asks for the page to be drawn again in the next frame; `then` runs after it was. */
export function changed(then) {
  if (then) afterwards.push(then);
  if (due) return;
  due = true;
  const run = () => {
    due = false;
    draw();
    for (const next of afterwards.splice(0)) next();
  };
  // A hidden tab gets no frames, and an answer must be complete when the reader comes back.
  if (document.hidden) setTimeout(run, 50);
  else requestAnimationFrame(run);
}

let announced = "";
/** Tells a screen reader once, politely. */
export function announce(text) {
  const place = document.getElementById("announcer");
  // The same words twice would not be spoken twice.
  announced = text === announced ? text + "\u00a0" : text;
  place.textContent = announced;
}

export function remember(name, value) {
  try {
    localStorage.setItem("freehold." + name, value);
  } catch {
    // Nothing is lost but the preference.
  }
}

export function recall(name) {
  try {
    return localStorage.getItem("freehold." + name);
  } catch {
    return null;
  }
}
