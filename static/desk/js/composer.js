// The composer: Mod+Enter sends, and a draft outlives the page.
import { notify } from "./notices.js";
import { recall, remember } from "./store.js";

const mac = /Mac|iPhone|iPad/.test(navigator.platform);

export function composer() {
  return document.querySelector("form[data-composer]");
}

export function compose(kind) {
  const form = composer();
  if (!form) return;
  const radio = form.querySelector(`[name="kind"][value="${kind}"]`);
  if (radio && !radio.disabled) radio.checked = true;
  nameTheText();
  form.querySelector("textarea").focus();
}

// An empty box says whom it is for; a text stays when a reply becomes a note.
function nameTheText() {
  const form = composer();
  const area = form?.querySelector("textarea");
  if (!area) return;
  const isNote = form.querySelector('[name="kind"]:checked')?.value === "note";
  area.placeholder = isNote ? "Write a note for your colleagues" : area.dataset.reply;
  area.setAttribute("aria-label", isNote ? "Text of the note" : "Text");
}

// Everybody who got the customer's last mail gets a copy, as the fields then show.
export function replyToAll() {
  const form = composer();
  if (!form) return;
  compose("reply");
  const all = form.querySelector("[data-everybody]");
  const copies = form.querySelector('[name="cc"]');
  if (!copies) return;
  copies.closest("details").open = true;
  if (all) copies.value = all.dataset.everybody;
  else notify("Nobody else got the last mail.");
}

function keepDraft(form) {
  const text = form.querySelector("textarea").value;
  const kind = form.querySelector('[name="kind"]:checked')?.value ?? "reply";
  remember(form.dataset.draft, text.trim() ? JSON.stringify({ text, kind }) : "");
}

function bringDraftBack() {
  const form = composer();
  const area = form?.querySelector("textarea");
  if (!area || area.value) return;
  const kept = recall(form.dataset.draft);
  if (!kept) return;
  try {
    const { text, kind } = JSON.parse(kept);
    area.value = text;
    const radio = form.querySelector(`[name="kind"][value="${kind}"]`);
    if (radio && !radio.disabled) radio.checked = true;
    nameTheText();
  } catch {
    remember(form.dataset.draft, "");
  }
}

function taken({ status, headers }) {
  return status < 300 && !headers.get("HX-Redirect");
}

function nameTheKey() {
  for (const key of document.querySelectorAll("[data-mod]")) key.textContent = mac ? "⌘" : "Ctrl";
}

// Who follows the ticket since the page was made gets a copy too, unless somebody changed Cc.
function keepFollowers() {
  const copies = composer()?.querySelector('[name="cc"]');
  const followers = document.getElementById("panel-followers")?.dataset.followers;
  if (!copies || followers === undefined) return;
  if (copies.value === copies.dataset.followers) copies.value = followers;
  copies.dataset.followers = followers;
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-everybody]")) return;
  event.preventDefault();
  replyToAll();
});

document.addEventListener("input", ({ target }) => {
  const form = target.closest("form[data-composer]");
  if (!form) return;
  if (target.name === "kind") nameTheText();
  keepDraft(form);
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-composer]");
  if (!form) return;
  if (event.key === "Enter" && (event.metaKey || event.ctrlKey) && !event.isComposing) {
    event.preventDefault();
    const solve = event.shiftKey ? form.querySelector('button[value="solve"]') : null;
    form.requestSubmit(solve ?? form.querySelector("[data-send]"));
  }
  if (event.key === "Escape") event.target.blur();
});

// The draft goes once the desk says that it has taken the text, not when it was sent off. The way
// to the sign-in form is no such answer: the text waits for whoever comes back.
document.addEventListener("htmx:after:request", ({ detail }) => {
  const form = detail.ctx.sourceElement.closest?.("form[data-composer]");
  if (form && taken(detail.ctx.response)) remember(form.dataset.draft, "");
});

document.addEventListener("htmx:after:swap", ({ detail }) => {
  keepFollowers();
  if (detail.ctx.target?.id === "pane") {
    bringDraftBack();
    nameTheText();
    nameTheKey();
  }
});

bringDraftBack();
nameTheKey();
