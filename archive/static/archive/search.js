// Shows what is found while the reader types: asks for the same page, and puts its results in the place of these.
// Without this script the page is the same, by its button.
"use strict";
{
  const PAUSE = 300;
  const LEAST = 3;
  // Of the page that is fetched, what takes the place of its like here.
  const PARTS = ["#results", "link[rel=canonical]"];

  const form = document.querySelector(".search-page .search-form");
  const box = form.elements.q;
  const found = document.getElementById("found");
  let timer, fetching;

  const addressOf = () => {
    const query = new URLSearchParams(new FormData(form));
    query.set("q", box.value.trim());
    return `${form.action}?${query}`;
  };

  const renew = async () => {
    fetching?.abort();
    fetching = new AbortController();
    const { signal } = fetching;
    const address = addressOf();
    try {
      const response = await fetch(address, { signal });
      const text = await response.text();
      if (!response.ok || signal.aborted) return;
      const page = new DOMParser().parseFromString(text, "text/html");
      const wasOpen = document.querySelector(".narrow details")?.open;
      for (const part of PARTS) document.querySelector(part)?.replaceWith(page.querySelector(part));
      document.querySelectorAll("link[rel=alternate]").forEach((link) => link.remove());
      document.head.append(...page.querySelectorAll("link[rel=alternate]"));
      const details = document.querySelector(".narrow details");
      if (details && wasOpen) details.open = true;
      document.title = page.title;
      // Said once, by those who have pages read to them.
      const words = page.getElementById("found").textContent;
      if (found.textContent !== words) found.textContent = words;
      history.replaceState(null, "", address);
    } catch {
      // Stopped by the next letter, or there is no network: the button remains.
    }
  };

  // Who spares data is asked for a press of the button.
  if (!navigator.connection?.saveData) {
    let asked = box.value.trim();
    form.addEventListener("input", (event) => {
      clearTimeout(timer);
      const words = box.value.trim();
      if (event.isComposing || words === asked) return;
      fetching?.abort();
      if (words.length < LEAST) return;
      timer = setTimeout(() => {
        asked = words;
        renew();
      }, PAUSE);
    });
    form.addEventListener("compositionend", () => form.dispatchEvent(new Event("input")));
    form.addEventListener("submit", () => clearTimeout(timer));
  }
}
