// The ticket page, live: who else is here, whether it has moved on; questions to the clipboard. All of it optional.
"use strict";
(function () {
  const EVERY = 20000, SLOWEST = 120000;
  const box = document.getElementById("presence");
  let wait = EVERY;

  async function look() {
    const answer = await fetch(box.dataset.source, { redirect: "manual", credentials: "same-origin" });
    if (answer.type === "opaqueredirect") { location.reload(); return; }
    if (!answer.ok) throw new Error("status " + answer.status);
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (parsed.body.textContent.trim() === box.textContent.trim()) return;  // a screen reader hears news only
    box.replaceChildren(...Array.from(parsed.body.childNodes, (node) => document.importNode(node, true)));
  }
  async function turn() {
    if (!document.hidden) {
      try { await look(); wait = EVERY; } catch { wait = Math.min(SLOWEST, wait * 2); }
    }
    setTimeout(turn, wait);
  }
  if (box) {
    setTimeout(turn, EVERY);
    document.addEventListener("visibilitychange", function () {
      if (!document.hidden) look().catch(function () { wait = EVERY; });
    });
  }

  async function copy(field, text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {  // no permission, or a page without TLS: select it, for the reader's own hand
      field.focus();
      field.select();
      return false;
    }
  }
  // what was marked in the post last is what is meant; the click that opens the form unmarks it
  const words = document.querySelector("[data-selection]");
  if (words) {
    let marked = "";
    document.addEventListener("selectionchange", function () {
      const selection = document.getSelection(), anchor = selection.anchorNode;
      const inPost = anchor && anchor.parentElement && anchor.parentElement.closest(".case-main bdi, .copies bdi");
      if (inPost && !selection.isCollapsed) marked = selection.toString().trim();
    });
    words.closest("details").addEventListener("toggle", function (event) {
      if (event.target.open && marked && !words.value) words.value = marked.slice(0, 200);
    });
  }
  document.addEventListener("click", async function (event) {
    const button = event.target.closest("[data-copy], [data-fill]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy || button.dataset.fill);
    if (button.dataset.fill) {
      field.value = document.getElementById(button.dataset.from).textContent;
      field.focus();
      return;
    }
    const text = button.dataset.link ? field.value + "\n" + button.dataset.link : field.value;
    const said = button.parentElement.querySelector(".copied");
    said.textContent = await copy(field, text) ? button.dataset.done : "";
  });
})();
