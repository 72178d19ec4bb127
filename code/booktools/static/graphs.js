// The graphs of the explorer as SVG text, and what its address says. Nothing here needs a page: the build draws the still
// figures of the chapters with it, by node, and the page the live ones.
(() => {
  const WIDTH = 340, LEFT = 34, RIGHT = 8, TOP = 22, BOTTOM = 20; // of a graph, in its own units
  const POINTS = 80; // of each piece of a line
  const LINES = [ // colours and dashes, in explorer.css; more lines than these cannot be told apart
    "explorer-blue", "explorer-orange", "explorer-green", "explorer-purple", "explorer-sky", "explorer-brown",
    "explorer-black", "explorer-red",
  ];
  const GRAPHS = [{value: "f", title: "f(x)", height: 260}, {value: "grad", title: "f′(x)", height: 260}];
  const FRONT = [{value: "f", title: "f(x)", height: 170, tangent: true}]; // of the front page: the slope is that of a line
  const GRAPH_OF = {en: "Graph of", ko: "그래프:"};
  const USUAL = [-5, 5]; // x, where no function asks for more
  const VIEWS = [2, 10]; // nearer and farther: x from −2 to 2

  const number = (value, digits = 4) => value.toFixed(digits).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");
  const within = (value, [low, high]) => Math.min(Math.max(value, low), high);
  const tag = (name, attributes, text = "") =>
    "<" + name + Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`).join("") + ">" + text + "</" + name + ">";

  // --- The choice -------------------------------------------------------------------------------------------------------

  // A choice: functions (name → {parameters, line}, in the order of choosing), the point x and whether it is pinned there,
  // and view (null: to fit).
  const chosen = () => ({functions: new Map(), x: 1, pinned: false, view: null});

  // Whether there was a line for one more function; one that is there already gets no second one.
  function choose({functions}, registry, name) {
    const used = [...functions.values()].map(({line}) => line), line = LINES.find((free) => !used.includes(free));
    if (!line || functions.has(name)) return false;
    functions.set(name, {parameters: {...registry[name].defaults}, line});
    return true;
  }

  // From where to where x goes: wide enough for each function's kinks, so up to ReLU6's cap and beyond.
  function range({functions, view}, registry) {
    if (view) return [-view, view];
    const ranges = [USUAL, ...[...functions.keys()].map((name) => registry[name].x)];
    return [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))];
  }

  // The address keeps the choice, so that a picture can be shared: relu,elu;alpha=2,x=-1.5,view=10. Whatever an address
  // says, the choice is one that can be drawn: what is unknown is left out, what is too far goes to the end of its range, and
  // without a function there are those of the address first. What was not taken as it stands is listed in ignored; known
  // is false where nothing was taken.
  function readAddress(address, registry, first = "") {
    const choice = chosen(), ignored = [];
    let known = false, parts = [];
    try {
      parts = decodeURIComponent(address).split(",").filter(Boolean);
    } catch {
      ignored.push(address);
    }
    const inside = (text, ends) => {
      const value = within(Number(text.split("=")[1]), ends);
      if (value !== Number(text.split("=")[1])) ignored.push(`${text} → ${value}`);
      return value;
    };
    const isNumber = (text) => Boolean(text?.trim()) && Number.isFinite(Number(text));
    const points = []; // as they stand there: how far x goes depends on the functions after it, too
    for (const part of parts) {
      const [name, ...settings] = part.split(";"), [key, value] = part.split("=");
      if (key === "x" && isNumber(value)) points.push(part);
      else if (key === "view" && VIEWS.includes(Number(value))) choice.view = Number(value);
      else if (!Object.hasOwn(registry, name) || !choose(choice, registry, name)) {
        ignored.push(part);
        continue;
      } else {
        const {defaults, ranges} = registry[name], {parameters} = choice.functions.get(name);
        for (const setting of settings) {
          const [parameter, given] = setting.split("=");
          const initial = Object.hasOwn(defaults, parameter) ? defaults[parameter] : undefined;
          if (typeof initial === "boolean" && ["true", "false"].includes(given)) parameters[parameter] = given === "true";
          else if (typeof initial === "number" && isNumber(given)) parameters[parameter] = inside(setting, ranges[parameter]);
          else ignored.push(setting);
        }
      }
      known = true;
    }
    if (first && !choice.functions.size) choice.functions = readAddress(first, registry).choice.functions;
    for (const point of points) {
      choice.x = inside(point, range(choice, registry));
      choice.pinned = true;
    }
    return {choice, ignored, known};
  }

  function writeAddress({functions, x, pinned, view}, registry) {
    const parts = [...functions].map(([name, {parameters}]) => {
      const changed = Object.entries(parameters).filter(([key, value]) => value !== registry[name].defaults[key]);
      return [name, ...changed.map(([key, value]) => `${key}=${value}`)].join(";");
    });
    if (pinned) parts.push(`x=${x}`);
    if (view) parts.push(`view=${view}`);
    return parts.join(",");
  }

  // --- Graphs -----------------------------------------------------------------------------------------------------------

  // Where the numbers of a graph lie: x from left to right, y from low to high, a line of the grid every step.
  function scale({value, height}, choice, registry) {
    const [left, right] = range(choice, registry);
    const stepX = right > 9 ? 2 : right > 3 ? 1 : 0.5;
    const step = value === "grad" || (right < 3 && height > 200) ? 0.5 : right > 6 ? 2 : 1;
    const [low, high] = value === "grad" ? [-0.5, 2] : [-Math.ceil((0.4 * right) / step) * step, right];
    const frame = {x: LEFT, y: TOP, width: WIDTH - LEFT - RIGHT, height: height - TOP - BOTTOM};
    const across = (x) => LEFT + ((x - left) / (right - left)) * frame.width;
    const up = (y) => TOP + ((high - y) / (high - low)) * frame.height;
    const x = (place) => within(left + ((place - LEFT) / frame.width) * (right - left), [left, right]);
    return {left, right, low, high, step, stepX, frame, bottom: height - BOTTOM, across, up, x};
  }

  // What reaches beyond the frame is cut off by a picture of the frame's size: it needs no id, as a clipPath would.
  const inFrame = ({frame}, drawn) => tag("svg", {...frame, viewBox: Object.values(frame).join(" ")}, drawn);

  // A line breaks at every kink, where the derivative jumps. With other parameters than the default ones 0 may be a
  // kink, too; a break at a place that is none does not show.
  function path(graph, {across, up, left, right}, name, parameters, kinks) {
    const evaluate = ACTIVATIONS[name][graph.value];
    const inside = [...new Set([0, ...kinks])].filter((kink) => kink > left && kink < right);
    const edges = [left, ...inside.sort((a, b) => a - b), right];
    // Beyond the frame a line may lead as far as it likes, but not so far that a browser does not draw it.
    const inReach = (y) => within(up(y), [-graph.height, 2 * graph.height]);
    return edges.slice(1).map((stop, piece) => {
      const start = edges[piece] + 1e-9, width = stop - 1e-9 - start;
      const points = Array.from({length: POINTS + 1}, (_, i) => start + (i / POINTS) * width)
        .map((x) => [across(x), inReach(evaluate(x, parameters))]);
      const bends = points.filter(([, y], i) => // of a straight line only the ends
        !(i % POINTS) || Math.abs(points[i - 1][1] - 2 * y + points[i + 1][1]) > 1e-4);
      return "M" + bends.map((point) => point.map((place) => place.toFixed(1)).join(" ")).join("L");
    }).join("");
  }

  // Names beside the lines: each above or below its line, where that is farthest from the others and no other name stands.
  // A line that is nowhere clear of the others has its name in the list alone.
  function labels(graph, {across, up, left, right, frame, bottom}, functions) {
    const places = Array.from({length: 41}, (_, i) => left + ((i + 0.5) / 41) * (right - left));
    const heights = new Map([...functions].map(([name, {parameters}]) =>
      [name, places.map((x) => up(ACTIVATIONS[name][graph.value](x, parameters)))]));
    const placed = [];
    return [...functions].map(([name, {line}]) => {
      const half = 3.4 * name.length, own = heights.get(name);
      let best = {gap: 2};
      places.forEach((place, i) => {
        const x = across(place);
        if (x - half < LEFT || x + half > frame.x + frame.width) return;
        const near = places.flatMap((other, j) => (Math.abs(across(other) - x) <= half + 3 ? [j] : []));
        // A box of 13 above everything that the line does over the name's width, or below it.
        for (const top of [Math.min(...near.map((j) => own[j])) - 15, Math.max(...near.map((j) => own[j])) + 3]) {
          if (top < TOP || top + 13 > bottom) continue;
          if (placed.some((other) => Math.abs(other.top - top) < 14 && Math.abs(other.x - x) < other.half + half + 4)) continue;
          const gaps = [...heights].filter(([other]) => other !== name).flatMap(([, ys]) =>
            near.map((j) => Math.max(top - ys[j], ys[j] - top - 13)));
          const gap = Math.min(30, ...gaps) - Math.max(...near.map((j) => Math.abs(own[j] - own[i]))) / 4; // rather where it is flat
          if (gap > best.gap) best = {gap, x, half, top};
        }
      });
      if (best.gap === 2) return "";
      placed.push(best);
      return tag("text",
        {x: best.x.toFixed(1), y: (best.top + 10.5).toFixed(1), "text-anchor": "middle", class: "explorer-label " + line}, name);
    }).join("");
  }

  // The frame and the lines of a graph; what moves with the point is in marks().
  function lines(graph, choice, registry) {
    const at = scale(graph, choice, registry), {across, up, bottom} = at;
    const parts = [tag("text", {x: LEFT, y: 14, class: "explorer-title"}, graph.title)];
    for (let x = Math.ceil(at.left / at.stepX) * at.stepX; x <= at.right; x += at.stepX) {
      const place = across(x).toFixed(1), kind = x === 0 ? "explorer-axis" : "explorer-grid";
      parts.push(tag("line", {x1: place, x2: place, y1: TOP, y2: bottom, class: kind}));
      if (Number.isInteger(x / at.stepX / 2)) parts.push(tag("text", {x: place, y: bottom + 15, "text-anchor": "middle"}, number(x, 0)));
    }
    for (let y = at.low; y <= at.high; y += at.step) {
      const place = up(y).toFixed(1), kind = y === 0 ? "explorer-axis" : "explorer-grid";
      parts.push(tag("line", {x1: LEFT, x2: WIDTH - RIGHT, y1: place, y2: place, class: kind}));
      parts.push(tag("text", {x: LEFT - 4, y: (up(y) + 4).toFixed(1), "text-anchor": "end"}, number(y, at.step < 1 ? 1 : 0)));
    }
    const drawn = [...choice.functions].map(([name, {parameters, line}]) =>
      tag("path", {d: path(graph, at, name, parameters, registry[name].kinks), class: "explorer-line " + line}));
    return parts.join("") + inFrame(at, drawn.join("")) + labels(graph, at, choice.functions);
  }

  // The point, which has a head where it is pinned.
  function marks(graph, choice, registry, x = choice.x) {
    const at = scale(graph, choice, registry), {across, up, low, high, bottom} = at, place = across(x).toFixed(1);
    const upright = tag("line", {
      x1: place, x2: place, y1: TOP, y2: bottom, class: choice.pinned ? "explorer-point" : "explorer-point explorer-loose",
    });
    const head = choice.pinned ? tag("circle", {cx: place, cy: TOP, r: 3.5, class: "explorer-head"}) : "";
    const values = [...choice.functions].map(([name, {parameters, line}]) =>
      ({line, y: ACTIVATIONS[name][graph.value](x, parameters), slope: ACTIVATIONS[name].grad(x, parameters)}));
    const tangents = graph.tangent ? values.map(({y, slope}) => tag("line", {
      x1: across(x - 0.6).toFixed(1), x2: across(x + 0.6).toFixed(1),
      y1: up(y - 0.6 * slope).toFixed(1), y2: up(y + 0.6 * slope).toFixed(1), class: "explorer-tangent",
    })) : [];
    const dots = values.filter(({y}) => y >= low && y <= high).map(({line, y}) =>
      tag("circle", {cx: place, cy: up(y).toFixed(1), r: graph.tangent ? 7 : 4.5, class: "explorer-dot " + line}));
    return upright + head + inFrame(at, tangents.join("")) + dots.join("")
      + tag("text", {x: WIDTH - RIGHT, y: 14, "text-anchor": "end"}, "x = " + number(x, 2));
  }

  const label = (graph, {functions}, language) => GRAPH_OF[language] + " " + graph.title + ": " + [...functions.keys()].join(", ");

  // A graph as it stands before a script moves it.
  const still = (graph, choice, registry, language) => tag("svg",
    {viewBox: `0 0 ${WIDTH} ${graph.height}`, role: "img", class: "explorer-graph", "aria-label": label(graph, choice, language)},
    tag("g", {}, lines(graph, choice, registry)) + tag("g", {}, marks(graph, choice, registry)));

  globalThis.EXPLORER = {
    GRAPHS, FRONT, LINES, VIEWS, chosen, choose, range, readAddress, writeAddress, scale, lines, marks, label, still, number, within,
  };
})();
