// Live progress by server-sent events; without this file the page can be loaded again.
"use strict";

const panel = document.getElementById("progress");
const stream = new EventSource(panel.dataset.progress);

stream.addEventListener("progress", (event) => {
  const found = JSON.parse(event.data);
  document.getElementById("bar").value = found.done;
  document.getElementById("done").textContent = found.done.toLocaleString(document.documentElement.lang);
  if (found.state !== "running") {
    stream.close();
    window.location.reload();
  }
});
