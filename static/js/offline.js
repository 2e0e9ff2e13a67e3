// The checker one saves: a status file is believed once its manifest carries a signature of the platform and names its
// SHA-256. Then numbers and PDFs are looked up in it. Nothing is sent anywhere. Opened from a disk.
(() => {
  const given = JSON.parse(document.getElementById("given").textContent);
  const byId = (id) => document.getElementById(id);
  const STATES = {
    valid: ["有效", "ok"], suspended: ["暂停", "warn"], discontinued: ["中止", "bad"], void: ["作废", "bad"],
    expired: ["到期失效", "over"], superseded: ["已换证", "over"],
  };
  let list = null; // {text, day}: the lines of a file that was found right

  // ── the signature ──
  const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const jsonOf = (text) => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(text)));
  const HOW = {
    ES256: [{ name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-256" }],
    PS256: [{ name: "RSA-PSS", hash: "SHA-256" }, { name: "RSA-PSS", saltLength: 32 }],
  };
  const attested = async (jws) => {
    const [head, payload, signature, ...more] = String(jws).trim().split(".");
    const said = jsonOf(head);
    const key = given.keys.find((one) => one.kid === said.kid);
    if (!key) throw new Wrong("签名清单不是用本网页里的公钥签的", "它可能不是这个平台的，也可能平台后来换了公钥。请重新保存核验网页再试。");
    if (more.length || said.alg !== key.alg) throw new Wrong("签名清单被改过", "签名的算法与公钥不符。");
    const [kind, check] = HOW[key.alg];
    const { kty, crv, x, y, n, e } = key;
    const imported = await crypto.subtle.importKey("jwk", { kty, crv, x, y, n, e }, kind, false, ["verify"]);
    const right = await crypto.subtle.verify(check, imported, bytesOf(signature), new TextEncoder().encode(`${head}.${payload}`));
    if (!right) throw new Wrong("签名清单被改过", "签名与内容对不上，不要使用这两个文件。请重新下载。");
    return jsonOf(payload);
  };
  const sha256 = async (buffer) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", buffer))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");

  class Wrong extends Error {
    constructor(word, sentence) { super(sentence); this.word = word; }
  }

  // ── the two files ──
  const chosen = async (files) => {
    let manifest = null;
    let packed = null;
    for (const file of files) {
      const buffer = await file.arrayBuffer();
      const [first, second] = new Uint8Array(buffer, 0, Math.min(2, buffer.byteLength));
      if (first === 0x1f && second === 0x8b) packed = buffer; else manifest = buffer;
    }
    if (!manifest || !packed) throw new Wrong("还缺一个文件", "请把状态文件（….jsonl.gz）和签名清单（….json）一起选上。");
    return [manifestIn(manifest), packed];
  };
  const manifestIn = (buffer) => {
    try {
      return JSON.parse(new TextDecoder().decode(buffer)).manifest;
    } catch {
      throw new Wrong("读不出签名清单", "选的文件里没有签名清单，或者清单已经损坏。请重新下载。");
    }
  };
  const load = async (files) => {
    const [jws, packed] = await chosen(files);
    const said = await attested(jws).catch((error) => {
      throw error instanceof Wrong ? error : new Wrong("签名清单被改过", "清单的内容读不出来，不要使用这两个文件。请重新下载。");
    });
    if (said.kind !== "certificate-status") throw new Wrong("不是签名清单", "文件带有平台的签名，但不是状态文件的清单。");
    if (said.digest !== await sha256(packed)) throw new Wrong("状态文件与签名清单不符", "文件被改过、没有下载完整，或者两个文件不是同一天的。不要使用，请重新下载。");
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return { text: await new Response(stream).text(), ...said };
  };

  // ── days ──
  const inWords = (day) => { const [year, month, date] = day.split("-").map(Number); return `${year}年${month}月${date}日`; };
  const daysSince = (day) => {
    const now = new Date();
    return Math.round((Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) - Date.parse(day)) / 86400000);
  };
  const age = (day) => {
    const days = daysSince(day);
    if (days < 0) return "按这台电脑的日期，那一天还没有到：请检查电脑的日期。";
    return days ? `按这台电脑的日期，已经过去 ${days} 天；这以后的变化文件里没有。` : "就是今天（按这台电脑的日期）。";
  };

  // ── what is said ──
  const box = (place, look, word, ...sentences) => {
    const made = place.appendChild(document.createElement(place.matches("ol") ? "li" : "div"));
    made.className = `box ${look}`;
    made.appendChild(document.createElement("b")).textContent = word;
    sentences.filter(Boolean).forEach((sentence) => { made.appendChild(document.createElement("p")).textContent = sentence; });
    return made;
  };
  const first = (made) => { byId("answers").prepend(made); };
  const lineWith = (text) => {
    const at = list.text.indexOf(text);
    if (at < 0) return null;
    const start = list.text.lastIndexOf("\n", at) + 1;
    return JSON.parse(list.text.slice(start, list.text.indexOf("\n", start)));
  };
  const standing = (found) => {
    const [word, look] = STATES[found.state] ?? [found.state, "warn"];
    const ends = found.state === "valid" ? `，到${inWords(found.last_day)}（含当日）为止` : "";
    return { word, look, sentence: `${inWords(list.day)}这一天${word}，自${inWords(found.since)}起${ends}。` };
  };

  const typed = (text) => text.normalize("NFKC").replace(/\s/g, "").replace(/[‐‑‒–—−]/g, "-").toUpperCase();
  const byNumber = (text) => {
    const number = typed(text);
    if (!/^CQO-[A-Z0-9]{2,10}-[0-9]{4}-[0-9]{4,9}-[A-Z0-9]$/.test(number)) {
      return first(box(byId("answers"), "bad", "编号没有写对", `“${text}”不是证书编号的样式，例如 CQO-JSHZ-2026-0183-1。`));
    }
    const found = lineWith(`"number":"${number}"`);
    if (!found) return first(box(byId("answers"), "bad", "没有这个编号", `${number}：${inWords(list.day)}${list.made_at.slice(11, 16)}的文件里没有这张证书。请核对每一个字；那一刻以后颁发的也不在里面。`));
    const { word, look, sentence } = standing(found);
    return first(box(byId("answers"), look, word, number, sentence));
  };
  const byFile = async (file) => {
    const found = lineWith(`"pdf":"${await sha256(await file.arrayBuffer())}"`);
    if (!found) return first(box(byId("answers"), "bad", "不是登记的文件", `${file.name}：与登记的任何一份电子证书都不是逐字节一致。可能被改过、是扫描件，或者是${inWords(list.day)}${list.made_at.slice(11, 16)}以后颁发的。`));
    const { word, look, sentence } = standing(found);
    return first(box(byId("answers"), look, word, found.number, sentence, `${file.name}：与登记的电子证书逐字节一致。`));
  };

  // ── the page ──
  const begin = async (files) => {
    const place = byId("file");
    list = null;
    byId("ask").hidden = true;
    byId("answers").replaceChildren();
    place.replaceChildren();
    try {
      if (!globalThis.crypto?.subtle || !globalThis.DecompressionStream) throw new Wrong("这个浏览器太旧", "请换用 2023 年以后的 Chrome、Edge、Firefox 或 Safari 打开本网页。");
      list = await load(files);
    } catch (error) {
      box(place, "bad", error.word ?? "读不出来", error.word ? error.message : "文件读不出来，请重新下载再试。");
      return;
    }
    const made = box(place, daysSince(list.day) === 0 ? "ok" : "warn", `这是${inWords(list.day)}${list.made_at.slice(11, 16)}的状态`, age(list.day), `签名相符，由 ${list.issuer} 签发；共 ${list.count} 张证书。`);
    made.firstChild.className = "day";
    if (list.issuer !== given.address) box(place, "warn", "地址不同", `本网页从 ${given.address} 保存，文件由 ${list.issuer} 签发。`);
    byId("ask").hidden = false;
    byId("number").focus();
  };
  const takes = (input, take) => {
    const place = input.closest("label");
    input.addEventListener("change", () => { const files = [...input.files]; input.value = ""; if (files.length) take(files); });
    place.addEventListener("dragover", (event) => { event.preventDefault(); place.classList.add("is-over"); });
    place.addEventListener("dragleave", () => place.classList.remove("is-over"));
    place.addEventListener("drop", (event) => { event.preventDefault(); place.classList.remove("is-over"); take([...event.dataTransfer.files]); });
  };
  takes(byId("files"), begin);
  takes(byId("pdfs"), async (files) => { for (const file of files) await byFile(file); });
  byId("by-number").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = byId("number");
    if (field.value.trim()) byNumber(field.value.trim());
    field.select();
  });
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => event.preventDefault()); // a file beside the mark must not replace the page
})();
