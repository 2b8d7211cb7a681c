// Before the first paint: the colours and the row height that were chosen last time.
try {
  const root = document.documentElement;
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  if (localStorage.getItem("rows") === "dense") root.dataset.rows = "dense";
} catch {
  // Storage may be forbidden; the desk looks as the system says then.
}
