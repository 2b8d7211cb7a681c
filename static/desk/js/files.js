// Files of a reply: chosen, dropped or pasted; each is shown with its size and can be removed.
const SIZES = ["bytes", "KB", "MB"];

function size(bytes) {
  const step = Math.min(Math.floor(Math.log2(bytes || 1) / 10), SIZES.length - 1);
  return `${(bytes / 1024 ** step).toFixed(step ? 1 : 0)} ${SIZES[step]}`;
}

function field(form) {
  return form.querySelector('input[name="chosen"]');
}

function put(form, files) {
  const held = new DataTransfer();
  for (const file of files) held.items.add(file);
  field(form).files = held.files;
  show(form);
}

function entry(form, file) {
  const line = document.createElement("li");
  line.className = "composer-file";
  const name = document.createElement("span");
  name.className = "one-line";
  name.textContent = file.name;
  const bytes = document.createElement("small");
  bytes.textContent = size(file.size);
  const away = document.createElement("button");
  away.type = "button";
  away.setAttribute("aria-label", `Remove ${file.name}`);
  away.textContent = "×";
  away.addEventListener("click", () => {
    put(
      form,
      [...field(form).files].filter((each) => each !== file),
    );
    field(form).focus();
  });
  line.append(name, bytes, away);
  return line;
}

function show(form) {
  const files = field(form)?.files ?? [];
  form.querySelector("[data-chosen]")?.replaceChildren(...[...files].map((file) => entry(form, file)));
}

function add(event, files) {
  const form = event.target.closest?.("form[data-composer]");
  if (!form || !files?.length || !field(form)) return;
  event.preventDefault();
  put(form, [...field(form).files, ...files]);
}

// Choosing again adds to what was chosen before, as every mail program does.
let before = [];
document.addEventListener("click", ({ target }) => {
  if (target.matches?.('input[name="chosen"]')) before = [...target.files];
});
document.addEventListener("change", ({ target }) => {
  if (!target.matches?.('input[name="chosen"]')) return;
  put(target.form, [...before, ...target.files]);
  before = [];
});
document.addEventListener("drop", (event) => add(event, event.dataTransfer?.files));
document.addEventListener("paste", (event) => add(event, event.clipboardData?.files));
document.addEventListener("dragover", (event) => {
  if (event.target.closest?.("form[data-composer]")) event.preventDefault();
});
document.addEventListener("htmx:after:swap", () => {
  const form = document.querySelector("form[data-composer]");
  if (form) show(form);
});
