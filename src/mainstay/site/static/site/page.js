// Copying and printing: the buttons show themselves only where they can work.
(() => {
  "use strict";
  const copy = async (button) => {
    const words = document.getElementById(button.dataset.copy).textContent.trim();
    await navigator.clipboard.writeText(words);
    const before = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = before; }, 3000);
  };
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) break;
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", () => copy(button));
  }
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
})();
