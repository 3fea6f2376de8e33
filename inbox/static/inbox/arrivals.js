// The queue, live: what is shown stays where it is; what is new waits behind one button until the reader asks for it.
"use strict";
(function () {
  const EVERY = 4000, SLOWEST = 60000;
  const box = document.getElementById("queue");
  const live = document.getElementById("live");
  const liveText = document.getElementById("live-text");
  const arrivals = document.getElementById("arrivals");
  let wait = EVERY, waiting = null;  // waiting: the state that the reader has not asked for yet

  const rows = (of) => Array.from((of || box).querySelectorAll(".row"));
  const idOf = (row) => row.dataset.ticket;
  const stateOf = (of) => of.querySelector("#queue-state");
  const focused = () => document.activeElement.closest ? document.activeElement.closest("#queue .row") : null;
  const byId = (id) => rows().find((row) => idOf(row) === id);

  // what of a row had the focus, so that it can be given back to the same thing in a newer copy of the row
  function held(row) {
    if (!row) return null;
    const kinds = [".row-link", "[data-accept]", ".pick"];
    return { id: idOf(row), kind: kinds.find((kind) => document.activeElement.matches(kind)) || ".row-link" };
  }
  function giveBack(hold) {
    const row = hold && byId(hold.id);
    if (row) (row.querySelector(hold.kind) || row.querySelector(".row-link")).focus({ preventScroll: true });
  }
  const picked = () => new Set(Array.from(box.querySelectorAll(".pick:checked"), (pick) => pick.dataset.pick));
  function pickAgain(ids) {
    for (const pick of box.querySelectorAll(".pick")) pick.checked = ids.has(pick.dataset.pick);
    box.dispatchEvent(new Event("picked"));
  }

  // --- showing what came -----------------------------------------------------------------------
  function show(state) {
    const before = new Set(rows().map(idOf));
    const hold = held(focused()), ids = picked();
    const anchor = focused() || rows().find((row) => row.getBoundingClientRect().bottom > 0) || null;
    const top = anchor ? anchor.getBoundingClientRect().top : 0;
    box.replaceChildren(document.importNode(state, true));
    pickAgain(ids);
    giveBack(hold);
    const same = anchor && byId(idOf(anchor));
    if (same && (window.scrollY > 0 || hold)) window.scrollBy(0, same.getBoundingClientRect().top - top);
    const fresh = rows().filter((row) => !before.has(idOf(row)));
    for (const row of fresh) row.classList.add("fresh");
    return fresh;
  }

  // rows that stand in both are renewed where they are; counts as well; nothing moves
  function renewInPlace(state) {
    const hold = held(focused()), ids = picked();
    for (const row of rows(state)) {
      const old = byId(idOf(row));
      if (old && !old.isEqualNode(row)) old.replaceWith(document.importNode(row, true));
    }
    const tabs = state.querySelector(".tabs");
    if (tabs) box.querySelector(".tabs").replaceWith(document.importNode(tabs, true));
    pickAgain(ids);
    giveBack(hold);
  }

  function announce(fresh) {
    const urgent = fresh.filter((row) => row.classList.contains("e-darurat")).length;
    const words = [fresh.length === 1 ? arrivals.dataset.one : arrivals.dataset.many.replace("{n}", fresh.length)];
    if (urgent) words.push(arrivals.dataset.urgent.replace("{n}", urgent));
    const button = document.createElement("button");
    button.type = "button";
    button.className = urgent ? "button primary urgent" : "button primary";
    button.textContent = words.join(", ") + " – " + arrivals.dataset.show;
    button.addEventListener("click", showWaiting);
    const had = arrivals.contains(document.activeElement);
    if (arrivals.textContent === button.textContent) return;
    arrivals.replaceChildren(button);
    if (had) button.focus({ preventScroll: true });
  }

  function showWaiting() {
    if (!waiting) return;
    const state = waiting;
    waiting = null;
    arrivals.replaceChildren();
    if (document.activeElement === document.body || focused()) document.activeElement.blur();
    window.scrollTo(0, 0);
    const fresh = show(state);
    if (fresh.length) {
      fresh[0].querySelector(".row-link").focus({ preventScroll: true });
      fresh[0].scrollIntoView({ block: "nearest" });
    }
  }
  document.addEventListener("keydown", function (event) {
    if (window.kentonganKey(event) === "n") showWaiting();
  });

  // --- asking ----------------------------------------------------------------------------------
  function take(html) {
    const state = stateOf(new DOMParser().parseFromString(html, "text/html"));
    if (!state) { location.reload(); return; }
    const shown = new Set(rows().map(idOf));
    const fresh = rows(state).filter((row) => !shown.has(idOf(row)));
    if (!fresh.length || !shown.size) {
      waiting = null;
      arrivals.replaceChildren();
      show(state);
      return;
    }
    waiting = state;
    renewInPlace(state);
    announce(fresh);
  }

  async function look() {
    const address = new URL(box.dataset.source, location.href);
    address.search = location.search;
    address.searchParams.set("tanda", (waiting || stateOf(box)).dataset.mark);
    const answer = await fetch(address, { redirect: "manual", credentials: "same-origin" });
    if (answer.type === "opaqueredirect") { location.reload(); return; }
    if (!answer.ok) throw new Error("status " + answer.status);
    if (answer.status !== 204 && !document.querySelector("form.sending")) take(await answer.text());
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
