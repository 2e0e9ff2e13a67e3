// Keeps a long form while it is being filled in: <form data-autosave="address" data-draft="name of the copy">.
//
// The answer is fragments for htmx and one <span id="saved-state"> that says what became of it:
//   data-saved-at="14:31:52"   kept; the fragment #version carries the version to go on from
//   data-stale                 somebody else saved meanwhile: nothing more is sent until the person saves by hand
//   data-closed                the form may not be changed any more
// An answer without it is a sign-in page or an error: what was typed stays on this computer until it is kept.
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form || !window.htmx) return;

  const WAIT = 700;
  const KEY = `draft:${form.dataset.draft || location.pathname}`;
  const RETRIES = [3000, 6000, 12000, 30000, 60000];
  const never = "[name=csrfmiddlewaretoken], [name=version], [type=file], [type=password]";
  const secret = "[data-private], [name*=identity_number], [name*=phone]"; // not into a browser's storage

  let timer = 0;
  let busy = false;
  let again = false;
  let held = false; // stale or closed: only the person decides how to go on
  let leaving = false;
  let leaves = false; // signs out: nothing stays behind on this computer, also of a save under way
  let failures = 0;
  let typing = ""; // the control somebody is in the middle of
  const dirty = new Set(); // names changed since they were last kept
  let sending = new Set();

  // ── what a section says about itself ─────────────────────────────────────────────────────────
  const sprite = document.querySelector("svg.i use")?.getAttribute("href").split("#")[0] ?? "";
  const sign = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "i");
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("aria-hidden", "true");
    svg.append(document.createElementNS("http://www.w3.org/2000/svg", "use"));
    svg.firstChild.setAttribute("href", `${sprite}#i-${name}`);
    return svg;
  };
  const slotsOf = (names) => {
    const found = [...names].map((name) => form.elements[name]).map((one) => (one instanceof RadioNodeList ? one[0] : one));
    const slots = found.map((one) => one?.closest("section")?.querySelector("[data-saved]")).filter(Boolean);
    return slots.length ? new Set(slots) : document.querySelectorAll("[data-saved]");
  };
  const say = (names, name, words, tone = "") => slotsOf(names).forEach((slot) => {
    slot.className = `saved ${tone}`.trim();
    slot.replaceChildren(sign(name), words);
  });

  // ── the copy on this computer ────────────────────────────────────────────────────────────────
  const valuesNow = () => {
    const values = {};
    for (const [name, value] of new FormData(form)) if (typeof value === "string") (values[name] ??= []).push(value);
    return values;
  };
  const controlsOf = (name) => form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
  const keepHere = () => {
    if (leaves) return;
    const now = valuesNow();
    const kept = {};
    dirty.forEach((name) => {
      const control = controlsOf(name)[0];
      if (control && !control.matches(secret)) kept[name] = now[name] ?? [];
    });
    const total = form.querySelector("[name$=-TOTAL_FORMS]");
    if (total && Object.keys(kept).length) kept[total.name] = [total.value];
    try {
      if (Object.keys(kept).length) localStorage.setItem(KEY, JSON.stringify({ at: new Date().toISOString(), kept }));
      else localStorage.removeItem(KEY);
    } catch { /* no storage: the page itself still holds it */ }
  };
  const keptHere = () => { try { return JSON.parse(localStorage.getItem(KEY)); } catch { return null; } };
  const forget = () => { try { localStorage.removeItem(KEY); } catch { /* nothing was kept */ } };
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-forget]")) return;
    leaves = true;
    clearTimeout(timer);
    forget();
  });

  // ── sending ──────────────────────────────────────────────────────────────────────────────────
  const later = (wait = WAIT) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };
  const save = async () => {
    clearTimeout(timer);
    if (held || leaving || leaves) return;
    if (busy) { again = true; return; }
    busy = true;
    again = false;
    sending = new Set(dirty);
    dirty.clear();
    say(sending, "clock", "正在保存…", "saved-busy");
    let outcome = { lost: true };
    const listen = (event) => { if (event.detail.elt === form) outcome = read(event.detail.xhr); };
    form.addEventListener("htmx:afterRequest", listen);
    try {
      await htmx.ajax("POST", form.dataset.autosave, { source: form, swap: "none" });
    } catch { /* the outcome says it */ }
    form.removeEventListener("htmx:afterRequest", listen);
    busy = false;
    mark();
    settle(outcome);
  };
  // Signed out meanwhile: the answer leads to the page to sign in, but what was typed stays here (see `askToSignIn`).
  form.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.elt === form && event.detail.xhr.getResponseHeader("HX-Redirect")) event.preventDefault();
  });
  const read = (xhr) => {
    if (!xhr || xhr.status === 0) return { lost: true };
    const answer = new DOMParser().parseFromString(xhr.responseText, "text/html").getElementById("saved-state");
    if ([403, 404].includes(xhr.status) || (xhr.status === 200 && !answer)) return { signedOut: true };
    return answer ? { ...answer.dataset } : { lost: true, server: true };
  };
  const settle = (outcome) => {
    if (outcome.savedAt) return kept(outcome.savedAt);
    sending.forEach((name) => dirty.add(name));
    keepHere();
    if ("closed" in outcome) { held = true; forget(); dirty.clear(); say([], "lock", "没有存上：这份表已经不能改动", "saved-lost"); return submitIfAsked(); }
    if ("stale" in outcome) { held = true; say(sending, "warn", "没有存上：有人在别处改过，请看上方的提示", "saved-lost"); return submitIfAsked(); }
    if (outcome.signedOut) return askToSignIn();
    say(sending, "warn", outcome.server ? "没有存上（系统暂时出错，本机保留），稍后自动重试" : "没有存上（网络断开，本机保留），连上后自动重试", "saved-lost");
    later(RETRIES[Math.min(failures++, RETRIES.length - 1)]);
    submitIfAsked();
  };
  const kept = (at) => {
    failures = 0;
    say(sending, "check", `已保存 ${at}`);
    notice(null);
    keepHere();
    if (again || dirty.size) later(again ? 0 : WAIT);
    submitIfAsked();
  };

  // ── notices that only a browser can write ────────────────────────────────────────────────────
  const place = document.createElement("div");
  place.className = "notice-dock";
  place.setAttribute("aria-live", "assertive");
  form.before(place);
  const notice = (level, title, text, ...actions) => {
    if (!level) return place.replaceChildren();
    const box = document.createElement("div");
    box.className = `alert alert-${level} form-errors`;
    const words = document.createElement("div");
    const strong = document.createElement("b");
    strong.textContent = title;
    const line = document.createElement("p");
    line.textContent = text;
    const row = document.createElement("p");
    row.className = "actions note-gap";
    row.append(...actions);
    words.append(strong, line, row);
    box.append(sign(level === "info" ? "info" : "warn"), words);
    place.replaceChildren(box);
  };
  const action = (label, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = label;
    button.addEventListener("click", act);
    return button;
  };

  // ── signed out meanwhile: sign in beside it, then go on here with a fresh token ──────────────
  let signedOut = false;
  const askToSignIn = () => {
    signedOut = true;
    say(sending, "warn", "没有存上（登录或岗位变了，本机保留）", "saved-lost");
    const link = document.createElement("a");
    link.className = "btn btn-sm";
    link.href = "/accounts/login/";
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = "在新窗口登录";
    notice("warning", "登录已过期，或换了岗位：最近的修改还没有存上", "您填的内容还在这一页上。请在新窗口登录、换回原来的岗位，再回到这里，会接着保存。", link, action("我已登录，现在保存", comeBack));
  };
  const comeBack = async () => {
    if (!signedOut) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page && page.querySelector("form[data-autosave] [name=csrfmiddlewaretoken]")?.value;
    if (!token) return;
    signedOut = false;
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((input) => { input.value = token; });
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    save();
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) comeBack(); });
  addEventListener("online", () => { if (dirty.size) later(0); });

  // ── what one types ───────────────────────────────────────────────────────────────────────────
  const changed = (event, wait) => {
    if (!event.target.name || event.target.form !== form || event.target.matches(never)) return;
    leaves = false; // stayed after all
    dirty.add(event.target.name);
    keepHere();
    if (!signedOut) later(wait);
  };
  document.addEventListener("input", (event) => { typing = event.target.id; changed(event, WAIT); });
  document.addEventListener("change", (event) => { typing = ""; changed(event, 150); });

  // Nothing is called wrong while somebody is in the middle of writing it.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const about = event.detail.target?.dataset?.feedback;
    if (about && about === typing && about === document.activeElement?.id) event.detail.shouldSwap = false;
  });
  const mark = () => document.querySelectorAll("[data-feedback]").forEach((slot) => {
    const control = document.getElementById(slot.dataset.feedback);
    if (!control?.matches("input, select, textarea")) return;
    const wrong = slot.querySelector(".invalid-feedback");
    control.classList.toggle("is-invalid", Boolean(wrong));
    if (wrong) control.setAttribute("aria-invalid", "true"); else control.removeAttribute("aria-invalid");
    const about = new Set((control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    if (wrong) about.add(wrong.id); else about.delete(`${control.id}_error`);
    if (about.size) control.setAttribute("aria-describedby", [...about].join(" ")); else control.removeAttribute("aria-describedby");
  });

  // ── leaving ──────────────────────────────────────────────────────────────────────────────────
  // A save under way changes the version: whoever submits meanwhile waits for it.
  let asked = null;
  const submitIfAsked = () => {
    if (!asked) return;
    const button = asked.button;
    asked = null;
    form.requestSubmit(button);
  };
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (busy) {
      event.preventDefault();
      asked = { button: event.submitter };
      return;
    }
    leaving = true;
  });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("beforeunload", (event) => {
    if (!leaving && !held && (busy || dirty.size)) event.preventDefault();
  });

  // ── coming back after a lost connection ──────────────────────────────────────────────────────
  const differing = (copy) => {
    const now = valuesNow();
    return Object.keys(copy.kept).filter((name) => !name.endsWith("-TOTAL_FORMS")
      && JSON.stringify(copy.kept[name]) !== JSON.stringify(now[name] ?? []));
  };
  const putBack = (copy) => {
    const total = Object.keys(copy.kept).find((name) => name.endsWith("-TOTAL_FORMS"));
    const wanted = total ? Number(copy.kept[total][0]) : 0;
    for (let n = 0; total && n < 40 && Number(controlsOf(total)[0]?.value) < wanted; n += 1) {
      document.querySelector("[data-add-row]")?.click();
    }
    differing(copy).forEach((name) => {
      const values = copy.kept[name];
      controlsOf(name).forEach((control) => {
        if (control.disabled) return;
        if (control.matches("[type=checkbox], [type=radio]")) control.checked = values.includes(control.value);
        else if (control.type !== "hidden") control.value = values[0] ?? "";
      });
      dirty.add(name);
    });
    notice(null);
    save();
  };
  const copy = keptHere();
  const left = copy ? differing(copy) : [];
  if (left.length) {
    const when = new Date(copy.at).toLocaleString("zh-CN", { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" });
    notice("info", `这台电脑上还留着 ${left.length} 处没有存上的修改`, `是 ${when} 留下的，当时没有连上服务器。`,
      action("放回表里并保存", () => putBack(copy)), action("不要了", () => { forget(); notice(null); }));
  } else {
    forget();
  }
})();
