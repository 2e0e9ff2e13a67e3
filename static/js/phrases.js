/* A phrase goes into the reason where one is writing; without this script the button asks the server to do it. */
"use strict";
document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-phrases] [data-text]");
  if (!chip) return;
  event.preventDefault();
  const form = chip.closest("form");
  const reason = form.elements.namedItem("reason");
  const said = reason.value.trim();
  reason.value = said ? `${said}\n${chip.dataset.text}` : chip.dataset.text;
  form.elements.namedItem("phrase").value = chip.value;
  reason.focus();
});
