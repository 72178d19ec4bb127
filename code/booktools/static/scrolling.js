// Formulas and tables that are wider than the screen scroll in their own boxes; the keyboard has to reach those.
(() => {
  const update = () => {
    for (const box of document.querySelectorAll(".katex-display, .pst-scrollable-table-container")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  addEventListener("load", update);
  addEventListener("resize", update);
})();
