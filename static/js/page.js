// What every page does: no second submit, the cursor goes to the mistakes, menus close by themselves.
(() => {
  // A form that was sent cannot be sent again until the answer is here. After the event, not in it:
  // a disabled button would not send its name and value.
  const busy = new Set();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute("method") === "dialog") return;
    if (form.dataset.sent === "yes") { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    const button = event.submitter;
    setTimeout(() => {
      if (!button) return;
      busy.add([form, button, button.innerHTML]);
      button.disabled = true;
      button.classList.add("is-busy");
      if (button.classList.contains("btn")) button.textContent = button.dataset.busy || "正在提交…";
      // What is answered with a file leaves the page as it was, and no event tells of its arrival.
      if ("download" in form.dataset) setTimeout(release, 4000);
    });
  });
  const release = () => {
    busy.forEach(([form, button, html]) => {
      delete form.dataset.sent;
      button.disabled = false;
      button.classList.remove("is-busy");
      button.innerHTML = html;
    });
    busy.clear();
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  };
  addEventListener("pageshow", release);
  document.addEventListener("htmx:afterRequest", release);

  const toMistakes = (root) => root.querySelector("#mistakes:not([data-specimen] *)")?.focus();
  document.addEventListener("DOMContentLoaded", () => toMistakes(document));
  document.addEventListener("htmx:load", (event) => toMistakes(event.detail.elt));

  // What one answer asks for is shown with that answer: data-with="name=value". Without JavaScript it is always there.
  const follow = () => document.querySelectorAll("[data-with]").forEach((part) => {
    const [name, value] = part.dataset.with.split("=");
    part.hidden = !document.querySelector(`[name="${name}"][value="${value}"]`)?.checked;
  });
  ["DOMContentLoaded", "change", "htmx:load", "pageshow"].forEach((event) => addEventListener(event, follow));

  // An input takes so many characters and no more: what is typed or pasted beyond is not taken, and that is said.
  document.addEventListener("input", ({ target }) => {
    if (!target.matches?.("textarea[maxlength]")) return;
    const [used, longest] = [target.value.length, target.maxLength];
    let said = target.nextElementSibling?.matches("[data-length]") ? target.nextElementSibling : null;
    if (used < longest * 0.9) { said?.remove(); return; }
    if (!said) {
      said = document.createElement("p");
      said.dataset.length = "";
      said.setAttribute("aria-live", "polite");
      target.after(said);
    }
    said.className = used < longest ? "t-13 muted" : "t-13 state-warn";
    said.textContent = used < longest ? `${used} / ${longest} 字` : `已满 ${longest} 字，再多的没有写进来`;
  });

  const menus = () => document.querySelectorAll("details[data-menu][open]");
  document.addEventListener("click", (event) => menus().forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  }));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menus().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });

  // Whoever signs out leaves nothing unsaved behind on a shared computer.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-forget]")) return;
    try {
      Object.keys(localStorage).filter((key) => key.startsWith("draft:")).forEach((key) => localStorage.removeItem(key));
    } catch { /* no storage, nothing kept */ }
  });
})();
