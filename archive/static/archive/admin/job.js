"use strict";
// Counts along while an import is at work, shows of the form what its format needs, and sends a file once.
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
  const button = form.querySelector("[type=submit]");
  const words = button.value;
  // A large file takes its time, and who presses again would send it again.
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "sent";
    button.value = form.dataset.sending || words;
  });
  // Whoever comes back to the page may send another.
  window.addEventListener("pageshow", () => {
    delete form.dataset.sent;
    button.value = words;
  });
}
