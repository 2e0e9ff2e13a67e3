// Rows that come and go: <section data-formset="prefix"> with [data-rows], <template data-empty-row>,
// a button [data-add-row] and in each row the box [data-remove-row] that Django calls DELETE.
(() => {
  const markGone = (box) => box.closest("fieldset, [data-period]")?.classList.toggle("is-gone", box.checked);

  document.querySelectorAll("[data-formset]").forEach((place) => {
    const prefix = place.dataset.formset;
    const rows = place.querySelector("[data-rows]");
    const empty = place.querySelector("template[data-empty-row]");
    const total = place.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
    const most = Number(place.querySelector(`[name="${prefix}-MAX_NUM_FORMS"]`)?.value) || 1000;
    const button = place.querySelector("[data-add-row]");
    if (!rows || !empty || !total) return;

    const full = () => { if (button) button.disabled = Number(total.value) >= most; };
    button?.addEventListener("click", (event) => {
      event.preventDefault(); // without JavaScript the server adds the row
      const number = Number(total.value);
      if (number >= most) return;
      const made = document.createElement("template");
      made.innerHTML = empty.innerHTML.replaceAll("__prefix__", String(number));
      const legend = made.content.querySelector("legend");
      if (legend) legend.textContent = `第 ${number + 1} 段`;
      const first = made.content.querySelector("input:not([type=hidden]), select");
      rows.append(made.content);
      total.value = String(number + 1);
      first?.focus();
      full();
    });
    place.querySelectorAll("[data-remove-row]").forEach(markGone);
    full();
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-remove-row]")) markGone(event.target);
  });
})();
