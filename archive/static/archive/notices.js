// Lets a reader close a notice at the foot of the window. What was closed is remembered in this browser alone,
// by the notice's text, so that a changed text shows again. Without this script the notices stay in the page.
"use strict";
{
  const STORE = "closed-notices";
  const MOST = 50;
  const isDigest = (text) => /^[0-9a-f]{16}$/.test(text);

  const closed = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(STORE));
      return Array.isArray(kept) ? kept.filter(isDigest) : [];
    } catch {
      return [];
    }
  };

  // Before the page is painted, so that a closed notice never flashes.
  const sheet = new CSSStyleSheet();
  const hide = () => sheet.replaceSync(closed().map((digest) => `.notice-footer[data-notice="${digest}"]{display:none}`).join(""));
  hide();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

  const shown = () => [...document.querySelectorAll(".notice-footer")].filter((notice) => notice.offsetHeight);
  // How much of the window's foot is covered; nothing where the notice is too tall to stick.
  const covered = () =>
    shown().reduce((sum, notice) => sum + (getComputedStyle(notice).position === "sticky" ? notice.offsetHeight : 0), 0);
  const makeRoom = () => {
    document.documentElement.style.scrollPaddingBottom = `${covered() + 16}px`;
  };

  let focusedBefore = null;

  document.addEventListener("click", (event) => {
    const notice = event.target.closest?.(".notice-close")?.closest(".notice-footer");
    if (!notice) return;
    try {
      const kept = closed().filter((digest) => digest !== notice.dataset.notice);
      localStorage.setItem(STORE, JSON.stringify([...kept, notice.dataset.notice].slice(-MOST)));
      hide();
    } catch {
      // Storage is refused: closed for this page at least.
    }
    notice.style.display = "none";
    makeRoom();
    (focusedBefore?.isConnected ? focusedBefore : document.getElementById("main"))?.focus({ preventScroll: true });
  });

  document.addEventListener("focusin", (event) => {
    if (event.target.closest(".notice-footer")) return;
    focusedBefore = event.target;
    const foot = innerHeight - covered();
    const box = event.target.getBoundingClientRect();
    if (covered() && box.height < foot && box.bottom > foot) scrollBy(0, box.bottom - foot + 8);
  });

  document.addEventListener("DOMContentLoaded", () => {
    makeRoom();
    addEventListener("resize", makeRoom);
  });
}
