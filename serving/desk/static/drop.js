// Files are dropped anywhere on the form, and listed by name before they are sent.
"use strict";

const form = document.getElementById("drop-form");
const input = document.getElementById("files");
const chosen = document.getElementById("chosen");

function show() {
  chosen.replaceChildren(
    ...Array.from(input.files, (file) => {
      const item = document.createElement("li");
      item.textContent = `${file.name} (${Math.max(1, Math.round(file.size / 1024)).toLocaleString()} KiB)`;
      return item;
    }),
  );
}

input.addEventListener("change", show);

for (const kind of ["dragenter", "dragover"]) {
  form.addEventListener(kind, (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
}

for (const kind of ["dragleave", "drop"]) form.addEventListener(kind, () => form.classList.remove("over"));

form.addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files.length) {
    input.files = event.dataTransfer.files;
    show();
  }
});

form.addEventListener("submit", () => {
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  button.textContent = "Reading …";
});
