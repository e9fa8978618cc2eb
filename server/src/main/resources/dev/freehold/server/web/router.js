// Addresses of the page. A passage on show is part of the address, so that "back" closes it.

export function parse(location) {
  const query = new URLSearchParams(location.search);
  const [first, second] = location.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  const panel = query.get("open") ? { document: query.get("open"), passage: query.get("passage") } : null;
  switch (first) {
    case undefined:
      return { page: "chat", id: null, panel };
    case "c":
      return { page: "chat", id: second ?? null, panel };
    case "documents":
      return { page: "documents", id: second ?? null, panel };
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
    if (link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    go(url.pathname + url.search);
  });
}

export function go(path, { replace = false } = {}) {
  if (path !== location.pathname + location.search) history[replace ? "replaceState" : "pushState"](null, "", path);
  follow(parse(location));
}

export function openPassage(document, passage) {
  const query = new URLSearchParams({ open: document });
  if (passage) query.set("passage", passage);
  go(`${location.pathname}?${query}`);
}

export function closePanel() {
  go(location.pathname);
}
