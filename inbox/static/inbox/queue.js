// The queue by keyboard. Without this file the page is the same list, for the mouse and the Tab key.
"use strict";
(function () {
  const box = document.getElementById("queue");
  const rows = () => Array.from(box.querySelectorAll(".row"));
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
      case "x": {
        const pick = row && row.querySelector(".pick");
        if (pick) { pick.checked = !pick.checked; box.dispatchEvent(new Event("picked")); }
        break;
      }
      case "/": event.preventDefault(); document.getElementById("cari").focus(); break;
      case "?": dialog.showModal(); break;
      default:
    }
  });

  // --- several at once ------------------------------------------------------------------------
  const bar = document.getElementById("bulk");
  if (bar) {
    const picks = () => Array.from(box.querySelectorAll(".pick"));
    const count = function () {
      document.getElementById("picked").textContent = String(picks().filter((pick) => pick.checked).length);
    };
    const all = (on) => function () { for (const pick of picks()) pick.checked = on; count(); };
    box.addEventListener("change", count);
    box.addEventListener("picked", count);
    document.getElementById("pick-all").addEventListener("click", all(true));
    document.getElementById("pick-none").addEventListener("click", all(false));
    count();
  }

  const place = recall("row");
  if (place !== null && rows().length) {
    const row = rows()[Math.min(Number(place) || 0, rows().length - 1)];
    row.querySelector(".row-link").focus();
  }
})();
