// A tap on a figure shows it as large as the window allows; without this script its link leads to the file.
(() => {
  const korean = document.documentElement.lang === "ko";
  const words = korean ? { close: "닫기", download: "파일 내려받기" } : { close: "Close", download: "Download the file" };
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const show = (link) => {
    const image = link.querySelector("img"), caption = link.closest("figure")?.querySelector("figcaption");
    const close = make("button", { type: "button", className: "btn btn-sm", textContent: words.close });
    const file = make("a", { href: link.href, className: "btn btn-sm", textContent: words.download });
    file.download = link.dataset.name ?? "";
    const large = make("img", { src: image.src, alt: image.alt, width: image.width, height: image.height });
    const frame = make("div", { className: "figure-frame", tabIndex: 0 }, large);
    frame.style.setProperty("--shape", image.clientWidth / image.clientHeight);
    const dialog = make("dialog", { className: "figure-window" }, make("div", { className: "figure-bar" }, file, close), frame);
    dialog.setAttribute("aria-label", caption?.querySelector(".caption-number")?.textContent.trim() || image.alt.slice(0, 80));
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("keydown", (event) => event.key === "Escape" && dialog.close());  // a listener of Sphinx's stops the browser's own
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.figure-file");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    show(link);
  });
})();
