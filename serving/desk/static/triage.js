// The queue by keyboard: j and k move, a letter opens a dialog, and the dialog's answer is the row anew.
"use strict";

const dialogs = {
  assign: document.getElementById("assign-dialog"),
  comments: document.getElementById("comment-dialog"),
  triage: document.getElementById("decide-dialog"),
};
const help = document.getElementById("help-dialog");
let current = null;

const rows = () => Array.from(document.querySelectorAll("#queue tbody tr"));
const rowOf = (element) => element && element.closest("#queue tbody tr");

function go(step) {
  const all = rows();
  const at = all.findIndex((row) => row.id === current);
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
  if (next) next.querySelector("a.creator").focus();
}

document.addEventListener("focusin", (event) => {
  const row = rowOf(event.target);
  if (!row) return;
  for (const other of rows()) other.classList.toggle("current", other === row);
  current = row.id;
});

function open(what, state) {
  const row = document.getElementById(current) || rows()[0];
  const dialog = dialogs[what];
  if (!row || !dialog) return;
  current = row.id;
  const form = dialog.querySelector("form");
  form.reset();
  form.dataset.row = row.id;
  form.setAttribute("hx-post", `${row.dataset.place}/${what}`);
  form.setAttribute("hx-target", `#${row.id}`);
  htmx.process(form);
  for (const name of dialog.querySelectorAll("[data-who]")) name.textContent = row.dataset.name;
  for (const meaning of ["confirmed", "overturned"]) {
    for (const words of dialog.querySelectorAll(`[data-${meaning}]`)) words.textContent = row.dataset[meaning];
  }
  for (const words of dialog.querySelectorAll("[data-label]")) words.textContent = row.querySelector(".label").textContent.trim();
  for (const words of dialog.querySelectorAll("[data-first-reason]")) words.textContent = row.querySelector(".reason").textContent.trim();
  if (what === "triage") {
    form.elements.verdict_id.value = row.dataset.verdict;
    form.elements.shown_state.value = row.dataset.state;
  }
  const needsData = dialog.querySelector('[type=radio][value="needs data"]');
  if (needsData) needsData.dataset.reason = row.dataset.help;
  if (what === "comments") {
    document.getElementById("comments-so-far").replaceChildren();
    htmx.ajax("GET", `${row.dataset.place}/comments`, { target: "#comments-so-far", swap: "innerHTML" });
  }
  dialog.showModal();
  if (state) {
    form.querySelector(`[type=radio][value="${state}"]`).click();
    form.querySelector("textarea").select();
  }
}

const keys = {
  j: () => go(1),
  k: () => go(-1),
  a: () => open("assign"),
  m: () => open("comments"),
  c: () => open("triage", "confirmed"),
  o: () => open("triage", "overturned"),
  n: () => open("triage", "needs data"),
  "/": () => document.getElementById("search")?.focus(),
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, select, textarea") || document.querySelector("dialog[open]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});

document.addEventListener("click", (event) => {
  const act = event.target.closest("[data-act]");
  if (act) {
    current = rowOf(act).id;
    open(act.dataset.act === "decide" ? "triage" : act.dataset.act);
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
});

document.getElementById("help-button")?.addEventListener("click", () => help.showModal());

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target.closest("dialog form");
  if (form) form.closest("dialog").close();
});

// Only once htmx has settled: until then it gives a new row the attributes of the old one.
document.addEventListener("htmx:afterSettle", () => {
  const row = document.getElementById(current);
  if (row && !document.querySelector("dialog[open]") && !document.activeElement.matches("input, select")) {
    row.classList.add("current");
    row.querySelector("a.creator").focus();
  }
});

// What is downloaded is what the filter shows.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-export]");
  if (link) link.search = window.location.search;
});

// Whoever comes back from a creator's page goes on at its row.
rows().find((row) => `#${row.id}` === window.location.hash)?.querySelector("a.creator").focus();
