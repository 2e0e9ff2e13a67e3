// A sheet of marks that is written: every row is a form, saved by itself a moment after it was changed.
//
// The answer to a save is fragments and one <div id="outcome" data-state="saved|stale|refused|closed">; what has
// `data-part` takes the place of its namesake. An answer without it is a sign-in page or an error.
// What is not saved yet lies in this browser under the sheet and the person, and goes as soon as it is saved.
(() => {
  const sheet = document.querySelector("[data-sheet]");
  if (!sheet) return;

  const WAIT = 800;
  const SOON = 150;
  const RETRIES = [3000, 6000, 12000, 30000, 60000];
  const KEY = `draft:sheet:${sheet.dataset.sheet}:${sheet.dataset.person}`;
  const forms = [...sheet.querySelectorAll("form[data-code]")];
  const formOf = (code) => forms.find((form) => form.dataset.code === code);
  const boxOf = (form) => form.closest("details");
  const byId = (id) => document.getElementById(id);
  sheet.classList.add("has-autosave");

  const dirty = new Set(); // codes of rows that are not kept yet
  const held = new Set(); // of these: stale or refused, they wait for the person
  let saving = null;
  let timer = 0;
  let failures = 0;
  let signedOut = false;
  let closed = false;
  let asked = false; // to sign, as soon as all is kept
  let leaves = false; // signs out: nothing stays behind in this browser

  // ── a row as it is written ───────────────────────────────────────────────────────────────────
  const valuesOf = (form) => {
    const data = new FormData(form);
    return { band: data.get("band") ?? "", coefficient: data.get("coefficient") ?? "", comment: data.get("comment"), pins: data.getAll("pin").sort() };
  };
  const sameAs = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const check = (form, name, value) => {
    form.querySelectorAll(`[name="${name}"]`).forEach((radio) => { radio.checked = radio.value === value; });
    if (name === "band") form.dataset.band = value; // which coefficients are offered
  };
  const write = (form, values) => {
    check(form, "band", values.band);
    check(form, "coefficient", values.coefficient);
    form.elements.comment.value = values.comment;
    values.pins.filter((key) => !pinOf(form, key)).forEach((key) => addPin(form, key));
    form.querySelectorAll("[name=pin]").forEach((box) => { box.checked = values.pins.includes(box.value); });
  };
  const pinOf = (form, key) => [...form.querySelectorAll("[name=pin]")].find((box) => box.value === key);
  const addPin = (form, key) => {
    const chip = document.createElement("span");
    chip.className = "chip pin-chip";
    const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "pin", value: key, checked: true });
    const label = window.dossier?.label(key) ?? key;
    box.setAttribute("aria-label", `${label}，取消勾选即取下`);
    const link = Object.assign(document.createElement("a"), { href: "#viewer", textContent: label });
    link.dataset.show = key;
    chip.append(box, link);
    form.querySelector("[data-pin]").before(chip);
  };

  // ── what a row says about itself ─────────────────────────────────────────────────────────────
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
  const say = (form, name, words, tone = "") => {
    const slot = byId(`${boxOf(form).id}-saved`);
    slot.className = `saved push ${tone}`.trim();
    slot.replaceChildren(sign(name), words);
  };
  const state = byId("sheet-state");
  const sayAll = () => {
    const open = dirty.size + (saving && !dirty.has(saving) ? 1 : 0);
    byId("sign-go").querySelector("button").toggleAttribute("data-waits", open > 0);
    if (!open) {
      state.className = "saved";
      return state.replaceChildren(sign("check"), `全部已保存`);
    }
    const why = closed ? "这份表已经不能改动" : signedOut ? "请重新登录" : held.size ? "有的行要您处理" : failures ? (navigator.onLine ? "系统暂时出错，会自动重试" : "离线，连上后自动保存") : "正在保存";
    state.className = failures || held.size || signedOut || closed ? "saved saved-lost" : "saved saved-busy";
    state.replaceChildren(sign(failures || held.size ? "warn" : "clock"), `${open} 行还没有存上（${why}）。合计只算已存的。`);
    return undefined;
  };

  // ── the copy in this browser: only what is not kept yet ──────────────────────────────────────
  const keepHere = () => {
    if (leaves) return;
    const rows = {};
    new Set([...dirty, ...(saving ? [saving] : [])]).forEach((code) => {
      const form = formOf(code);
      rows[code] = { ...valuesOf(form), version: form.elements.version.value };
    });
    try {
      if (Object.keys(rows).length) localStorage.setItem(KEY, JSON.stringify({ at: new Date().toISOString(), rows }));
      else localStorage.removeItem(KEY);
    } catch { /* no storage: the page itself still holds it */ }
  };
  const forget = () => { try { localStorage.removeItem(KEY); } catch { /* nothing was kept */ } };
  document.addEventListener("submit", (event) => { if (event.target.matches("[data-forget]")) leaves = true; });

  // ── saving, one row after the other ──────────────────────────────────────────────────────────
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(next, wait); };
  const next = () => {
    clearTimeout(timer);
    if (saving || signedOut || closed) return;
    const code = [...dirty].find((one) => !held.has(one));
    if (code) send(formOf(code));
    else signIfAsked();
  };
  const seen = () => forms.map((form) => `${form.dataset.code}:${form.elements.version.value}`).join(" ");
  const send = async (form) => {
    const code = form.dataset.code;
    const sent = valuesOf(form);
    saving = code;
    dirty.delete(code);
    say(form, "clock", "保存中…", "saved-busy");
    sayAll();
    const body = new URLSearchParams(new FormData(form));
    body.set("seen", seen());
    let answer = null;
    let page = null;
    try {
      answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(20000) });
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch { /* lost on the way: the outcome says it */ }
    saving = null;
    settle(form, sent, answer, page);
  };
  const settle = (form, sent, answer, page) => {
    const outcome = page?.getElementById("outcome");
    if (outcome?.dataset.state === "saved") return kept(form, sent, page, outcome.dataset.at);
    dirty.add(form.dataset.code);
    if (outcome?.dataset.state === "stale" || outcome?.dataset.state === "refused") return waits(form, page, outcome.dataset.state);
    if (outcome?.dataset.state === "closed") return shut(outcome.textContent.trim());
    if (answer && (answer.headers.has("HX-Redirect") || [401, 403, 404].includes(answer.status) || (answer.ok && !outcome))) return askToSignIn();
    failures += 1;
    say(form, "warn", navigator.onLine && answer ? "未保存 · 系统暂时出错（留在这台电脑上）" : "未保存 · 离线（留在这台电脑上）", "saved-lost");
    keepHere();
    sayAll();
    later(RETRIES[Math.min(failures - 1, RETRIES.length - 1)]);
    return undefined;
  };
  const kept = (form, sent, page, at) => {
    failures = 0;
    const code = form.dataset.code;
    page.querySelectorAll("form[data-code]").forEach((fresh) => {
      const mine = formOf(fresh.dataset.code);
      const again = dirty.has(fresh.dataset.code) || (mine === form && !sameAs(sent, valuesOf(form)));
      if (mine === form || !again) mine.elements.version.value = fresh.elements.version.value;
      if (again) { if (mine === form) dirty.add(code); } else take(boxOf(fresh), mine);
    });
    partsOf(page).filter((part) => !part.closest("details")).forEach(put);
    ["sign-digest", "sign-seen"].forEach((id) => { byId(id).value = page.getElementById(id).value; });
    if (dirty.has(code)) say(form, "clock", `已保存 ${at}，又有改动…`, "saved-busy");
    keepHere();
    sayAll();
    pinned();
    if (dirty.size) later(SOON); else signIfAsked();
  };
  const waits = (form, page, why) => {
    held.add(form.dataset.code);
    put(page.getElementById(`${boxOf(form).id}-why`));
    say(form, "warn", why === "stale" ? "未保存 · 别处改过，请选用哪一份" : "未保存 · 请改正", "saved-lost");
    boxOf(form).open = true;
    keepHere();
    sayAll();
    next();
  };
  const shut = (sentence) => {
    closed = true;
    keepHere();
    sayAll();
    notice("warning", "没有存上", `${sentence}您写的还在这一页上，可以复制；重新打开这一页看现在的内容。`, ["看现在的内容", () => { forget(); location.assign(location.pathname); }]);
  };

  // ── fragments ────────────────────────────────────────────────────────────────────────────────
  const partsOf = (root) => [...root.querySelectorAll("[data-part]")];
  const put = (part) => {
    const old = part && byId(part.id);
    if (!old) return;
    const focus = old.contains(document.activeElement) ? document.activeElement.id : "";
    old.replaceWith(document.adoptNode(part));
    if (focus) byId(focus)?.focus({ preventScroll: true });
    if (part.id.endsWith("-pins")) hereIn(part);
  };
  // A row as it is kept: what one does not write is exchanged, what one writes is set.
  const take = (fresh, form) => {
    const its = fresh.querySelector("form");
    const values = valuesOf(its);
    check(form, "band", values.band);
    check(form, "coefficient", values.coefficient);
    if (form.elements.comment.value !== values.comment) form.elements.comment.value = values.comment;
    form.elements.version.value = its.elements.version.value;
    held.delete(form.dataset.code);
    partsOf(fresh).forEach(put);
  };
  const dock = byId("sheet-notice");
  const notice = (level, title, text, ...actions) => {
    const box = document.createElement("div");
    box.className = `alert alert-${level}`;
    const words = document.createElement("div");
    const line = (tag, said) => words.appendChild(Object.assign(document.createElement(tag), { textContent: said }));
    line("b", title);
    line("p", text);
    const row = words.appendChild(Object.assign(document.createElement("p"), { className: "actions note-gap" }));
    actions.forEach(([label, act]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: label });
      button.addEventListener("click", () => { dock.replaceChildren(); act(); });
      row.append(button);
    });
    box.append(sign(level === "info" ? "info" : "warn"), words);
    dock.replaceChildren(box);
  };

  // ── writing ──────────────────────────────────────────────────────────────────────────────────
  const edited = (form, wait) => {
    if (closed) return;
    leaves = false; // stayed after all
    const code = form.dataset.code;
    dirty.add(code);
    if (!form.querySelector("[data-mine]")) held.delete(code); // a refused row is sent again, a stale one is decided first
    keepHere();
    if (held.has(code)) return sayAll();
    if (navigator.onLine) say(form, "clock", "有改动…", "saved-busy");
    else say(form, "warn", "未保存 · 离线（留在这台电脑上）", "saved-lost");
    sayAll();
    later(wait);
    return undefined;
  };
  sheet.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-code]");
    if (form && event.target.name === "comment") edited(form, WAIT);
  });
  sheet.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-code]");
    if (!form) return;
    if (event.target.name === "band") settleCoefficient(form);
    edited(form, SOON);
    pinned();
  });
  const choices = (form) => {
    const band = form.elements.band.value;
    return [...form.querySelectorAll("[name=coefficient]")].filter((one) => one.dataset.of === band);
  };
  const settleCoefficient = (form) => {
    form.dataset.band = form.elements.band.value;
    const open = choices(form);
    check(form, "coefficient", open.length === 1 ? open[0].value : (open.find((one) => one.checked)?.value ?? ""));
  };
  sheet.addEventListener("click", (event) => {
    const form = event.target.closest("form[data-code]");
    const pin = event.target.closest("[data-pin]");
    const mine = event.target.closest("[data-mine]");
    const theirs = event.target.closest("[data-theirs]");
    const go = event.target.closest("[data-go]");
    if (pin) togglePin(form);
    else if (mine) overwrite(form, mine.dataset.mine);
    else if (theirs) takeTheirs(form);
    else if (go) openRow(formOf(go.dataset.go));
    else return;
    event.preventDefault();
  });
  const togglePin = (form) => {
    const here = window.dossier?.here();
    if (!here) return;
    const box = pinOf(form, here.key);
    if (box) box.checked = !box.checked; else addPin(form, here.key);
    edited(form, SOON);
    pinned();
  };
  const overwrite = (form, version) => {
    form.elements.version.value = version;
    byId(`${boxOf(form).id}-why`).replaceChildren();
    held.delete(form.dataset.code);
    edited(form, 0);
  };
  const pageNow = async () => {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" }, redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return { status: answer?.type === "opaqueredirect" ? 302 : (answer?.status ?? 0) };
    return { status: 200, page: new DOMParser().parseFromString(await answer.text(), "text/html") };
  };
  const takeTheirs = async (form) => {
    const { page } = await pageNow();
    const fresh = page?.getElementById(boxOf(form).id);
    if (!fresh?.querySelector("form")) return;
    dirty.delete(form.dataset.code);
    take(fresh, form);
    [...partsOf(page)].filter((part) => !part.closest("details")).forEach(put);
    ["sign-digest", "sign-seen"].forEach((id) => { byId(id).value = page.getElementById(id).value; });
    keepHere();
    sayAll();
    next();
  };
  sheet.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-code]");
    if (!form) return;
    event.preventDefault();
    edited(form, 0);
  });

  // ── the page that is looked at, and the rows that rest on it ─────────────────────────────────
  const hereIn = (root) => {
    const here = window.dossier?.here();
    root.querySelectorAll("[data-pin]").forEach((button) => {
      const form = button.form;
      const on = here && form && pinOf(form, here.key)?.checked;
      button.disabled = !here;
      button.value = here?.key ?? "";
      button.querySelector("[data-here]").textContent = here ? `${on ? "取下" : "钉住"}${here.label}` : "打开一件证明，钉住要引用的一页";
    });
  };
  const pinned = () => {
    const here = window.dossier?.here();
    const codes = here ? forms.filter((form) => pinOf(form, here.key)?.checked).map((form) => form.dataset.code) : [];
    const slot = document.querySelector("[data-pinned]");
    if (codes.length) slot.replaceChildren(sign("pin"), ` 本页已钉在 ${codes.join("、")}`); else slot.replaceChildren();
    hereIn(sheet);
  };
  document.addEventListener("dossier:page", pinned);

  // ── signed out meanwhile: sign in beside it, then go on here with a fresh token ──────────────
  const door = byId("signed-out");
  let popup = null;
  let asking = 0;
  const askToSignIn = () => {
    signedOut = true;
    dirty.forEach((code) => say(formOf(code), "warn", "未保存 · 请重新登录（留在这台电脑上）", "saved-lost"));
    keepHere();
    sayAll();
    byId("signed-out-why").textContent = "";
    if (!door.open) door.showModal();
    clearInterval(asking);
    asking = setInterval(comeBack, 2500);
  };
  const comeBack = async () => {
    if (!signedOut) return;
    const { status, page } = await pageNow();
    const there = page?.querySelector("[data-sheet]");
    const person = there?.dataset.person === sheet.dataset.person;
    if (status !== 200 || (there && !person)) {
      const others = status === 403 || status === 404 || (there && !person);
      byId("signed-out-why").textContent = others ? "现在登录的账号或岗位打不开这份评分表，请用您原来的账号和“评价专家”岗位登录。" : "";
      return;
    }
    clearInterval(asking);
    signedOut = false;
    popup?.close();
    door.close();
    if (!there) return shut("这份评分表现在不能改动。");
    const token = page.querySelector("[name=csrfmiddlewaretoken]").value;
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((input) => { input.value = token; });
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    sayAll();
    later(0);
  };
  door.querySelector("[data-sign-in]").addEventListener("click", () => { popup = open(sheet.dataset.login, "cqo-sign-in", "popup,width=560,height=760"); });
  door.querySelector("[data-come-back]").addEventListener("click", comeBack);
  door.addEventListener("close", () => {
    clearInterval(asking);
    if (signedOut) notice("warning", "登录已过期，最近的修改还没有存上", "您写的还在这一页上。", ["重新登录", askToSignIn]);
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) comeBack(); });
  addEventListener("online", () => { if (dirty.size) later(0); });
  addEventListener("offline", sayAll);

  // ── signing ──────────────────────────────────────────────────────────────────────────────────
  const signForm = byId("sign-form");
  signForm.addEventListener("submit", (event) => {
    if (!dirty.size && !saving) return;
    event.preventDefault();
    asked = true;
    next();
  });
  const signIfAsked = () => {
    if (!asked || dirty.size || saving) return;
    asked = false;
    if (!byId("sign-go").querySelector("button").disabled) signForm.requestSubmit();
  };
  addEventListener("beforeunload", (event) => { if (dirty.size || saving) event.preventDefault(); });

  // ── keys ─────────────────────────────────────────────────────────────────────────────────────
  const off = () => { try { return localStorage.getItem("keys-off") === "1"; } catch { return false; } };
  const typing = (target) => target.matches("textarea, select, input:not([type=checkbox]):not([type=radio])");
  const current = () => forms.find((form) => boxOf(form).open);
  const openRow = (form, { focus = true } = {}) => {
    forms.forEach((one) => { if (one !== form) boxOf(one).open = false; });
    boxOf(form).open = true;
    if (focus) boxOf(form).querySelector("summary").focus({ preventScroll: true });
    boxOf(form).scrollIntoView({ block: "start" });
  };
  const go = (step) => {
    const at = forms.indexOf(current());
    openRow(forms[at < 0 ? (step > 0 ? 0 : forms.length - 1) : Math.min(Math.max(at + step, 0), forms.length - 1)]);
  };
  const pick = (radio) => {
    if (!radio || radio.checked) return;
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const value = (step) => {
    const open = current() ? choices(current()) : [];
    const at = open.findIndex((one) => one.checked);
    pick(open[at < 0 ? (step > 0 ? open.length - 1 : 0) : Math.min(Math.max(at + step, 0), open.length - 1)]);
  };
  const toSign = () => {
    const name = byId("sign-name");
    if (document.activeElement === name && name.value.trim()) return signForm.requestSubmit(byId("sign-go").querySelector("button:not(:disabled)") ?? undefined);
    byId("sign").scrollIntoView({ block: "nearest" });
    return name.focus({ preventScroll: true });
  };
  const keys = {
    ArrowUp: () => go(-1),
    ArrowDown: () => go(1),
    ArrowLeft: () => value(-1),
    ArrowRight: () => value(1),
    c: () => current()?.elements.comment.focus(),
    e: () => current() && togglePin(current()),
    "[": () => window.dossier?.turn(-1),
    "]": () => window.dossier?.turn(1),
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); toSign(); return; }
    if (event.key === "Escape" && typing(event.target) && event.target.closest("form[data-code]")) {
      boxOf(event.target.form).querySelector("summary").focus({ preventScroll: true });
      return;
    }
    if (off() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.target.closest("[data-menu]") || (event.key.startsWith("Arrow") && event.target.closest(".viewer-stage"))) return; // there arrows scroll
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key]
      ?? (/^[0-5]$/.test(event.key) && current() ? () => pick(current().querySelector(`[name=band][value="${event.key}"]`)) : null);
    if (!act) return;
    event.preventDefault();
    act();
  });
  forms.forEach((form) => boxOf(form).addEventListener("toggle", () => {
    if (!boxOf(form).open) return;
    forms.forEach((one) => { if (one !== form) boxOf(one).open = false; }); // browsers that do not know `name` on details
    window.dossier?.order(form.dataset.code);
  }));

  // ── coming back after a lost connection ──────────────────────────────────────────────────────
  const copy = (() => { try { return JSON.parse(localStorage.getItem(KEY)); } catch { return null; } })();
  const left = Object.entries(copy?.rows ?? {}).filter(([code, row]) => {
    const form = formOf(code);
    const { version, ...values } = row;
    return form && !sameAs(values, valuesOf(form));
  });
  if (left.length) {
    const when = new Date(copy.at).toLocaleString("zh-CN", { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" });
    notice("info", `这台电脑上还留着 ${left.length} 行没有存上的修改`, `${left.map(([code]) => code).join("、")}，是 ${when} 留下的。`,
      ["放回表里并保存", () => left.forEach(([code, row]) => {
        const { version, ...values } = row;
        formOf(code).elements.version.value = version; // the one it was written on: what came later is not overwritten unseen
        write(formOf(code), values);
        edited(formOf(code), 0);
      })], ["不要了", forget]);
  } else {
    forget();
  }
  pinned();
  sayAll();
})();
