// Live progress by server-sent events; without this file the page can be loaded again.
"use strict";

const panel = document.getElementById("progress");
const stream = new EventSource(panel.dataset.progress);

stream.addEventListener("progress", (event) => {
  const found = JSON.parse(event.data);
  const bar = document.getElementById("bar");
  bar.max = found.total || 1;
  bar.value = found.done;
  for (const name of ["done", "total"]) {
    document.getElementById(name).textContent = (found[name] ?? 0).toLocaleString(document.documentElement.lang);
  }
  if (found.state !== "running") {
    stream.close();
    window.location.reload();
  }
});
