// Desks for operators: times in the reader’s zone, choosing all, filters that apply themselves.
const clock = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit",
});
const whole = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "full", timeStyle: "long",
});

for (const time of document.querySelectorAll("time[data-clock]")) {
  const then = new Date(time.dateTime);
  if (Number.isNaN(then.getTime())) continue;
  time.textContent = clock.format(then);
  time.title = `${whole.format(then)}, ${String(then.getMilliseconds()).padStart(3, "0")} ms`;
}

for (const part of document.querySelectorAll("[data-with-script]")) part.hidden = false;
for (const part of document.querySelectorAll("[data-without-script]")) part.hidden = true;
for (const field of document.querySelectorAll("[data-submits]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}

const every = document.querySelector("[data-every]");
const ticks = [...document.querySelectorAll(".op-tick input[type=checkbox]")];

function tellChosen() {
  const chosen = ticks.filter((tick) => tick.checked).length;
  every.checked = chosen > 0 && chosen === ticks.length;
  every.indeterminate = chosen > 0 && chosen < ticks.length;
  document.querySelector("[data-chosen]").textContent =
    chosen ? `${chosen} chosen` : "All on this page";
}

if (every) {
  every.addEventListener("change", () => {
    for (const tick of ticks) tick.checked = every.checked;
    tellChosen();
  });
  for (const tick of ticks) tick.addEventListener("change", tellChosen);
  tellChosen();
}

// A filter that is empty says nothing: the address stays short.
document.querySelector(".op-filters")?.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) if (!value) formData.delete(name);
});

// A second press while the first is on its way would only meet an answer that comes too late.
document.addEventListener("submit", (event) => {
  if (!event.target.closest(".op") || event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

document.querySelector("form[data-goes-on]")?.requestSubmit();
