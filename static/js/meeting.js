// A panel at one table: <div data-meeting="address" data-table="…"> asks every few seconds whether anything on the table
// changed, and where the leader is. Who follows is taken there; who holds still is not. Whoever leads ([data-leads]) is
// never moved, and what he is writing is never exchanged under his hands: he is told, and reloads when it suits him.
(() => {
  const bar = document.querySelector("[data-meeting]");
  if (!bar || !window.htmx) return;

  const EVERY = 3000;
  const leads = bar.dataset.leads;
  const rows = () => [...document.querySelectorAll("[data-board-row]")];
  let known = bar.dataset.table; // the table as this page shows it
  let tag = "";
  let here = rows().find((row) => row.classList.contains("is-here"))?.id ?? "";
  let differs = "";

  // ── where the leader is ──────────────────────────────────────────────────────────────────────
  const follow = bar.querySelector("[data-follow]");
  const box = follow?.querySelector("input");
  const KEY = `follow:${location.pathname}`;
  if (follow) {
    follow.hidden = false;
    try { box.checked = sessionStorage.getItem(KEY) !== "no"; } catch { /* as it stands */ }
    box.addEventListener("change", () => {
      try { sessionStorage.setItem(KEY, box.checked ? "yes" : "no"); } catch { /* for this page only */ }
      if (box.checked) go();
    });
  }
  const mark = () => rows().forEach((row) => row.classList.toggle("is-here", row.id === here));
  const go = () => document.getElementById(here)?.scrollIntoView({ block: "center" });
  const say = () => {
    const slot = bar.querySelector("[data-at]");
    const name = document.querySelector(`#${here} th b`)?.textContent;
    if (!slot || !name) return;
    const link = document.createElement("a");
    link.href = `#${here}`;
    link.textContent = name;
    slot.replaceChildren("组长正在议 ", link);
  };
  let there = ""; // where the leader is, as last told
  const arrive = () => {
    if (!there || there === here || !document.getElementById(there)) return;
    here = there;
    mark();
    say();
    if (box?.checked) go();
  };

  // ── what is on the table ─────────────────────────────────────────────────────────────────────
  let open = new Set(); // what is unfolded at the moment of the exchange, not when it was asked for
  document.addEventListener("htmx:beforeSwap", () => {
    open = new Set([...document.querySelectorAll("details[data-opinions][open]")].map((one) => one.dataset.opinions));
  });
  const exchange = async () => {
    await htmx.ajax("GET", location.pathname, { target: "#meeting", select: "#meeting", swap: "outerHTML show:none" });
    document.querySelectorAll("details[data-opinions]").forEach((one) => { one.open = open.has(one.dataset.opinions); });
    mark();
  };
  const changed = (table) => {
    if (table === known) { differs = ""; return; }
    if (table.split(".")[0] !== known.split(".")[0]) { if (!leads) location.reload(); return; } // concluded, or begun anew
    if (leads) {
      // Twice the same: a save of one's own may have been under way when it was asked.
      bar.querySelector("[data-changed]").hidden = differs !== table;
      differs = table;
      return;
    }
    known = table;
    exchange();
  };
  document.addEventListener("htmx:afterRequest", (event) => {
    const answer = new DOMParser().parseFromString(event.detail.xhr?.responseText ?? "", "text/html").getElementById("saved-state");
    if (answer?.dataset.table) known = answer.dataset.table;
  });

  // ── asking ───────────────────────────────────────────────────────────────────────────────────
  const ask = async () => {
    if (document.hidden) return later();
    const asked = { headers: tag ? { "If-None-Match": tag } : {}, signal: AbortSignal.timeout(4 * EVERY) };
    const answer = await fetch(bar.dataset.meeting, asked).catch(() => null);
    if (answer && [403, 404].includes(answer.status)) return location.reload(); // the sheets were closed to this person
    if (answer?.ok && answer.headers.get("Content-Type")?.includes("json")) {
      const said = await answer.json().catch(() => null); // broken off on the way: asked again
      if (said) {
        tag = answer.headers.get("ETag") ?? "";
        changed(said.table);
        there = said.row;
      }
    } else if (answer?.status === 304 && differs) changed(differs);
    else if (answer?.redirected) return; // signed out: reloading leads to the page to sign in
    if (!leads) arrive();
    later();
  };
  const later = () => setTimeout(ask, EVERY);
  later();

  // ── the leader's side ────────────────────────────────────────────────────────────────────────
  if (!leads) return;
  const form = document.getElementById("cursor-form");
  // One place after the other: two on their way at once could arrive in the wrong order. A lost one is told again.
  const pause = () => new Promise((go) => { setTimeout(go, EVERY); });
  let telling = false;
  const tell = async () => {
    if (telling) return;
    telling = true;
    for (let told = ""; told !== here;) {
      const place = here;
      const said = new FormData(form);
      said.set("row", document.getElementById(place).dataset.boardRow);
      const answer = await fetch(leads, { method: "POST", body: said, redirect: "manual" }).catch(() => null);
      if (answer && answer.status < 500) told = place;
      else await pause();
    }
    telling = false;
  };
  const lead = (row) => {
    if (!row || row.id === here) return;
    here = row.id;
    mark();
    tell();
  };
  for (const kind of ["focusin", "change"]) {
    document.addEventListener(kind, (event) => lead(event.target.closest?.("[data-board-row]")));
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    lead(event.submitter?.closest("[data-board-row]"));
  });

  // A reason is asked for where the experts are far apart or something else than proposed is chosen.
  const quiet = (place) => {
    const chosen = place.closest("[data-board-row]").querySelector("select")?.value;
    const asked = "farApart" in place.dataset || (chosen && chosen !== place.dataset.proposal);
    place.classList.toggle("is-quiet", !asked && !place.querySelector("textarea").value.trim());
  };
  document.querySelectorAll("[data-reason]").forEach(quiet);
  document.addEventListener("change", (event) => {
    const place = event.target.closest?.("[data-board-row]")?.querySelector("[data-reason]");
    if (place) quiet(place);
  });
})();
