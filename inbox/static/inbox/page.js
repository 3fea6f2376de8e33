// What every page adds where scripts run: a form is sent once, menus close, "u" goes back. All of it optional.
"use strict";
(function () {
  document.documentElement.classList.add("js");
  for (const element of document.querySelectorAll(".js-only")) element.hidden = false;

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    form.classList.add("sending");
  });
  window.addEventListener("pageshow", function () {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.classList.remove("sending");
    }
  });

  document.addEventListener("click", function (event) {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  const here = document.querySelector(".nav [aria-current]"); // on a phone the row of pages is wider than the screen
  if (here) {
    const row = here.parentElement, at = here.getBoundingClientRect(), seen = row.getBoundingClientRect();
    row.scrollLeft += at.left - seen.left - (seen.width - at.width) / 2;
  }

  for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());

  function wanted() {
    try { return localStorage.getItem("keys") !== "off"; } catch { return true; }
  }
  window.kentonganKey = function (event) {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, dialog, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !wanted()) return "";
    return event.key;
  };

  const back = document.getElementById("back");
  if (back) {
    let last = null;
    try { last = sessionStorage.getItem("queue"); } catch { /* storage is closed: the plain queue will do */ }
    if (last && last.startsWith("/?")) back.href = last;
    document.addEventListener("keydown", function (event) {
      const key = window.kentonganKey(event);
      if (key === "u") back.click();
      if (key === "a") {
        const accept = document.querySelector(".actions [data-accept]");
        if (accept) accept.click();
      }
    });
  }
  const error = document.getElementById("error");
  if (error) error.scrollIntoView({ block: "center" });
})();
