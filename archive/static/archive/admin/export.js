"use strict";
// One box that ticks and clears all columns.
const all = document.getElementById("all-columns");
const columns = [...document.querySelectorAll(".columns input")];
all.closest("label").hidden = false;
all.addEventListener("change", () => columns.forEach((column) => { column.checked = all.checked; }));
columns.forEach((column) => column.addEventListener("change", () => {
  all.checked = columns.every((each) => each.checked);
}));
