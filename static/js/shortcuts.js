// Keys for those who work here all day. None acts while one types, and all can be switched off.
(() => {
  const OFF = "keys-off";
  const off = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };
  const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
  const here = () => rows().findIndex((row) => row.classList.contains("is-focus"));

  const go = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = here();
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
    all.forEach((row, n) => row.classList.toggle("is-focus", n === next));
    all[next].scrollIntoView({ block: "nearest" });
    all[next].querySelector("a")?.focus({ preventScroll: true });
  };
  const open = () => rows()[here()]?.querySelector("a")?.click();
  const pick = () => rows()[here()]?.querySelector("input[type=checkbox]")?.click();
  const search = () => {
    const field = [...document.querySelectorAll("[data-search]")].find((one) => one.offsetParent !== null);
    if (!field) return false;
    field.focus();
    field.select();
    return true;
  };
  const help = () => document.getElementById("keys")?.showModal();
  const SAME = { "]": "n", "[": "p" }; // beside each other on every keyboard, also under an input method
  const press = (key) => document.querySelector(`[data-key="${CSS.escape(key)}"]:not(:disabled)`)?.click();

  document.addEventListener("keydown", (event) => {
    if (off() || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    if (key === "/") { if (search()) event.preventDefault(); return; }
    const act = { j: () => go(1), k: () => go(-1), o: open, x: pick, "?": help }[key] || (/^[a-z[\]]$/.test(key) ? () => press(SAME[key] || key) : null);
    if (act) act();
  });

  const picked = () => document.querySelectorAll("[data-row]").forEach((row) => {
    const box = row.querySelector("input[type=checkbox]");
    if (box) row.classList.toggle("is-picked", box.checked);
  });
  const count = () => {
    const number = document.querySelectorAll("[data-row] input[type=checkbox]:checked").length;
    document.querySelectorAll("[data-bulk]").forEach((bar) => { bar.hidden = number === 0; });
    document.querySelectorAll("[data-bulk-count]").forEach((slot) => { slot.textContent = number; });
  };
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-row]")) { picked(); count(); }
  });
  document.addEventListener("DOMContentLoaded", () => {
    picked();
    if (document.querySelector("[data-row] input[type=checkbox]")) count();
    document.querySelectorAll("[data-open-keys]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", help);
    });
    document.querySelectorAll("[data-keys-off]").forEach((box) => {
      box.checked = off();
      box.addEventListener("change", () => { try { localStorage.setItem(OFF, box.checked ? "1" : "0"); } catch { /* not kept */ } });
    });
  });
})();
