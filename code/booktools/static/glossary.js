// What a term means, shown beside it while the mouse or the keyboard is on its link. The text is the link's title, which
// the browser shows by itself where this does not run.
(() => {
  const preview = Object.assign(document.createElement("span"), { id: "term-preview", role: "tooltip", hidden: true });
  let shown = null, waiting = 0, touched = false;

  const hide = () => {
    clearTimeout(waiting);
    if (!shown) return;
    shown.removeAttribute("aria-describedby");
    shown = null;
    preview.hidden = true;
  };

  const show = (link) => {
    if (shown === link) return;
    hide();
    shown = link;
    preview.textContent = link.dataset.meaning;
    preview.hidden = false;
    link.setAttribute("aria-describedby", preview.id);
    // Under the line in which the term begins, or above it, and within the window.
    const line = link.getClientRects()[0];
    const below = line.bottom + preview.offsetHeight + 8 < innerHeight;
    preview.style.top = `${scrollY + (below ? line.bottom : line.top - preview.offsetHeight)}px`;
    preview.style.left = `${scrollX + Math.max(8, Math.min(line.left, document.documentElement.clientWidth - preview.offsetWidth - 8))}px`;
  };

  const terms = document.querySelectorAll("a.term");
  if (!terms.length) return;
  document.body.append(preview);
  for (const link of terms) {
    link.dataset.meaning = link.title;
    link.removeAttribute("title");  // or two would be shown
    link.addEventListener("focus", () => link.matches(":focus-visible") && show(link));
    link.addEventListener("blur", hide);
    // A finger that taps a term wants to know what it means; tapping once more, it wants to go there.
    link.addEventListener("click", (event) => {
      if (!touched || shown === link) return;
      event.preventDefault();
      show(link);
    });
  }
  document.addEventListener("pointerdown", (event) => {
    touched = event.pointerType === "touch";
    if (touched && event.target !== preview && event.target.closest?.("a.term") !== shown) hide();
  });
  // The mouse may go from the term to its preview, to read on or to copy from it.
  document.addEventListener("pointerover", (event) => {
    clearTimeout(waiting);
    if (event.pointerType !== "mouse" || event.target === preview) return;
    const link = event.target.closest?.("a.term");
    if (link) waiting = setTimeout(show, 200, link);
    else if (shown && shown !== document.activeElement) waiting = setTimeout(hide, 200);
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
})();
