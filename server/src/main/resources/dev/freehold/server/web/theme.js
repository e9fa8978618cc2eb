// Runs before the first paint, so that a chosen theme never flashes in the other one.
(function () {
  try {
    const theme = localStorage.getItem("freehold.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be forbidden; the system's theme is then used.
  }
})();
