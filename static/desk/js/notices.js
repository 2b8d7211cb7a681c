// Short notices at the edge. They go by themselves, unless one is being read.
const STAYS = 6000;

function place() {
  return document.getElementById("notices");
}

function leaveLater(notice) {
  let timer = setTimeout(() => notice.remove(), STAYS);
  notice.addEventListener("pointerenter", () => clearTimeout(timer));
  notice.addEventListener("pointerleave", () => {
    timer = setTimeout(() => notice.remove(), STAYS);
  });
}

export function notify(text) {
  const notice = document.createElement("div");
  notice.className = "notice";
  const words = document.createElement("p");
  words.textContent = text;
  notice.append(words);
  place()?.append(notice);
  leaveLater(notice);
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-dismiss]")) target.closest(".notice")?.remove();
});

document.addEventListener("htmx:response:error", ({ detail }) => {
  const status = detail.ctx.response.status;
  if (status >= 500) notify("The desk could not do that just now. Nothing was changed; try again.");
  if (status === 403) notify("You may not do that, or you were signed out. Reload the page.");
});

document.addEventListener("htmx:error", ({ detail }) => {
  if (detail.ctx?.request?.method !== "GET") {
    notify("The desk did not answer. What you wrote is still here; try again.");
  }
});

for (const notice of document.querySelectorAll("[data-notice]")) leaveLater(notice);
