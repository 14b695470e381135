// A table of another kind has other fields: it is read again at once.
"use strict";

for (const select of document.querySelectorAll("[data-resubmit]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
