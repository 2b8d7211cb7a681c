// What happened elsewhere: the stream tells which ticket changed, the page fetches what it shows.
// Without the stream it asks every twenty seconds.
import { openTicket, rows } from "./pane.js";

const POLL = 20_000;
const TOGETHER = 300;
const PAGE = 50;
const MOST = 300;
let polling = null;
let waiting = null;
let changed = new Set();

function busy() {
  return document.querySelector("form[data-composer].htmx-request, #properties.htmx-request");
}

// Gives way to a search or to "load more": what those bring is as fresh (hx-sync on the rows).
function refreshRows() {
  const list = document.getElementById("rows");
  if (!list) return;
  const size = Math.min(Math.max(rows().length, PAGE), MOST);
  const url = new URL(list.dataset.rowsUrl, location.href);
  url.searchParams.set("size", size);
  htmx.ajax("GET", url.pathname + url.search, { source: list, target: "#rows", swap: "innerMorph" });
}

function refreshTicket() {
  const ticket = openTicket();
  if (!ticket || busy()) return;
  htmx.ajax("GET", ticket.dataset.live, { source: ticket, target: "#ticket-head", swap: "none" });
}

function refresh() {
  waiting = null;
  const open = openTicket()?.dataset.ticket;
  const everything = changed.has("*");
  if (open && (everything || changed.has(open))) refreshTicket();
  changed = new Set();
  refreshRows();
}

export function heard(ticket) {
  changed.add(String(ticket));
  if (document.hidden) return;
  waiting ??= setTimeout(refresh, TOGETHER);
}

function poll(on) {
  if (on) polling ??= setInterval(() => heard("*"), POLL);
  else {
    clearInterval(polling);
    polling = null;
  }
}

function listen(url) {
  const source = new EventSource(url, { withCredentials: true });
  source.addEventListener("open", () => {
    if (polling) heard("*");
    poll(false);
  });
  source.addEventListener("message", ({ data }) => heard(JSON.parse(data).ticket));
  source.addEventListener("error", () => {
    poll(true);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(url), POLL);
  });
  addEventListener("pagehide", () => source.close());
}

// What was missed while nobody looked is fetched when somebody looks again.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && changed.size) waiting ??= setTimeout(refresh, 0);
});
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) location.reload();
});
document.addEventListener("desk:changed", () => heard("list"));

const url = document.body.dataset.stream;
if (url) listen(url);
