// Live figures: a picture with a parameter, drawn frame by frame where a still one stands. All numbers were measured in the
// notebook (relubook/live.py); here they only get their places.
(() => {
  const COLOURS = [
    "live-blue", "live-orange", "live-green", "live-purple", "live-sky", "live-brown", "live-black",
  ];
  const DASHES = {"--": "7 4", "-.": "8 3 2 3", ":": "2 3"};
  const MARKERS = {
    o: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0", s: "M-4-4h8v8h-8z", "^": "M0-5L5 4H-5z", v: "M0 5L5-4H-5z",
    D: "M0-5L5 0 0 5-5 0z", x: "M-4-4L4 4M4-4L-4 4", "*": "M0-7L2-2 7-2 3 1 4 6 0 3-4 6-3 1-7-2-2-2z",
  };
  const shape = (tag, attributes, text = "") => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
    return made;
  };
  const element = (tag, name, ...children) => {
    const made = document.createElement(tag);
    made.className = name;
    made.append(...children);
    return made;
  };
  const look = ({colour}) => COLOURS[colour] ?? "live-grey";
  // Every tick, or every second, third … one, so that no label comes closer to the next than it may.
  const sparse = (ticks, place, room) => {
    let step = 1, kept = ticks;
    while (kept.some((tick, i) => i && Math.abs(place(tick[0]) - place(kept[i - 1][0])) < room(tick, kept[i - 1]))) {
      step += 1;
      kept = ticks.filter((_, i) => i % step === 0);
    }
    return kept;
  };
  const pen = document.createElement("canvas").getContext("2d"); // measures text

  function line(artist, places) {
    const drawn = [];
    if (artist.style !== "None") {
      let path = "", pause = true; // a point that is no number interrupts the line
      for (const [x, y] of places) {
        if (isNaN(x + y)) pause = true;
        else {
          path += `${pause ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
          pause = false;
        }
      }
      drawn.push(shape("path", {
        class: `live-line ${look(artist)}`, d: path, "stroke-dasharray": DASHES[artist.style] ?? "none",
      }));
    }
    for (const [x, y] of artist.marker === "None" ? [] : places) {
      if (isNaN(x + y)) continue;
      drawn.push(shape("path", {
        class: `live-mark ${look(artist)}`, d: MARKERS[artist.marker], transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
      }));
    }
    return drawn;
  }

  function area(artist, places) {
    const points = places.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
    return [shape("polygon", {class: `live-area ${look(artist)}`, points})];
  }

  function legend(artists) {
    const entries = artists.filter(({label}) => label).map((artist) => {
      const sample = shape("svg", {class: "live-sample", viewBox: "0 0 32 14", "aria-hidden": "true"});
      const ends = [[1, 7], [31, 7]];
      if (artist.kind === "area") sample.append(...area(artist, [[2, 2], [30, 2], [30, 12], [2, 12]]));
      else sample.append(...line({...artist, marker: "None"}, ends), ...line({...artist, style: "None"}, [[16, 7]]));
      return element("span", "", sample, artist.label);
    });
    return element("div", "live-legend", ...entries);
  }

  function start(script, number) {
    const data = JSON.parse(script.textContent), root = script.nextElementSibling;
    const still = script.previousElementSibling, image = still.matches("img") ? still : still.querySelector("img");
    for (const [i, frame] of data.frames.entries()) {
      frame.points = frame.points.map((text, k) => (text === null ? data.frames[i - 1].points[k]
        : text.split(" ").map((pair) => pair.split(",").map(Number))));
    }
    const chosen = data.controls.map((control) => control.still);
    const svg = shape("svg", {role: "img", class: "live-graph", "aria-label": image.alt});
    const finding = element("output", "live-finding");
    finding.setAttribute("aria-live", "polite");
    const plot = element("div", "live-plot", legend(data.artists), svg);
    const inputs = data.controls.map((control, k) => {
      const input = document.createElement(control.slider ? "input" : "select");
      input.id = `live-${number}-${k}`;
      const label = element("label", "", control.name), value = element("span", "live-value");
      label.htmlFor = input.id;
      if (control.slider) Object.assign(input, {type: "range", min: 0, max: control.values.length - 1, step: 1});
      else control.values.forEach((text, i) => input.add(new Option(text, i)));
      input.value = chosen[k];
      input.addEventListener("input", () => {
        chosen[k] = Number(input.value);
        show();
      });
      return {input, value, row: element("div", "live-control", label, input, ...(control.slider ? [value] : []))};
    });

    const frame = () => data.frames[chosen.reduce((index, choice, k) => index * data.controls[k].values.length + choice, 0)];

    function show() {
      finding.value = frame().title;
      for (const [k, {input, value}] of inputs.entries()) {
        value.textContent = data.controls[k].values[chosen[k]];
        if (data.controls[k].slider) input.setAttribute("aria-valuetext", `${value.textContent}: ${frame().title}`);
      }
      draw();
    }

    function draw() {
      const width = svg.clientWidth, height = svg.clientHeight;
      if (!width) return;  // hidden; when it is shown its size changes, and it is drawn
      pen.font = `13px ${getComputedStyle(root).fontFamily}`;
      const wide = (text) => pen.measureText(text).width;
      const left = Math.max(...data.y.ticks.map(([, label]) => wide(label))) + 8;
      const top = data.y.label ? 22 : 8, right = width - 10, bottom = height - (data.x.label ? 40 : 22);
      const along = ({range, log}, from, to) => {
        const [low, high] = log ? range.map(Math.log) : range;
        return (value) => from + (to - from) * ((log ? Math.log(value) : value) - low) / (high - low);
      };
      const x = along(data.x, left, right), y = along(data.y, bottom, top);
      const parts = [];
      for (const [value] of data.x.ticks) parts.push(shape("path", {class: "live-grid", d: `M${x(value)} ${top}V${bottom}`}));
      for (const [value] of data.y.ticks) parts.push(shape("path", {class: "live-grid", d: `M${left} ${y(value)}H${right}`}));
      for (const [value, label] of sparse(data.x.ticks, x, ([, a], [, b]) => (wide(a) + wide(b)) / 2 + 8)) {
        const at = Math.min(x(value), width - wide(label) / 2);
        parts.push(shape("text", {x: at, y: bottom + 16, "text-anchor": "middle"}, label));
      }
      for (const [value, label] of sparse(data.y.ticks, y, () => 12)) {
        parts.push(shape("text", {x: left - 6, y: y(value) + 4.5, "text-anchor": "end"}, label));
      }
      parts.push(shape("path", {class: "live-axis", d: `M${left} ${top}V${bottom}H${right}`}));
      parts.push(shape("text", {x: right, y: bottom + 34, "text-anchor": "end"}, data.x.label));
      parts.push(shape("text", {x: 0, y: 13}, data.y.label));
      const inside = shape("g", {"clip-path": `url(#live-${number}-inside)`});
      const clip = shape("clipPath", {id: `live-${number}-inside`});
      clip.append(shape("rect", {x: left - 5, y: top - 5, width: right - left + 10, height: bottom - top + 10}));
      for (const [k, artist] of data.artists.entries()) {
        const places = frame().points[k].map(([a, b]) => [x(a), y(b)]);
        if (artist.kind === "text") inside.append(shape("text", {x: places[0][0], y: places[0][1]}, artist.text));
        else inside.append(...(artist.kind === "area" ? area : line)(artist, places));
      }
      svg.replaceChildren(clip, ...parts, inside);
    }

    // The size of the picture: its own, or where the page does not say it, the figure's at 100 dots an inch.
    const [width, height] = data.size.map((inches, i) => image.getAttribute(["width", "height"][i]) ?? inches * 100);
    root.style.maxWidth = `${width}px`;
    plot.style.setProperty("--shape", width / height);
    still.classList.add("live-still");
    root.append(plot, ...inputs.map(({row}) => row), finding);
    addEventListener("beforeprint", () => {
      image.loading = "eager"; // it has not been on the screen
    });
    show();
    new ResizeObserver(draw).observe(svg);
  }

  document.querySelectorAll(".live-data").forEach(start);
})();
