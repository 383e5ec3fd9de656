"use strict";
// A choice in a filter whose name is typed takes effect at once; without a script its button does it.
document.documentElement.classList.add("scripted");
// After Select2, which waits for jQuery's "ready" as well, and tells of a choice through jQuery alone.
django.jQuery(() => {
  for (const select of document.querySelectorAll(".autocomplete-filter select")) {
    const shown = select.parentElement.querySelector(".select2-selection__rendered");
    shown?.setAttribute("aria-label", select.getAttribute("aria-label"));
    django.jQuery(select).on("select2:select select2:clear", () => select.form.submit());
  }
});
