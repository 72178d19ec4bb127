// The explorer: choose activations, move their parameters, and read f and f′ at a point. The whole one, on its own page, has
// a table made from relubook's registry; an embedded one, in a chapter, the functions that the chapter is about; the one of
// the front page, one graph. activations.js computes, graphs.js draws.
(() => {
  const {
    GRAPHS, FRONT, LINES, VIEWS, chosen, choose, range, readAddress, writeAddress, scale, lines, marks, label, still, number, within,
  } = EXPLORER;
  const LANGUAGE = document.documentElement.lang;
  const TEXT = {
    en: {
      functions: "Functions", point: "Point x", pin: "Pin", reset: "Start again", values: "Values at the point", view: "Range",
      fit: "to fit", from: "to", none: "Choose a function above.",
      undrawn: "In the table, but not drawn here:", ignored: "Not as the address says:",
      most: `${LINES.length} functions at a time: more lines could not be told apart.`,
    },
    ko: {
      functions: "함수", point: "지점 x", pin: "고정", reset: "처음 상태로", values: "이 지점에서의 값", view: "범위",
      fit: "함수에 맞춤", from: "~", none: "위에서 함수를 고르십시오.",
      undrawn: "표에만 있고 여기에는 그리지 않는 함수:", ignored: "주소에 적힌 대로 그리지 못한 것:",
      most: `한 번에 ${LINES.length}개까지입니다. 더 많으면 선을 구별할 수 없습니다.`,
    },
  }[LANGUAGE];
  const FIRST = "relu,elu,silu"; // what a reader sees before choosing
  const SYMBOLS = {f: "f", grad: "f′"};

  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  const drawing = (text) => document.createRange().createContextualFragment(text).firstElementChild;
  const rounded = (x) => Math.round(x * 100) / 100;

  function start(root) {
    const whole = root.id === "explorer", front = root.matches(".explorer-front"), graphs = front ? FRONT : GRAPHS;
    const registry = JSON.parse(root.dataset.activations); // name → {defaults, ranges, kinks, x}
    // Only what activations.js can compute is drawn; the table shows the others, and a line names them.
    const family = Object.fromEntries(Object.entries(registry).filter(([name]) => Object.hasOwn(ACTIVATIONS, name)));
    const undrawn = Object.keys(registry).filter((name) => !Object.hasOwn(family, name));
    const formulas = {}; // name → {f, grad}, as rendered in the registry's table
    for (const row of root.querySelectorAll("tbody tr")) {
      const [name, f, grad] = row.cells;
      formulas[name.textContent.trim()] = {f: f.querySelector(".katex"), grad: grad.querySelector(".katex")};
    }
    const first = root.dataset.address ?? FIRST;
    let choice = chosen();
    let hover = null; // x under the pointer, while the point is not pinned
    let svgs = [...root.querySelectorAll(".explorer-graph")]; // the build has drawn those of an embedded one

    // --- The address ----------------------------------------------------------------------------------------------------

    function read({choice: found, ignored}) {
      choice = found;
      hover = null;
      note.textContent = ignored.length ? `${TEXT.ignored} ${ignored.join(", ").slice(0, 300)}` : "";
      show();
    }

    // Soon, not at once: a browser refuses an address that changes with each step of a slider.
    let waiting;
    function write() {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        const address = `#${writeAddress(choice, family)}`;
        if (whole) history.replaceState(null, "", address);
        else root.querySelector("a").hash = address;
      }, 150);
    }

    // What a reader may want to come back from is a new entry of the history.
    function go(address) {
      clearTimeout(waiting);
      history.replaceState(null, "", `#${writeAddress(choice, family)}`);
      if (address !== location.hash) history.pushState(null, "", address || location.pathname + location.search);
      read(readAddress(address.slice(1), family, first));
    }

    // --- Graphs ---------------------------------------------------------------------------------------------------------

    function drawLines() {
      graphs.forEach((graph, i) => {
        svgs[i].firstElementChild.innerHTML = lines(graph, choice, family);
        svgs[i].setAttribute("aria-label", label(graph, choice, LANGUAGE));
      });
      const [low, high] = range(choice, family);
      where.min = low;
      where.max = high;
      choice.x = within(choice.x, [low, high]);
      drawPoint();
    }

    function drawPoint() {
      const spoken = [], x = hover ?? choice.x;
      graphs.forEach((graph, i) => {
        svgs[i].lastElementChild.innerHTML = marks(graph, choice, family, x);
      });
      for (const [name, {parameters}] of choice.functions) {
        const values = Object.keys(SYMBOLS).map((value) => {
          const y = ACTIVATIONS[name][value](x, parameters);
          root.querySelector(`[data-value="${value} ${name}"]`).textContent = `= ${number(y)}`;
          return `${SYMBOLS[value]} = ${number(y, 2)}`;
        });
        spoken.push(`${name} ${values.join(", ")}`);
        for (const slider of root.querySelectorAll(`[data-of="${name}"]`)) {
          slider.setAttribute("aria-valuetext", `${number(Number(slider.value), 2)}: ${values.join(", ")}`);
        }
      }
      shown.textContent = number(x, 2);
      pinned.setAttribute("aria-pressed", choice.pinned);
      if (hover !== null) return;
      where.value = x;
      where.setAttribute("aria-valuetext", [`x = ${number(x, 2)}`, ...spoken].join("; "));
    }

    function pin(x, stays = true) {
      choice.x = rounded(x);
      choice.pinned = stays;
      hover = null;
      drawPoint();
      write();
    }

    // The point follows a pointer until a click, a tap or a drag pins it; a click on the pinned point lets it go. A finger
    // that scrolls the page leaves it alone: the browser takes such a pointer away before it has moved.
    function follow(svg, graph) {
      const placeOf = ({clientX, clientY}) => new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse()).x;
      const at = (event) => scale(graph, choice, family).x(placeOf(event));
      const isNear = (event) => Math.abs(placeOf(event) - scale(graph, choice, family).across(choice.x)) < 10;
      let down = null; // where the pointer went down, until it has moved along the graph
      svg.addEventListener("pointerdown", (event) => {
        if (event.button) return;
        down = event;
        svg.setPointerCapture(event.pointerId);
      });
      svg.addEventListener("pointermove", (event) => {
        if (svg.hasPointerCapture(event.pointerId)) {
          if (down) {
            const across = Math.abs(event.clientX - down.clientX), along = Math.abs(event.clientY - down.clientY);
            if (across < 3 || across < along) return;
            down = null;
          }
          pin(at(event));
        } else if (!choice.pinned && !front) {
          hover = rounded(at(event));
          drawPoint();
        }
      });
      svg.addEventListener("pointerup", (event) => {
        if (down) pin(at(event), front || !(choice.pinned && isNear(event)));
        down = null;
      });
      svg.addEventListener("pointercancel", () => {
        down = null;
      });
      svg.addEventListener("pointerleave", () => {
        if (hover === null) return;
        hover = null;
        drawPoint();
      });
    }

    // --- Controls -------------------------------------------------------------------------------------------------------

    const where = element("input", {type: "range", step: 0.01, id: `${root.id}-x`});
    const shown = element("span", {class: "explorer-number", "aria-hidden": "true"});
    const pinned = element("button", {type: "button", class: "explorer-pin"}, TEXT.pin);
    const cards = element("div", {class: "explorer-cards", role: "group", "aria-label": TEXT.values});
    const note = element("p", {class: "explorer-note", role: "status", tabindex: -1});
    const boxes = {};

    function control(name, parameter) {
      const {parameters} = choice.functions.get(name), initial = family[name].defaults[parameter];
      const id = `${root.id}-${name}-${parameter}`;
      const text = element("label", {for: id}, element("code", {}, parameter));
      const set = (value) => {
        parameters[parameter] = value;
        drawLines();
        write();
      };
      if (typeof initial === "boolean") {
        const box = element("input", {type: "checkbox", id});
        box.checked = parameters[parameter];
        box.addEventListener("change", () => set(box.checked));
        return [text, box];
      }
      const [lowest, highest] = family[name].ranges[parameter];
      const slider = element("input", {type: "range", id, min: lowest, max: highest, step: 0.01, "data-of": name});
      slider.value = parameters[parameter];
      const value = element("span", {class: "explorer-number", "aria-hidden": "true"}, number(parameters[parameter], 2));
      slider.addEventListener("input", () => {
        value.textContent = number(Number(slider.value), 2);
        set(Number(slider.value));
      });
      return [text, slider, value];
    }

    function card(name) {
      const {line, parameters} = choice.functions.get(name);
      const swatch = drawing(
        `<svg viewBox="0 0 28 8" class="explorer-swatch" aria-hidden="true"><path d="M0 4H28" class="explorer-line ${line}"/></svg>`);
      const rows = Object.entries(SYMBOLS).map(([value, symbol]) => {
        const formula = formulas[name] ? [" = ", formulas[name][value].cloneNode(true)] : [];
        const result = element("span", {class: "explorer-value", "data-value": `${value} ${name}`});
        const of = element("span", {class: "explorer-of"}, "(x)");
        return element("div", {class: "explorer-row"}, symbol, of, ...formula, " ", result);
      });
      const controls = Object.keys(parameters).map((parameter) =>
        element("div", {class: "explorer-control"}, ...control(name, parameter)));
      return element("div", {class: "explorer-card"},
        element("div", {class: "explorer-name"}, swatch, element("code", {}, name)), ...rows, ...controls);
    }

    const view = element("select", {id: `${root.id}-view`}, element("option", {value: ""}, TEXT.fit),
      ...VIEWS.map((end) => element("option", {value: end}, `−${end} ${TEXT.from} ${end}`)));

    function show() {
      const full = choice.functions.size >= LINES.length;
      for (const [name, box] of Object.entries(boxes)) {
        box.checked = choice.functions.has(name);
        box.disabled = full && !box.checked;
      }
      view.value = choice.view ?? "";
      cards.replaceChildren(...(choice.functions.size ? [...choice.functions.keys()].map(card) : [TEXT.none]));
      drawLines();
    }

    function choices() {
      const field = element("fieldset", {class: "explorer-choices"}, element("legend", {}, TEXT.functions));
      for (const name of Object.keys(family)) {
        boxes[name] = element("input", {type: "checkbox"});
        boxes[name].addEventListener("change", () => {
          if (boxes[name].checked) choose(choice, family, name);
          else choice.functions.delete(name);
          note.textContent = choice.functions.size === LINES.length ? TEXT.most : "";
          show();
          write();
        });
        field.append(element("label", {}, boxes[name], " ", element("code", {}, name)));
      }
      if (undrawn.length) field.append(element("p", {}, `${TEXT.undrawn} ${undrawn.join(", ")}`));
      return field;
    }

    where.addEventListener("input", () => pin(Number(where.value)));
    pinned.addEventListener("click", () => pin(choice.x, !choice.pinned));
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && choice.pinned && !front) pin(choice.x, false);
    });
    const place = element("div", {class: "explorer-control explorer-where"},
      element("label", {for: where.id}, TEXT.point), where, shown, ...(front ? [] : [pinned]));
    if (!whole) {
      root.querySelector(".explorer-controls").append(place, cards);
      graphs.forEach((graph, i) => follow(svgs[i], graph));
      read(readAddress(first, family));
      choice.pinned = front; // in a chapter the point follows at once
      drawPoint();
      return;
    }

    view.addEventListener("change", () => {
      choice.view = Number(view.value) || null;
      show();
      write();
    });
    const reset = element("button", {type: "button", class: "explorer-reset"}, TEXT.reset);
    reset.addEventListener("click", () => go(""));
    place.append(element("span", {class: "explorer-view"}, element("label", {for: view.id}, TEXT.view), " ", view), reset);
    const pictures = element("div", {class: "explorer-graphs"});
    pictures.innerHTML = graphs.map((graph) => still(graph, choice, family, LANGUAGE)).join("");
    svgs = [...pictures.children];
    root.querySelector(".explorer-app").append(choices(), note, pictures, place, cards);
    graphs.forEach((graph, i) => follow(svgs[i], graph));

    // A heading has an address, too: the outline leads there and leaves the choice alone, which is stored until the page is
    // loaded again.
    const named = () => {
      try {
        return location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      } catch {
        return null;
      }
    };
    const opened = readAddress(named() ? sessionStorage.getItem("explorer") ?? "" : location.hash.slice(1), family, first);
    read(opened);
    if (opened.known && !named() && scrollY === 0) root.scrollIntoView(); // whoever comes from a chapter comes for this
    addEventListener("hashchange", () => {
      if (named()) {
        sessionStorage.setItem("explorer", writeAddress(choice, family));
        return;
      }
      const found = readAddress(location.hash.slice(1), family, first);
      read(found.known || !found.ignored.length ? found : {...found, choice});
    });
    // A comparison that the text offers: its sentence stands beside the graphs that it is about.
    for (const link of document.querySelectorAll("a.explorer-state")) {
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        go(link.hash);
        note.textContent = link.closest("li, p").textContent;
        root.scrollIntoView();
        note.focus({preventScroll: true});
      });
    }
  }

  const page = document.getElementById("explorer");
  if (page) start(page);
  // One in a chapter starts when the reader comes near it.
  const near = new IntersectionObserver((entries) => {
    for (const {isIntersecting, target} of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      start(target);
    }
  }, {rootMargin: "400px"});
  for (const embedded of document.querySelectorAll(".explorer-embed")) near.observe(embedded);
})();
