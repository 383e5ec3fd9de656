"use strict";
// Counts along while an import is at work, and shows of the form what its format needs.
const progress = document.getElementById("job-progress");
if (progress?.dataset.address) {
  const look = async () => {
    if (!document.hidden) {
      const response = await fetch(progress.dataset.address, { credentials: "same-origin" }).catch(() => null);
      // The server may be away for a moment; a job that is gone, or a session that ended, is told by the page itself.
      if (response && (!response.ok || response.redirected)) return location.reload();
      if (response) {
        const told = await response.json();
        if (told.state !== progress.dataset.state) return location.reload();
        progress.innerHTML = told.html;
      }
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
}
for (const form of document.querySelectorAll(".job-form")) {
  const columns = form.querySelector(".field-columns");
  const file = form.querySelector("input[type=file]");
  const show = () => {
    const format = form.elements.format.value;
    const isTable = format ? form.dataset.tables.split(",").includes(format) : !file || /\.(csv|tsv|tab|txt|xlsx)$/i.test(file.value);
    columns.hidden = !isTable;
  };
  form.addEventListener("change", show);
  show();
}
