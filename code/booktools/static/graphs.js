// The graphs of the explorer as SVG text, and what its address says. Nothing here needs a page: the build draws the still
// figures of the chapters with it, by node, and the page the live ones.
(() => {
  const WIDTH = 340, HEIGHT = 260, LEFT = 30, RIGHT = 8, TOP = 22, BOTTOM = 20; // of a graph, in its own units
  const POINTS = 80; // of each piece of a line
  const LINES = [ // colours and dashes, in explorer.css; more lines than these cannot be told apart
    "explorer-blue", "explorer-orange", "explorer-green", "explorer-purple", "explorer-sky", "explorer-brown",
    "explorer-black", "explorer-red",
  ];
  const GRAPHS = [{value: "f", title: "f(x)"}, {value: "grad", title: "f′(x)"}];
  const GRAPH_OF = {en: "Graph of", ko: "그래프:"};
  const USUAL = [-5, 5]; // x, where no function asks for more
  const VIEWS = [2, 10]; // nearer and farther: x from −2 to 2

  const number = (value, digits = 4) => value.toFixed(digits).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");
  const within = (value, [low, high]) => Math.min(Math.max(value, low), high);
  const tag = (name, attributes, text = "") =>
    "<" + name + Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`).join("") + ">" + text + "</" + name + ">";

  // --- The choice -------------------------------------------------------------------------------------------------------

  // A choice: functions (name → {parameters, line}, in the order of choosing), the point x, and view (null: to fit).
  const chosen = () => ({functions: new Map(), x: 1, view: null});

  function choose(choice, registry, name, parameters = {}) {
    const used = [...choice.functions.values()].map(({line}) => line);
    const line = LINES.find((free) => !used.includes(free));
    if (line) choice.functions.set(name, {parameters: {...registry[name].defaults, ...parameters}, line});
    return Boolean(line);
  }

  // From where to where x goes: wide enough for each function's kinks, so up to ReLU6's cap and beyond.
  function range({functions, view}, registry) {
    if (view) return [-view, view];
    const ranges = [USUAL, ...[...functions.keys()].map((name) => registry[name].x)];
    return [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))];
  }

  // The address keeps the choice, so that a picture can be shared: relu,elu;alpha=2,x=-1.5,view=10
  function readAddress(address, registry) {
    const choice = chosen(), unknown = [];
    let text;
    try {
      text = decodeURIComponent(address);
    } catch {
      return {choice, unknown: [address]};
    }
    for (const part of text.split(",").filter(Boolean)) {
      const [name, ...settings] = part.split(";");
      const [key, value] = name.split("=");
      if (key === "x" && value && Number.isFinite(Number(value))) choice.x = Number(value);
      else if (key === "view" && VIEWS.includes(Number(value))) choice.view = Number(value);
      else if (!Object.hasOwn(registry, name)) unknown.push(name);
      else {
        const parameters = {};
        for (const setting of settings) {
          const [parameter, given] = setting.split("=");
          const first = Object.hasOwn(registry[name].defaults, parameter) ? registry[name].defaults[parameter] : undefined;
          if (typeof first === "boolean" && ["true", "false"].includes(given)) parameters[parameter] = given === "true";
          else if (typeof first === "number" && given && Number.isFinite(Number(given))) {
            parameters[parameter] = within(Number(given), registry[name].ranges[parameter]);
          } else unknown.push(setting);
        }
        if (!choose(choice, registry, name, parameters)) unknown.push(name);
      }
    }
    choice.x = within(choice.x, range(choice, registry));
    return {choice, unknown};
  }

  function writeAddress({functions, x, view}, registry) {
    const parts = [...functions].map(([name, {parameters}]) => {
      const changed = Object.entries(parameters).filter(([key, value]) => value !== registry[name].defaults[key]);
      return [name, ...changed.map(([key, value]) => `${key}=${value}`)].join(";");
    });
    if (x !== 1) parts.push(`x=${x}`);
    if (view) parts.push(`view=${view}`);
    return parts.join(",");
  }

  // --- Graphs -----------------------------------------------------------------------------------------------------------

  // Where the numbers of a graph lie: x from left to right, y from low to high, a line of the grid every step.
  function scale(graph, choice, registry) {
    const [left, right] = range(choice, registry);
    const stepX = right > 9 ? 2 : right > 3 ? 1 : 0.5;
    const step = graph.value === "grad" || right < 3 ? 0.5 : right > 6 ? 2 : 1;
    const [low, high] = graph.value === "grad" ? [-0.5, 2] : [-Math.ceil((0.4 * right) / step) * step, right];
    const across = (x) => LEFT + ((x - left) / (right - left)) * (WIDTH - LEFT - RIGHT);
    const up = (y) => TOP + ((high - y) / (high - low)) * (HEIGHT - TOP - BOTTOM);
    const x = (place) => within(left + ((place - LEFT) / (WIDTH - LEFT - RIGHT)) * (right - left), [left, right]);
    return {left, right, low, high, step, stepX, across, up, x};
  }

  // A line breaks at every kink, where the derivative jumps. With other parameters than the default ones 0 may be a
  // kink, too; a break at a place that is none does not show.
  function path(graph, {across, up, left, right}, name, parameters, kinks) {
    const evaluate = ACTIVATIONS[name][graph.value];
    const inside = [...new Set([0, ...kinks])].filter((kink) => kink > left && kink < right);
    const edges = [left, ...inside.sort((a, b) => a - b), right];
    // Beyond the frame a line may lead as far as it likes, but not so far that a browser does not draw it.
    const inReach = (y) => within(up(y), [-HEIGHT, 2 * HEIGHT]);
    return edges.slice(1).map((stop, piece) => {
      const start = edges[piece] + 1e-9, width = stop - 1e-9 - start;
      const points = Array.from({length: POINTS + 1}, (_, i) => start + (i / POINTS) * width);
      return "M" + points.map((x) => across(x).toFixed(1) + " " + inReach(evaluate(x, parameters)).toFixed(1)).join("L");
    }).join("");
  }

  // Names beside the lines: each where its line is farthest from the others and no other name stands. A line that
  // is nowhere clear of the others has its name in the list alone.
  function labels(graph, {across, up, left, right, low, high}, functions) {
    const places = Array.from({length: 41}, (_, i) => left + ((i + 0.5) / 41) * (right - left));
    const heights = new Map([...functions].map(([name, {parameters}]) =>
      [name, places.map((x) => up(ACTIVATIONS[name][graph.value](x, parameters)))]));
    const placed = [];
    return [...functions].map(([name, {line}]) => {
      const width = 6.6 * name.length, own = heights.get(name);
      let best = null;
      places.forEach((place, i) => {
        const box = {x: across(place) - width / 2, y: own[i] - 16, width, height: 13};
        if (box.x < LEFT || box.x + width > WIDTH - RIGHT || box.y < TOP || own[i] > HEIGHT - BOTTOM) return;
        const free = placed.every((other) => Math.abs(other.y - box.y) > 13 || Math.abs(other.x + other.width / 2 - box.x - width / 2) > (other.width + width) / 2 + 4);
        if (!free) return;
        // The name stands above its line, over some width: all other lines should be away from there.
        let gap = 60;
        for (const [other, ys] of heights) {
          if (other === name) continue;
          ys.forEach((y, j) => {
            if (Math.abs(across(places[j]) - across(place)) < width / 2) gap = Math.min(gap, y > own[i] ? y - own[i] : Math.max(box.y - y, -1));
          });
        }
        if (gap > 3 && (!best || gap > best.gap)) best = {gap, box};
      });
      if (!best) return "";
      placed.push(best.box);
      const {x, y} = best.box;
      return tag("text", {x: (x + width / 2).toFixed(1), y: (y + 11).toFixed(1), "text-anchor": "middle", class: "explorer-label " + line}, name);
    }).join("");
  }

  // The frame and the lines of a graph; what moves with the point is in marks().
  function lines(graph, choice, registry, prefix) {
    const at = scale(graph, choice, registry), {across, up} = at, clip = prefix + "-" + graph.value;
    const frame = {x: LEFT, y: TOP, width: WIDTH - LEFT - RIGHT, height: HEIGHT - TOP - BOTTOM};
    const parts = [
      tag("clipPath", {id: clip}, tag("rect", frame)),
      tag("text", {x: LEFT, y: 14, class: "explorer-title"}, graph.title),
    ];
    for (let x = Math.ceil(at.left / at.stepX) * at.stepX; x <= at.right; x += at.stepX) {
      const place = across(x).toFixed(1), kind = x === 0 ? "explorer-axis" : "explorer-grid";
      parts.push(tag("line", {x1: place, x2: place, y1: TOP, y2: HEIGHT - BOTTOM, class: kind}));
      if (Number.isInteger(x / at.stepX / 2)) parts.push(tag("text", {x: place, y: HEIGHT - 5, "text-anchor": "middle"}, number(x, 0)));
    }
    for (let y = at.low; y <= at.high; y += at.step) {
      const place = up(y).toFixed(1), kind = y === 0 ? "explorer-axis" : "explorer-grid";
      parts.push(tag("line", {x1: LEFT, x2: WIDTH - RIGHT, y1: place, y2: place, class: kind}));
      parts.push(tag("text", {x: LEFT - 4, y: up(y) + 4, "text-anchor": "end"}, number(y, at.step < 1 ? 1 : 0)));
    }
    const drawn = [...choice.functions].map(([name, {parameters, line}]) =>
      tag("path", {d: path(graph, at, name, parameters, registry[name].kinks), class: "explorer-line " + line}));
    return parts.join("") + tag("g", {"clip-path": "url(#" + clip + ")"}, drawn.join("")) + labels(graph, at, choice.functions);
  }

  // The point: where it is pinned, and where the pointer hovers.
  function marks(graph, choice, registry, x = choice.x) {
    const {across, up, low, high} = scale(graph, choice, registry);
    const upright = (place, kind) =>
      tag("line", {x1: across(place).toFixed(1), x2: across(place).toFixed(1), y1: TOP, y2: HEIGHT - BOTTOM, class: kind});
    const dots = [...choice.functions].map(([name, {parameters, line}]) => {
      const y = ACTIVATIONS[name][graph.value](x, parameters);
      return y < low || y > high ? "" : tag("circle", {cx: across(x).toFixed(1), cy: up(y).toFixed(1), r: 4.5, class: "explorer-dot " + line});
    });
    const hovers = x === choice.x ? "" : upright(x, "explorer-hover");
    return upright(choice.x, "explorer-point") + hovers + dots.join("")
      + tag("text", {x: WIDTH - RIGHT, y: 14, "text-anchor": "end"}, "x = " + number(x, 2));
  }

  const label = (graph, {functions}, language) => GRAPH_OF[language] + " " + graph.title + ": " + [...functions.keys()].join(", ");

  // A graph as it stands before a script moves it.
  const still = (graph, choice, registry, prefix, language) => tag("svg",
    {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "explorer-graph", "aria-label": label(graph, choice, language)},
    tag("g", {}, lines(graph, choice, registry, prefix)) + tag("g", {}, marks(graph, choice, registry)));

  globalThis.EXPLORER = {
    GRAPHS, LINES, VIEWS, chosen, choose, range, readAddress, writeAddress, scale, lines, marks, label, still, number, within,
  };
})();
