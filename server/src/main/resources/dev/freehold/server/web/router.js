// Addresses of the page. A passage on show is part of the address, so that "back" closes it; as a fragment, which the
// server need not know.

export function parse(location) {
  const query = new URLSearchParams(location.search);
  const [first, second, third] = location.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  const fragment = new URLSearchParams(location.hash.slice(1));
  const panel = fragment.get("open") ? { document: fragment.get("open"), passage: fragment.get("passage") } : null;
  switch (first) {
    case undefined:
      return { page: "chat", id: null, panel };
    case "c":
      return { page: "chat", id: second ?? null, panel };
    case "documents":
      return { page: "documents", id: second ?? null, panel };
    case "workloads":
      if (second && (third === "proofs" || third === "golds")) return { page: third, id: second, panel: null };
      return { page: "workloads", id: second ?? null, panel: null };
    case "upstreams":
      return { page: "upstreams", id: null, panel: null };
    case "d":
      return { page: "document", id: second, passage: query.get("passage"), panel: null };
    case "sign-in":
      return { page: "sign-in" };
    default:
      return { page: "chat", id: null, panel: null };
  }
}

let follow = () => {};

export function onRoute(function_) {
  follow = function_;
  addEventListener("popstate", () => follow(parse(location)));
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || link.hasAttribute("download") || url.pathname.startsWith("/api/")) return;
    event.preventDefault();
    if (link.getAttribute("href").startsWith("#")) {
      document.getElementById(url.hash.slice(1))?.focus();
      return;
    }
    go(url.pathname + url.search);
  });
}

export function go(path, { replace = false } = {}) {
  if (path !== location.pathname + location.search + location.hash) history[replace ? "replaceState" : "pushState"](null, "", path);
  follow(parse(location));
}

export function openPassage(document, passage) {
  const fragment = new URLSearchParams({ open: document });
  if (passage) fragment.set("passage", passage);
  go(`${location.pathname}#${fragment}`);
}

export function closePanel() {
  go(location.pathname);
}
