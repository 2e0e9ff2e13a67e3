// Papers by choice or by drop: <form data-upload hx-post="…"> with a file input, maybe a select of kinds, a <progress>.
// Whatever is chosen or dropped is sent at once, one file after the other. Without this file the button sends it.
// A row with the id "paper-<kind>" takes a drop for its own kind. Where a form's controls lie elsewhere on the page (by
// their `form` attribute), what is to be said stands in the [data-upload-place] around them.
(() => {
  const queue = []; // {file, kind}
  let under = false;

  const theForm = (kind) => {
    const forms = [...document.querySelectorAll("form[data-upload]")];
    return forms.find((form) => {
      const field = form.querySelector("[name=kind]");
      return !kind || !field || (field.tagName === "SELECT" ? [...field.options].some((o) => o.value === kind) : field.value === kind);
    });
  };
  const fileOf = (form) => [...form.elements].find((one) => one.type === "file");
  const buttonsOf = (form) => [...form.elements].filter((one) => one.type === "submit");
  const say = (form, words) => {
    const place = fileOf(form)?.closest("[data-upload-place]") ?? form;
    place.querySelector("[data-upload-said]")?.remove();
    if (!words) return;
    const line = document.createElement("p");
    line.className = "invalid-feedback";
    line.setAttribute("role", "alert");
    line.dataset.uploadSaid = "";
    line.textContent = words;
    place.append(line);
  };
  const next = () => {
    if (under || !queue.length) return;
    const { file, kind } = queue.shift();
    const form = theForm(kind);
    if (!form) return;
    const select = form.querySelector("select[name=kind]");
    if (select && kind) select.value = kind;
    const files = new DataTransfer();
    files.items.add(file);
    fileOf(form).files = files.files;
    under = true;
    say(form, "");
    form.requestSubmit();
  };
  const take = (files, kind) => {
    for (const file of files) queue.push({ file, kind });
    next();
  };

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.matches("form[data-upload]") && event.target.matches("[type=file]") && event.target.files.length) {
      const files = [...event.target.files];
      take(files, form.querySelector("[name=kind]")?.value);
    }
  });

  const target = (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return null;
    const row = event.target.closest("[id^=paper-]");
    return row && theForm(row.id.slice(6)) ? row : event.target.closest("form[data-upload]");
  };
  const light = (place) => document.querySelectorAll(".is-over").forEach((one) => one.classList.toggle("is-over", one === place));
  document.addEventListener("dragover", (event) => {
    const place = target(event);
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); // a file beside the mark must not replace the page
    place?.classList.add("is-over");
    light(place);
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) light(null); });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    const place = target(event);
    light(null);
    if (!place) return;
    take(event.dataTransfer.files, place.matches("form") ? place.querySelector("[name=kind]")?.value : place.id.slice(6));
  });

  // While it travels: a bar, and no second send.
  const bar = (form) => form.querySelector("progress") ?? form.parentElement.querySelector("progress");
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt;
    if (!form.matches?.("form[data-upload]")) return;
    under = true;
    buttonsOf(form).forEach((button) => { button.disabled = true; });
    const line = bar(form);
    if (line) { line.hidden = false; line.value = 0; }
  });
  document.addEventListener("htmx:xhr:progress", (event) => {
    const form = event.target;
    const line = form.matches?.("form[data-upload]") && bar(form);
    if (line && event.detail.lengthComputable) line.value = Math.round((100 * event.detail.loaded) / event.detail.total);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    // The answer has replaced the form by now, so the event comes from what was around it.
    const form = event.detail.requestConfig?.elt ?? event.detail.elt;
    if (!form.matches?.("form[data-upload]")) return;
    under = false;
    buttonsOf(form).forEach((button) => { button.disabled = false; });
    const line = bar(form);
    if (line) line.hidden = true;
    if (!event.detail.successful) {
      queue.length = 0;
      const large = event.detail.xhr?.status === 413;
      say(form, large ? "这个文件太大，没有接收。已经上传的材料都在；请压缩后再传。" : "这个文件没有传上。已经上传的材料都在；请看看网络是否连着，再试一次。");
      return;
    }
    setTimeout(next, 50); // the answer has put a new form in place of this one
  });
})();
