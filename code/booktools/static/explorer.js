// The explorer: choose activations, move their parameters, and read f and f′ at a point. The whole one, on its own page, has
// a table made from relubook's registry; an embedded one, in a chapter, the functions that the chapter is about.
// activations.js computes, graphs.js draws.
(() => {
  const {GRAPHS, LINES, VIEWS, chosen, choose, range, readAddress, writeAddress, scale, lines, marks, label, still, number, within} =
    EXPLORER;
  const LANGUAGE = document.documentElement.lang;
  const TEXT = {
    en: {
      functions: "Functions", point: "Point x", reset: "Start again", values: "Values at the point", view: "Range",
      fit: "to fit", from: "to", none: "Choose a function above.",
      undrawn: "In the table, but not drawn here:", unknown: "The address names something that is not drawn here:",
      most: `${LINES.length} functions at a time: more lines could not be told apart.`,
    },
    ko: {
      functions: "함수", point: "지점 x", reset: "처음 상태로", values: "이 지점에서의 값", view: "범위",
      fit: "함수에 맞춤", from: "~", none: "위에서 함수를 고르십시오.",
      undrawn: "표에만 있고 여기에는 그리지 않는 함수:", unknown: "주소에 여기서 그릴 수 없는 것이 있습니다:",
      most: `한 번에 ${LINES.length}개까지입니다. 더 많으면 선을 구별할 수 없습니다.`,
    },
  }[LANGUAGE];
  const FIRST = "relu,elu,silu"; // what a reader sees before choosing
  const symbols = {f: "f", grad: "f′"};

  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  const drawing = (text) => document.createRange().createContextualFragment(text).firstElementChild;

  function start(root) {
    const whole = root.id === "explorer";
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
    let hover = null; // x under the pointer, where that is not the pinned point
    let svgs = [...root.querySelectorAll(".explorer-graph")]; // the build has drawn those of an embedded one

    // --- The address ----------------------------------------------------------------------------------------------------

    function read(address) {
      const {choice: found, unknown} = readAddress(address, family);
      choice = found.functions.size ? found : readAddress(first, family).choice;
      hover = null;
      note.textContent = unknown.length ? `${TEXT.unknown} ${unknown.join(", ")}` : "";
      show();
    }

    // Soon, not at once: a browser refuses an address that changes with each step of a slider.
    let waiting;
    function write() {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        const address = `#${writeAddress(choice, family)}`;
        if (!whole) {
          root.querySelector("a").hash = address;
          return;
        }
        history.replaceState(null, "", address);
        const other = document.querySelector(".btn-language-button");
        if (other) other.hash = address;
      }, 150);
    }

    // --- Graphs ---------------------------------------------------------------------------------------------------------

    function drawLines() {
      GRAPHS.forEach((graph, i) => {
        svgs[i].firstElementChild.innerHTML = lines(graph, choice, family, root.id);
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
      GRAPHS.forEach((graph, i) => {
        svgs[i].lastElementChild.innerHTML = marks(graph, choice, family, x);
        for (const [name, {parameters}] of choice.functions) {
          const y = ACTIVATIONS[name][graph.value](x, parameters);
          root.querySelector(`[data-value="${graph.value} ${name}"]`).textContent = `= ${number(y)}`;
          spoken.push(`${name} ${symbols[graph.value]} = ${number(y, 2)}`);
        }
      });
      shown.textContent = number(x, 2);
      if (hover === null) {
        where.value = x;
        where.setAttribute("aria-valuetext", `x = ${number(x, 2)}: ${spoken.join(", ")}`);
      }
    }

    const rounded = (x) => Math.round(x * 100) / 100;
    function pin(x) {
      choice.x = rounded(x);
      hover = null;
      drawPoint();
      write();
    }

    // A pointer that hovers shows the values under it; a click, a drag and a finger pin the point there.
    function follow(svg, graph) {
      const at = ({clientX, clientY}) => {
        const place = new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
        return scale(graph, choice, family).x(place.x);
      };
      svg.addEventListener("pointerdown", (event) => pin(at(event)));
      svg.addEventListener("pointermove", (event) => {
        if (event.buttons || event.pointerType === "touch") pin(at(event));
        else {
          hover = rounded(at(event));
          drawPoint();
        }
      });
      svg.addEventListener("pointerleave", () => {
        hover = null;
        drawPoint();
      });
    }

    // --- Controls -------------------------------------------------------------------------------------------------------

    const where = element("input", {type: "range", step: 0.01, id: `${root.id}-x`});
    const shown = element("output", {for: where.id});
    const cards = element("div", {class: "explorer-cards", role: "group", "aria-label": TEXT.values});
    const note = element("p", {class: "explorer-note", role: "status"});
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
      const slider = element("input", {type: "range", id, min: lowest, max: highest, step: 0.01});
      slider.value = parameters[parameter];
      const value = element("output", {for: id}, number(parameters[parameter], 2));
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
      const rows = GRAPHS.map(({value}) => {
        const formula = formulas[name] ? [" = ", formulas[name][value].cloneNode(true)] : [];
        const result = element("span", {class: "explorer-value", "data-value": `${value} ${name}`});
        return element("div", {class: "explorer-row"}, `${symbols[value]}(x)`, ...formula, " ", result);
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
    view.addEventListener("change", () => {
      choice.view = Number(view.value) || null;
      show();
      write();
    });
    const reset = element("button", {type: "button", class: "explorer-reset"}, TEXT.reset);
    reset.addEventListener("click", () => {
      clearTimeout(waiting);
      if (whole) history.replaceState(null, "", location.pathname + location.search);
      read("");
    });
    const place = element("div", {class: "explorer-control explorer-where"},
      element("label", {for: where.id}, TEXT.point), where, shown, element("label", {for: view.id}, TEXT.view), view, reset);
    if (whole) {
      const graphs = element("div", {class: "explorer-graphs"});
      graphs.innerHTML = GRAPHS.map((graph) => still(graph, choice, family, root.id, LANGUAGE)).join("");
      svgs = [...graphs.children];
      root.querySelector(".explorer-app").append(choices(), note, graphs, place, cards);
    } else root.querySelector(".explorer-controls").append(place, note, cards);
    GRAPHS.forEach((graph, i) => follow(svgs[i], graph));
    if (!whole) return read(first);

    // A heading of the page has an address, too: the outline leads there and leaves the choice alone.
    const named = () => {
      try {
        return location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      } catch {
        return false;
      }
    };
    read(named() ? "" : location.hash.slice(1));
    addEventListener("hashchange", () => {
      if (!named()) read(location.hash.slice(1));
    });
    // A comparison that the text offers: its sentence stands beside the graphs that it is about.
    for (const link of document.querySelectorAll("a.explorer-preset")) {
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        history.pushState(null, "", link.hash);
        read(link.hash.slice(1));
        note.textContent = link.closest("li, p").textContent;
        root.scrollIntoView();
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
