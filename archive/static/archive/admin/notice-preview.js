"use strict";
// Draws the notice while it is typed. The frame runs no script; without one here, the button shows the same page.
window.addEventListener("load", () => {
  const preview = document.getElementById("notice-preview");
  if (!preview) return;
  const form = preview.closest("form");
  const frame = preview.querySelector("iframe");
  let waiting, asked;

  async function draw() {
    asked?.abort();
    asked = new AbortController();
    try {
      const response = await fetch(preview.dataset.address, {
        method: "POST",
        body: new FormData(form),
        credentials: "same-origin",
        signal: asked.signal,
      });
      if (!response.ok) return;
      frame.srcdoc = await response.text();
      frame.hidden = false;
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  function soon() {
    clearTimeout(waiting);
    waiting = setTimeout(draw, 300);
  }

  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  // Select2 tells of a choice through jQuery alone.
  django.jQuery(form).on("change", soon);
  draw();
});
