// Files dropped anywhere on the page.
import { state, changed } from "../state.js";
import { offer } from "../papers.js";

let depth = 0;
const carriesFiles = (event) => state.session && !state.dialog && event.dataTransfer?.types.includes("Files");

function show(yes) {
  if (state.dropping === yes) return;
  state.dropping = yes;
  changed();
}

export function listenToDrops() {
  addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth++;
    show(true);
  });
  addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  addEventListener("dragleave", (event) => {
    if (!carriesFiles(event)) return;
    depth = Math.max(0, depth - 1);
    if (depth === 0) show(false);
  });
  addEventListener("drop", async (event) => {
    depth = 0;
    show(false);
    if (!event.dataTransfer?.types.includes("Files")) return;
    // A file that is not taken must not replace the page either.
    event.preventDefault();
    if (!state.session || state.dialog) return;
    offer(await filesOf(event.dataTransfer));
  });
}

/** The files of a drop, those inside folders too. */
async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  const files = [];
  for (const entry of entries) await gather(entry, files);
  return files.filter((file) => !file.name.startsWith("."));
}

async function gather(entry, files) {
  if (entry.isFile) {
    files.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    // A folder is read in portions; an empty one is the end.
    const portion = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!portion.length) return;
    for (const inner of portion) await gather(inner, files);
  }
}
