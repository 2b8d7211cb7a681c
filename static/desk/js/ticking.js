// A list on a narrow screen has no head: the box that ticks all of it says so in words.
const all = document.querySelector("#action-toggle");
if (all) {
  const label = document.createElement("label");
  const words = document.createElement("span");
  label.className = "rm-every";
  words.textContent = "All on this page";
  all.removeAttribute("aria-label");
  all.replaceWith(label);
  label.append(all, words);
}
