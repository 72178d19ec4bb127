// What the theme's scripts leave undone, once the page and they are there.
(() => {
  // What is wider than the screen moves sideways in its own box; the keyboard has to reach that, and a reader be told.
  const korean = document.documentElement.lang === "ko";
  const names = [
    [".katex-display", "Formula", "수식"], [".columns", "Output", "출력"], [".output pre", "Output", "출력"], ["pre", "Code", "코드"],
    [".pst-scrollable-table-container", "Table", "표"],
  ];
  const sizes = new ResizeObserver((boxes) => {  // all are measured before one is changed, or each would be laid out anew
    const isWide = (box) => box.scrollWidth > box.clientWidth && box.ariaHidden !== "true";  // what an editor covers is hidden
    for (const [box, wide] of boxes.map(({ target }) => [target, isWide(target)])) {
      const name = names.find(([kind]) => box.matches(kind));
      for (const [key, value] of Object.entries({ tabindex: 0, role: "group", "aria-label": name[korean ? 2 : 1] })) {
        if (wide) box.setAttribute(key, value);
        else box.removeAttribute(key);
      }
    }
  });

  // The theme keeps the side bar where it was on the page before, and opens it at its top: the current chapter may be neither.
  const showCurrent = () => {
    const bar = document.querySelector(".bd-sidebar-primary");
    const link = bar?.querySelector("a.current");
    if (!link) return;
    const frame = bar.getBoundingClientRect(), place = link.getBoundingClientRect();
    if (place.top < frame.top || place.bottom > frame.bottom) bar.scrollTop += place.top - frame.top - frame.height / 3;
  };
  const whenOpened = () => setTimeout(() => {
    document.querySelector(".bd-sidebar-primary a.current")?.focus({ preventScroll: true });
    showCurrent();
  }, 100);  // the theme focuses its first link after as long, and before this

  // What the address names; an address that nothing can decode names nothing.
  const named = () => {
    try {
      return document.getElementById(decodeURIComponent(location.hash.slice(1)));
    } catch {
      return null;
    }
  };

  // A result of the search leads to a section: show the first marked word in it, also if it is hidden (answers.js opens that).
  const showMatch = () => {
    const match = named()?.querySelector(".highlighted");
    if (!match) return;
    match.dispatchEvent(new Event("beforematch", { bubbles: true }));
    match.scrollIntoView({ block: "center", behavior: "instant" });
  };

  // The other edition opens where this one is read: its sections and figures have the same names. What is no name of a
  // place is the explorer's address, and holds there, too.
  const placeInOther = () => {
    if (location.hash && !named()) return location.hash;
    const places = [...document.querySelectorAll(":is(article section, article figure)[id]")];
    const above = places.filter((place) => place.getBoundingClientRect().top < innerHeight / 3 &&
      !place.closest("details:not([open]), [hidden]"));
    return scrollY > innerHeight / 3 && above.length ? `#${above.at(-1).id}` : "";
  };
  const language = document.querySelector(".btn-language-button");
  for (const event of ["pointerdown", "click"]) {  // the first also before "open in a new tab", the second from the keyboard
    language?.addEventListener(event, () => { language.hash = placeInOther(); });
  }

  const ready = () => {
    for (const box of document.querySelectorAll(names.map(([kind]) => kind))) sizes.observe(box);
    showCurrent();
    setTimeout(showMatch, 50);  // Sphinx marks the words after 10
    // Where the way to the section is an animation, its end would be the last word.
    addEventListener("scrollend", showMatch, { once: true });
    setTimeout(() => removeEventListener("scrollend", showMatch), 1500);
    document.querySelector(".primary-toggle")?.addEventListener("click", () => {
      if (document.getElementById("pst-primary-sidebar-checkbox").checked) whenOpened();
    });
    // A link of the contents leads to a place of this page, which the drawer would cover.
    document.querySelector(".bd-sidebar-secondary")?.addEventListener("click", (event) => {
      if (event.target.closest("a")) document.getElementById("pst-secondary-sidebar-checkbox").checked = false;
    });
    for (const form of document.querySelectorAll(".bd-search")) form.setAttribute("role", "search");
  };
  // loaded.js sends this event, when the theme's scripts have run.
  addEventListener("load", ready, { once: true });

  // Paper is white: the dark theme waits until it is printed.
  const page = document.documentElement.dataset;
  let chosen;
  addEventListener("beforeprint", () => {
    chosen = page.theme;
    page.theme = "light";
  });
  addEventListener("afterprint", () => {
    page.theme = chosen;
  });
})();
