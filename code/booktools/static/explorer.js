// The explorer page: choose activations, move their parameters, and read f and f′ at a point. The page brings a table
// made from relubook's registry, with its formulas rendered and its parameters as data; activations.js computes.
(() => {
  const root = document.getElementById("explorer");
  const registry = JSON.parse(root.dataset.activations); // name → {defaults, ranges, kinks}
  // Only what activations.js can compute is drawn; the table shows the others, and a line names them.
  const family = Object.fromEntries(Object.entries(registry).filter(([name]) => Object.hasOwn(ACTIVATIONS, name)));
  const undrawn = Object.keys(registry).filter((name) => !Object.hasOwn(family, name));
  const [left, right] = JSON.parse(root.dataset.x);
  const TEXT = {
    en: {
      functions: "Functions", point: "Point x", reset: "Start again", values: "Values at the point",
      none: "Choose a function above.", graph: "Graph of", at: "at",
      undrawn: "In the table, but not drawn here:",
    },
    ko: {
      functions: "함수", point: "지점 x", reset: "처음 상태로", values: "이 지점에서의 값",
      none: "위에서 함수를 고르십시오.", graph: "그래프:", at: "x =",
      undrawn: "표에만 있고 여기에는 그리지 않는 함수:",
    },
  }[document.documentElement.lang];
  const FIRST = ["relu", "elu", "silu"]; // what a reader sees before choosing
  const GRAPHS = [
    {value: "f", title: "f(x)", low: -2, high: 5, step: 1},
    {value: "grad", title: "f′(x)", low: -0.5, high: 2, step: 0.5},
  ];
  const WIDTH = 340, HEIGHT = 260, LEFT = 30, RIGHT = 8, TOP = 22, BOTTOM = 20; // of a graph, in its own units
  const POINTS = 160; // of each piece of a line
  const LINES = [ // colours and dashes, in explorer.css
    "explorer-blue", "explorer-orange", "explorer-green", "explorer-purple", "explorer-sky", "explorer-brown",
    "explorer-black",
  ];

  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  const shape = (tag, attributes = {}, text = "") => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
    return made;
  };
  const number = (value, digits = 4) => value.toFixed(digits).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");
  const symbols = {f: "f", grad: "f′"};
  const formulas = {}; // name → {f, grad}, as rendered in the registry's table
  for (const row of root.querySelectorAll("tbody tr")) {
    const [name, f, grad] = row.cells;
    formulas[name.textContent.trim()] = {f: f.querySelector(".katex"), grad: grad.querySelector(".katex")};
  }

  // --- What is chosen ---------------------------------------------------------------------------------------------------

  const chosen = new Map(); // name → {parameters, line}, in the order of choosing
  let point = 1;

  function choose(name, parameters = {}) {
    const used = [...chosen.values()].map(({line}) => line);
    const line = LINES.find((free) => !used.includes(free)) ?? LINES[chosen.size % LINES.length];
    chosen.set(name, {parameters: {...family[name].defaults, ...parameters}, line});
  }

  // The address keeps the choice, so that a picture can be shared: #relu,elu;alpha=2
  function readAddress() {
    chosen.clear();
    for (const part of decodeURIComponent(location.hash.slice(1)).split(",")) {
      const [name, ...settings] = part.split(";");
      if (!Object.hasOwn(family, name)) continue;
      const parameters = {};
      for (const [parameter, text] of settings.map((setting) => setting.split("="))) {
        const first = family[name].defaults[parameter];
        if (typeof first === "boolean") parameters[parameter] = text === "true";
        else if (typeof first === "number" && Number.isFinite(Number(text))) {
          const [lowest, highest] = family[name].ranges[parameter];
          parameters[parameter] = Math.min(Math.max(Number(text), lowest), highest);
        }
      }
      choose(name, parameters);
    }
    if (!chosen.size) FIRST.forEach((name) => choose(name));
  }

  function writeAddress() {
    const parts = [...chosen].map(([name, {parameters}]) => {
      const changed = Object.entries(parameters).filter(([key, value]) => value !== family[name].defaults[key]);
      return [name, ...changed.map(([key, value]) => `${key}=${value}`)].join(";");
    });
    history.replaceState(null, "", `#${parts.join(",")}`);
  }

  // --- Graphs -----------------------------------------------------------------------------------------------------------

  const across = (x) => LEFT + ((x - left) / (right - left)) * (WIDTH - LEFT - RIGHT);
  const up = ({low, high}, y) => TOP + ((high - y) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  // Beyond the frame a line may lead as far as it likes, but not so far that a browser does not draw it.
  const inReach = (graph, y) => Math.min(Math.max(up(graph, y), -HEIGHT), 2 * HEIGHT);

  function frame(graph) {
    const svg = shape("svg", {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "explorer-graph"});
    graph.svg = svg;
    const clip = shape("clipPath", {id: `explorer-${graph.value}`});
    clip.append(
      shape("rect", {x: LEFT, y: TOP, width: WIDTH - LEFT - RIGHT, height: HEIGHT - TOP - BOTTOM})
    );
    svg.append(clip, shape("text", {x: LEFT, y: 14, class: "explorer-title"}, graph.title));
    for (let x = Math.ceil(left); x <= right; x += 1) {
      const kind = x === 0 ? "explorer-axis" : "explorer-grid";
      svg.append(shape("line", {x1: across(x), x2: across(x), y1: TOP, y2: HEIGHT - BOTTOM, class: kind}));
      if (x % 2 === 0) {
        const place = {x: across(x), y: HEIGHT - 5, "text-anchor": "middle"};
        svg.append(shape("text", place, number(x, 0)));
      }
    }
    for (let y = graph.low; y <= graph.high; y += graph.step) {
      const kind = y === 0 ? "explorer-axis" : "explorer-grid";
      svg.append(shape("line", {x1: LEFT, x2: WIDTH - RIGHT, y1: up(graph, y), y2: up(graph, y), class: kind}));
      const place = {x: LEFT - 4, y: up(graph, y) + 4, "text-anchor": "end"};
      svg.append(shape("text", place, number(y, graph.step < 1 ? 1 : 0)));
    }
    graph.lines = shape("g", {"clip-path": `url(#explorer-${graph.value})`});
    graph.marker = shape("g");
    svg.append(graph.lines, graph.marker);
    for (const event of ["pointerdown", "pointermove"]) {
      svg.addEventListener(event, ({clientX, clientY}) => {
        const place = new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
        const x = left + ((place.x - LEFT) / (WIDTH - LEFT - RIGHT)) * (right - left);
        moveTo(Math.min(Math.max(x, left), right));
      });
    }
    return svg;
  }

  // A line breaks at every kink, where the derivative jumps. With other parameters than the default ones 0 may be a
  // kink, too; a break at a place that is none does not show.
  function path(graph, name) {
    const evaluate = ACTIVATIONS[name][graph.value], {parameters} = chosen.get(name);
    const kinks = [...new Set([0, ...family[name].kinks])].filter((kink) => kink > left && kink < right);
    const edges = [left, ...kinks.sort((a, b) => a - b), right];
    return edges.slice(1).map((stop, piece) => {
      const start = edges[piece] + 1e-9, width = stop - 1e-9 - start;
      const points = Array.from({length: POINTS + 1}, (_, i) => start + (i / POINTS) * width);
      return "M" + points
        .map((x) => `${across(x).toFixed(2)} ${inReach(graph, evaluate(x, parameters)).toFixed(2)}`).join("L");
    }).join("");
  }

  function drawLines() {
    for (const graph of GRAPHS) {
      graph.lines.replaceChildren(...[...chosen].map(([name, {line}]) =>
        shape("path", {d: path(graph, name), class: `explorer-line ${line}`})));
      graph.svg.setAttribute("aria-label", `${TEXT.graph} ${graph.title}: ${[...chosen.keys()].join(", ")}`);
    }
    drawPoint();
  }

  function drawPoint() {
    const spoken = [];
    for (const graph of GRAPHS) {
      const x = across(point);
      const dots = [...chosen].map(([name, {parameters, line}]) => {
        const y = ACTIVATIONS[name][graph.value](point, parameters);
        root.querySelector(`[data-value="${graph.value} ${name}"]`).textContent = `= ${number(y)}`;
        spoken.push(`${name} ${symbols[graph.value]} = ${number(y, 2)}`);
        return y < graph.low || y > graph.high ? ""
          : shape("circle", {cx: x, cy: up(graph, y), r: 4, class: `explorer-dot ${line}`});
      });
      const line = shape("line", {x1: x, x2: x, y1: TOP, y2: HEIGHT - BOTTOM, class: "explorer-point"});
      graph.marker.replaceChildren(line, ...dots.filter(Boolean));
    }
    where.value = point;
    where.setAttribute("aria-valuetext", `x = ${number(point, 2)}: ${spoken.join(", ")}`);
    shown.textContent = number(point, 2);
  }

  function moveTo(x) {
    point = Math.round(x * 100) / 100;
    drawPoint();
  }

  // --- Controls ---------------------------------------------------------------------------------------------------------

  const where = element("input", {type: "range", min: left, max: right, step: 0.01, id: "explorer-x"});
  const shown = element("output", {for: "explorer-x"});
  const cards = element("div", {class: "explorer-cards", role: "group", "aria-label": TEXT.values});
  const boxes = {};

  function control(name, parameter) {
    const {parameters} = chosen.get(name), first = family[name].defaults[parameter];
    const id = `explorer-${name}-${parameter}`;
    const label = element("label", {for: id}, element("code", {}, parameter));
    if (typeof first === "boolean") {
      const box = element("input", {type: "checkbox", id});
      box.checked = parameters[parameter];
      box.addEventListener("change", () => set(box.checked));
      return [label, box];
    }
    const [lowest, highest] = family[name].ranges[parameter];
    const slider = element("input", {type: "range", id, min: lowest, max: highest, step: 0.01});
    slider.value = parameters[parameter];
    const value = element("output", {for: id}, number(parameters[parameter], 2));
    slider.addEventListener("input", () => {
      value.textContent = number(Number(slider.value), 2);
      set(Number(slider.value));
    });
    return [label, slider, value];

    function set(value) {
      parameters[parameter] = value;
      drawLines();
      writeAddress();
    }
  }

  function card(name) {
    const {line, parameters} = chosen.get(name);
    const swatch = shape("svg", {viewBox: "0 0 28 8", class: "explorer-swatch", "aria-hidden": "true"});
    swatch.append(shape("path", {d: "M0 4H28", class: `explorer-line ${line}`}));
    const rows = GRAPHS.map(({value}) => {
      const formula = formulas[name][value].cloneNode(true);
      const result = element("span", {class: "explorer-value", "data-value": `${value} ${name}`});
      return element("div", {class: "explorer-row"}, `${symbols[value]}(x) = `, formula, " ", result);
    });
    const controls = Object.keys(parameters).map((parameter) =>
      element("div", {class: "explorer-control"}, ...control(name, parameter)));
    return element("div", {class: "explorer-card"},
      element("div", {class: "explorer-name"}, swatch, element("code", {}, name)), ...rows, ...controls);
  }

  function show() {
    for (const [name, box] of Object.entries(boxes)) box.checked = chosen.has(name);
    cards.replaceChildren(...(chosen.size ? [...chosen.keys()].map(card) : [TEXT.none]));
    drawLines();
  }

  function build() {
    const choices = element("fieldset", {class: "explorer-choices"}, element("legend", {}, TEXT.functions));
    for (const name of Object.keys(family)) {
      boxes[name] = element("input", {type: "checkbox"});
      boxes[name].addEventListener("change", () => {
        if (boxes[name].checked) choose(name);
        else chosen.delete(name);
        show();
        writeAddress();
      });
      choices.append(element("label", {}, boxes[name], " ", element("code", {}, name)));
    }
    if (undrawn.length) choices.append(element("p", {}, `${TEXT.undrawn} ${undrawn.join(", ")}`));
    where.addEventListener("input", () => moveTo(Number(where.value)));
    const reset = element("button", {type: "button", class: "explorer-reset"}, TEXT.reset);
    reset.addEventListener("click", () => {
      history.replaceState(null, "", location.pathname + location.search);
      point = 1;
      readAddress();
      show();
    });
    const place = element("div", {class: "explorer-control explorer-where"},
      element("label", {for: "explorer-x"}, TEXT.point), where, shown, reset);
    root.querySelector(".explorer-app").append(
      choices, element("div", {class: "explorer-graphs"}, ...GRAPHS.map(frame)), place, cards);
  }

  build();
  readAddress();
  show();
  addEventListener("hashchange", () => {
    readAddress();
    show();
  });
})();
