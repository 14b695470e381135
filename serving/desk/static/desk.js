// What every page of the desk does beyond its links and forms; each works without this file, too.
"use strict";

// htmx shows what went wrong at the top of the page; the notice goes when the next request succeeds.
document.addEventListener("htmx:afterRequest", (event) => {
  const notice = document.getElementById("notice");
  if (notice && event.detail.successful) notice.replaceChildren();
});

document.addEventListener("htmx:sendError", () => {
  const notice = document.getElementById("notice");
  const sentence = document.createElement("p");
  sentence.className = "notice notice-bad";
  sentence.textContent = "The service does not answer. What you did was not saved; try again in a moment.";
  if (notice) notice.replaceChildren(sentence);
});

// A form that says data-confirm asks once more before it does what cannot be undone.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// A key that an element of the page names clicks it; what it names with data-then has the focus after that.
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=radio]), select, textarea");
  if (typing || document.querySelector("dialog[open]") || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  const details = target.closest("details");
  if (details) details.open = true;
  target.click();
  if (target.dataset.then) document.querySelector(target.dataset.then).select();
});

// What the account is follows from the decision until somebody says it themselves.
document.addEventListener("change", (event) => {
  const what = document.getElementById("what");
  if (event.target === what) what.dataset.chosen = "";
  if (what && event.target.dataset.found && what.dataset.chosen === undefined) what.value = event.target.dataset.found;
});

// A choice may suggest the reason for it, until somebody writes another.
document.addEventListener("change", (event) => {
  if (event.target.type !== "radio") return;
  const reason = event.target.form.querySelector("textarea[name=reason]");
  if (!reason || (reason.value && reason.value !== reason.dataset.suggested)) return;
  reason.value = event.target.dataset.reason ?? "";
  reason.dataset.suggested = reason.value;
});

// A file that is larger than its field says is refused before it is sent.
document.addEventListener("change", (event) => {
  const { largest, tooLarge } = event.target.dataset;
  if (!largest) return;
  const fits = Array.from(event.target.files).every((file) => file.size <= Number(largest));
  event.target.setCustomValidity(fits ? "" : tooLarge);
  event.target.reportValidity();
});
