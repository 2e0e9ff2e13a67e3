// Runs before anything is painted: the theme chosen on this computer, else the one of the system.
(() => {
  const root = document.documentElement;
  const read = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem("theme", theme); } catch { /* private window */ } };
  const stored = read();
  if (stored === "dark" || stored === "light") root.dataset.bsTheme = stored;

  const dark = () => root.dataset.bsTheme
    ? root.dataset.bsTheme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;

  document.addEventListener("DOMContentLoaded", () => {
    const buttons = document.querySelectorAll("[data-theme-toggle]");
    const label = () => buttons.forEach((button) => {
      button.hidden = false;
      button.querySelector("[data-theme-label]").textContent = dark() ? "换成浅色" : "换成深色";
    });
    buttons.forEach((button) => button.addEventListener("click", () => {
      root.dataset.bsTheme = dark() ? "light" : "dark";
      keep(root.dataset.bsTheme);
      label();
    }));
    label();
  });
})();
