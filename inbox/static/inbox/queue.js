// The queue, live and by keyboard. Without this file the page is the same list, renewed by hand.
"use strict";
(function () {
  const EVERY = 4000, SLOWEST = 60000;
  const box = document.getElementById("queue");
  const live = document.getElementById("live");
  const liveText = document.getElementById("live-text");
  const news = document.getElementById("news");
  let wait = EVERY;

  const rows = () => Array.from(box.querySelectorAll(".row"));
  const idOf = (row) => row.dataset.ticket;
  const selected = () => document.activeElement.closest ? document.activeElement.closest("#queue .row") : null;

  function remember(name, value) {
    try { sessionStorage.setItem(name, value); } catch { /* nothing is lost but comfort */ }
  }
  function recall(name) {
    try { const value = sessionStorage.getItem(name); sessionStorage.removeItem(name); return value; } catch { return null; }
  }
  remember("queue", location.pathname + (location.search || "?"));

  // --- keyboard -----------------------------------------------------------------------------
  function go(step) {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(selected());
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
    const link = all[next].querySelector(".row-link");
    link.focus({ preventScroll: true });
    all[next].scrollIntoView({ block: "nearest" });
  }
  const dialog = document.getElementById("keys");
  const keysOn = document.getElementById("keys-on");
  try { keysOn.checked = localStorage.getItem("keys") !== "off"; } catch { keysOn.checked = true; }
  keysOn.addEventListener("change", function () {
    try { localStorage.setItem("keys", keysOn.checked ? "on" : "off"); } catch { keysOn.checked = true; }
  });
  document.getElementById("keys-open").addEventListener("click", () => dialog.showModal());

  document.addEventListener("keydown", function (event) {
    const row = selected();
    switch (window.kentonganKey(event)) {
      case "j": go(1); break;
      case "k": go(-1); break;
      case "o": if (row) row.querySelector(".row-link").click(); break;
      case "a": {
        const accept = row && row.querySelector("[data-accept]");
        if (accept) { remember("row", String(rows().indexOf(row))); accept.click(); }
        break;
      }
      case "/": event.preventDefault(); document.getElementById("cari").focus(); break;
      case "?": dialog.showModal(); break;
      default:
    }
  });
  const place = recall("row");
  if (place !== null && rows().length) {
    const row = rows()[Math.min(Number(place) || 0, rows().length - 1)];
    row.querySelector(".row-link").focus();
  }

  // --- live arrival ---------------------------------------------------------------------------
  function replace(html) {
    const before = new Set(rows().map(idOf));
    const row = selected();
    const anchor = row || rows().find((r) => r.getBoundingClientRect().bottom > 0) || null;
    const top = anchor ? anchor.getBoundingClientRect().top : 0;
    const onButton = row && document.activeElement.matches("[data-accept]");
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const state = parsed.getElementById("queue-state");
    if (!state) { location.reload(); return; }
    box.replaceChildren(document.importNode(state, true));
    const same = anchor && rows().find((r) => idOf(r) === idOf(anchor));
    if (same) {
      if (row) (onButton && same.querySelector("[data-accept]") || same.querySelector(".row-link")).focus({ preventScroll: true });
      if (window.scrollY > 0 || row) window.scrollBy(0, same.getBoundingClientRect().top - top);
    }
    const fresh = rows().filter((r) => !before.has(idOf(r)));
    for (const r of fresh) r.classList.add("fresh");
    if (fresh.length) news.textContent = news.dataset.one + " (" + fresh.length + ")";
  }

  async function look() {
    const state = document.getElementById("queue-state");
    const address = new URL(box.dataset.source, location.href);
    address.search = location.search;
    address.searchParams.set("tanda", state.dataset.mark);
    const answer = await fetch(address, { redirect: "manual", credentials: "same-origin" });
    if (answer.type === "opaqueredirect") { location.reload(); return; }
    if (!answer.ok) throw new Error("status " + answer.status);
    if (answer.status !== 204 && !document.querySelector("form.sending")) replace(await answer.text());
  }
  async function turn() {
    if (!document.hidden) {
      try {
        await look();
        wait = EVERY;
        live.classList.remove("off");
        liveText.textContent = liveText.dataset.on;
      } catch {
        wait = Math.min(SLOWEST, wait * 2);
        live.classList.add("off");
        liveText.textContent = liveText.dataset.off;
      }
    }
    setTimeout(turn, wait);
  }
  if (box.dataset.first === "yes") setTimeout(turn, EVERY);
  else live.hidden = true;
})();
