// Single-letter keys, off wherever somebody types. The table of them is in the dialog at "?".
import { tinykeys } from "../../vendor/tinykeys-3.1.0/tinykeys.js";
import { compose, replyToAll } from "./composer.js";
import { back, currentRow, mark, openTicket, rows } from "./pane.js";
import { undo } from "./undo.js";

function typing(target) {
  return target.closest?.("input, textarea, select, [contenteditable], dialog") !== null;
}

function step(by) {
  const all = rows();
  if (!all.length) return;
  const here = all.indexOf(currentRow());
  const next = all[Math.min(Math.max(here + by, 0), all.length - 1)] ?? all[0];
  if (openTicket()) next.querySelector("a").click();
  else next.querySelector("a").focus({ preventScroll: true });
  mark(next);
  next.scrollIntoView({ block: "nearest" });
}

function open() {
  if (!openTicket()) currentRow()?.querySelector("a").click();
}

function press(selector) {
  const button = openTicket()?.querySelector(selector);
  if (button && !button.disabled) button.click();
}

function why() {
  const panel = document.getElementById("panel-why");
  if (!panel) return;
  panel.open = true;
  panel.scrollIntoView({ block: "start" });
  panel.querySelector("summary").focus({ preventScroll: true });
}

function visit(slug) {
  document.querySelector(`.rail-link[data-go="${slug}"]`)?.click();
}

function showKeys() {
  document.getElementById("keys")?.showModal();
}

// After "g" the next letter names a place; it must not do what it does alone.
const LEADER_LASTS = 1000;
let leader = -LEADER_LASTS;

const KEYS = {
  g: ({ timeStamp }) => {
    leader = timeStamp;
  },
  j: () => step(1),
  k: () => step(-1),
  o: open,
  Enter: (event) => {
    if (event.target === document.body) open();
  },
  u: back,
  r: () => compose("reply"),
  a: replyToAll,
  n: () => compose("note"),
  e: () => press('button[value="solve"]'),
  i: () => press('button[value="take"]'),
  w: why,
  z: undo,
  "/": () => document.querySelector('.search [name="q"]')?.select(),
  "g i": () => visit("inbox"),
  "g r": () => visit("review"),
  "?": showKeys,
  "Shift+?": showKeys,
};

function guarded(keys, act) {
  return (event) => {
    if (typing(event.target) || event.isComposing) return;
    const second = event.timeStamp - leader < LEADER_LASTS;
    if (second && !keys.includes(" ") && keys !== "g") return;
    if (event.key !== "Enter") event.preventDefault();
    act(event);
  };
}

tinykeys(
  window,
  Object.fromEntries(Object.entries(KEYS).map(([keys, act]) => [keys, guarded(keys, act)])),
);

// A field is left with Escape, so that the letters are keys again.
window.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches?.('.search [name="q"]')) event.target.blur();
});
