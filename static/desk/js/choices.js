// Colours, row height, which panels stand open; menus close when one looks elsewhere.
import { recall, remember } from "./store.js";

const root = document.documentElement;

function showTheme() {
  const chosen = root.dataset.theme ?? "";
  for (const button of document.querySelectorAll("button[data-theme]")) {
    button.setAttribute("aria-pressed", String(button.dataset.theme === chosen));
  }
}

function chooseTheme(theme) {
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  remember("theme", theme);
  showTheme();
}

function showDensity() {
  const dense = root.dataset.rows === "dense";
  document.querySelector("[data-density]")?.setAttribute("aria-pressed", String(dense));
}

function toggleDensity() {
  if (root.dataset.rows) delete root.dataset.rows;
  else root.dataset.rows = "dense";
  remember("rows", root.dataset.rows ?? "");
  showDensity();
}

document.addEventListener("click", ({ target }) => {
  const theme = target.closest("button[data-theme]");
  if (theme) chooseTheme(theme.dataset.theme);
  if (target.closest("[data-density]")) toggleDensity();
  const opener = target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(target) || opener) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A click beside a dialog closes it.
document.addEventListener("click", (event) => {
  if (event.target.matches("dialog[open]")) event.target.close();
});

export function openPanelsAsRemembered() {
  for (const panel of document.querySelectorAll("details.panel[id]")) {
    const remembered = recall(panel.id);
    if (remembered) panel.open = remembered === "open";
  }
}

document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target.matches?.("details.panel[id]")) {
      remember(target.id, target.open ? "open" : "shut");
    }
  },
  true,
);

showTheme();
showDensity();
openPanelsAsRemembered();
