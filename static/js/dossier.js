// The dossier beside a sheet: pages turn in place, and an event `dossier:page` tells where one is.
// Each tab carries its paper: data-proof, data-number, data-pages, data-name, data-supports, data-url.
(() => {
  const viewer = document.getElementById("viewer");
  if (!viewer) return;
  const tabs = [...viewer.querySelectorAll("[data-number]")];
  const nav = viewer.querySelector("nav");
  const report = viewer.querySelector("[data-report]");
  const stage = viewer.querySelector("[data-stage]");
  const tabOf = (proof) => tabs.find((tab) => tab.dataset.proof === proof);

  const picture = (tab, page) => `${tab.dataset.url}${page}.png`;
  const show = (proof, page) => {
    const tab = tabOf(proof);
    if (!tab) return;
    const pages = Number(tab.dataset.pages);
    const at = Math.min(Math.max(page, 1), pages);
    const image = stage.querySelector("img") ?? stage.appendChild(Object.assign(document.createElement("img"), { className: "page-image" }));
    image.alt = `${tab.dataset.name}，第 ${at} 页`;
    image.src = picture(tab, at);
    if (at < pages) new Image().src = picture(tab, at + 1); // the next one is there when it is asked for
    stage.scrollTo(0, 0);
    viewer.dataset.proof = proof;
    viewer.dataset.page = at;
    viewer.querySelector("[data-at]").textContent = `${at} / ${pages}`;
    const name = viewer.querySelector("[data-file]");
    name.textContent = tab.dataset.name;
    name.href = tab.dataset.url;
    viewer.querySelectorAll("[data-turn]").forEach((step) => {
      const to = at + Number(step.dataset.turn);
      step.setAttribute("aria-disabled", String(to < 1 || to > pages));
    });
    const supports = tab.dataset.supports.split(" ").filter(Boolean);
    viewer.querySelector("[data-belongs]").textContent = supports.length ? `申请人把本件归到 ${supports.join("、")}` : "";
    choose(tab, false);
  };
  const choose = (tab, isReport) => {
    [report, ...tabs].forEach((one) => { if (one === tab) one.setAttribute("aria-current", "true"); else one.removeAttribute("aria-current"); });
    document.getElementById("report").hidden = !isReport;
    document.getElementById("paper").hidden = isReport;
    if (isReport) { delete viewer.dataset.proof; delete viewer.dataset.page; }
    document.dispatchEvent(new CustomEvent("dossier:page", { detail: here() }));
  };
  const here = () => {
    const { proof, page } = viewer.dataset;
    return proof ? { key: `${proof}:${page}`, label: label(`${proof}:${page}`) } : null;
  };
  const label = (key) => {
    const [proof, page] = key.split(":");
    const tab = tabOf(proof);
    return tab ? `证明 ${tab.dataset.number} · 第 ${page} 页` : `第 ${page} 页`;
  };
  const turn = (step) => {
    if (viewer.dataset.proof) show(viewer.dataset.proof, Number(viewer.dataset.page) + step);
    else if (step > 0 && tabs.length) show(nav.querySelector("[data-number]").dataset.proof, 1);
  };
  // What the applicants assigned to the open row stands first.
  const order = (code) => {
    const byNumber = (a, b) => Number(a.dataset.number) - Number(b.dataset.number);
    const isOf = (tab) => tab.dataset.supports.split(" ").includes(code);
    tabs.sort(byNumber).sort((a, b) => isOf(b) - isOf(a)).forEach((tab) => {
      tab.classList.toggle("is-assigned", isOf(tab));
      tab.querySelector("[data-assigned]").textContent = isOf(tab) ? "，申请人归到这一行" : "";
      nav.append(tab);
    });
  };

  viewer.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const tab = event.target.closest("[data-number]");
    const step = event.target.closest("[data-turn]");
    const zoom = event.target.closest("[data-zoom]");
    if (tab) show(tab.dataset.proof, 1);
    else if (event.target.closest("[data-report]")) choose(report, true);
    else if (step) turn(Number(step.dataset.turn));
    else if (zoom) zoom.setAttribute("aria-pressed", String(stage.classList.toggle("is-zoomed")));
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-show]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const [proof, page] = link.dataset.show.split(":");
    show(proof, Number(page));
    if (innerWidth < 768) viewer.scrollIntoView();
  });
  viewer.querySelector("[data-zoom]").hidden = false;
  if (viewer.dataset.proof) show(viewer.dataset.proof, Number(viewer.dataset.page));
  window.dossier = { here, label, turn, order };
})();
