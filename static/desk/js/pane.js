// The open ticket beside the list: which row it is, going back, what a refresh must not undo.
import { openPanelsAsRemembered } from "./choices.js";
import { tellTimes } from "./times.js";

const small = matchMedia("(width < 48rem)");

export function openTicket() {
  return document.querySelector("#pane > .ticket");
}

export function rows() {
  return [...document.querySelectorAll("#rows .row")];
}

export function currentRow() {
  return document.querySelector("#rows .row[data-current]");
}

export function mark(row) {
  currentRow()?.removeAttribute("data-current");
  row?.setAttribute("data-current", "");
}

function showWhichIsOpen() {
  const ticket = openTicket();
  if (!ticket) return;
  mark(document.getElementById(`t-${ticket.dataset.ticket}`));
  currentRow()?.scrollIntoView({ block: "nearest" });
  document.title = `${ticket.dataset.title} · supportcoord`;
}

// Leaves the ticket without losing the list: its rows and how far it was scrolled.
export function back() {
  const ticket = openTicket();
  const link = ticket?.querySelector("[data-back]");
  if (!ticket || !link) return false;
  const row = document.getElementById(`t-${ticket.dataset.ticket}`);
  history.pushState({ htmx: true }, "", link.href);
  document.getElementById("pane").replaceChildren();
  document.title = `${document.querySelector("#list h1").textContent} · supportcoord`;
  row?.scrollIntoView({ block: "nearest" });
  row?.querySelector("a").focus();
  return true;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-back]");
  if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey && back()) {
    event.preventDefault();
  }
});

// A refused change shows what is there now, not what was tried; a field in use is left alone.
function resetProperties() {
  const form = document.getElementById("properties");
  if (form && !form.contains(document.activeElement)) form.reset();
}

function topOnPhones() {
  if (small.matches && openTicket()) window.scrollTo({ top: 0 });
}

// An answer that comes late, when another ticket is open already, must not be put into it.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  ctx.ticket = ctx.sourceElement.closest?.(".ticket")?.dataset.ticket;
});

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (ctx.ticket && ctx.ticket !== openTicket()?.dataset.ticket) event.preventDefault();
});

document.addEventListener("htmx:after:swap", ({ detail }) => {
  const target = detail.ctx.target?.id;
  if (target === "pane") {
    showWhichIsOpen();
    openPanelsAsRemembered();
    topOnPhones();
  }
  if (target === "rows" || target === "list") showWhichIsOpen();
  resetProperties();
  tellTimes();
});

document.addEventListener("htmx:after:history:restore", showWhichIsOpen);

// What somebody opened or closed stays as it is when the page is refreshed underneath.
htmx.registerExtension("keep-open", {
  htmx_before_morph_attr: (element, { attrName }) =>
    !(element.localName === "details" && attrName === "open"),
});

showWhichIsOpen();
