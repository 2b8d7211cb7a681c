// A reply that waits counts down. The page tells how long it still waits; clocks need not agree.
import { composer } from "./composer.js";
import { notify } from "./notices.js";
import { openTicket } from "./pane.js";

class UndoClock extends HTMLElement {
  static observedAttributes = ["data-left"];

  connectedCallback() {
    this.timer = setInterval(() => this.tell(), 250);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  attributeChangedCallback() {
    this.end = performance.now() + Number(this.dataset.left) * 1000;
    this.tell();
  }

  tell() {
    const left = Math.ceil((this.end - performance.now()) / 1000);
    const words = left > 0 ? `Leaves in ${left} s` : "Leaves any moment";
    if (this.textContent !== words) this.textContent = words;
  }
}

customElements.define("undo-clock", UndoClock);

export function undo() {
  if (!openTicket()) return;
  const last = [...openTicket().querySelectorAll("[data-undo]")].at(-1);
  if (last) last.click();
  else notify("No reply of yours waits to leave, so none can be taken back.");
}

// What was typed since then stands below the text that comes back.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const typed = composer()?.querySelector("textarea").value.trim();
  if (ctx.sourceElement.matches?.("form.undo") && typed) ctx.request.body.set("typed", typed);
});
