// Before the first paint, so that nobody who chose dark is blinded by a flash of light. The page itself takes over once
// it is loaded; both use the same key.
try {
  const theme = localStorage.getItem("orrery.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden, as in a frame of another site; then the system decides.
}
