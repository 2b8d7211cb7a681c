// Settings of an inbox: a provider fills in what its name says, and only what matters is open.
function field(box, name) {
  return box.querySelector(`[name$="-${name}"]`);
}

function row(box, name) {
  return box.querySelector(`.form-row.field-${name}`);
}

function showWhatMatters(box) {
  const byToken = field(box, "sign_in").value === "oauth";
  row(box, "password").hidden = byToken;
  for (const name of ["client_id", "refresh_token"]) {
    row(box, name).closest("fieldset").hidden = !byToken;
  }
  field(box, "move_to").closest(".fieldBox").hidden = field(box, "afterwards").value !== "move";
}

for (const box of document.querySelectorAll(".in-box")) {
  const provider = field(box, "provider");
  if (!provider) continue;
  const presets = JSON.parse(provider.dataset.presets);
  provider.addEventListener("change", () => {
    for (const [name, value] of Object.entries(presets[provider.value] ?? {})) {
      field(box, name).value = value;
    }
    showWhatMatters(box);
  });
  for (const name of ["sign_in", "afterwards"]) {
    field(box, name).addEventListener("change", () => showWhatMatters(box));
  }
  showWhatMatters(box);
}

// After a test that failed, what to mend is at hand. The address names the mailbox, and going
// there takes the focus away: that comes first.
const fault = document.querySelector("[data-at-fault]");
if (fault) {
  for (let fold = fault.closest("details"); fold; fold = fold.parentElement.closest("details")) {
    fold.open = true;
  }
  window.addEventListener("load", () => requestAnimationFrame(() => fault.focus()));
}

// A server may take its time: what was pressed says so, and cannot be pressed twice.
document.querySelector("#inbox_form")?.addEventListener("submit", (event) => {
  const pressed = event.submitter;
  if (pressed?.name !== "_try") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
  const said = document.createElement("p");
  said.className = "in-said";
  said.setAttribute("role", "status");
  said.textContent = "Asking…";
  pressed.parentElement.querySelector(".in-said")?.remove();
  pressed.parentElement.append(said);
});
window.addEventListener("pageshow", () => {
  delete document.querySelector("#inbox_form")?.dataset.sent;
});
