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
