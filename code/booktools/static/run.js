// "Run this page": the chapter's cells can be changed, and Python runs them in the reader's browser. run-button.js loads this
// on the click; run-worker.js runs Python, shell.py a cell.
//
// Why a module of our own: sphinx-thebe 0.3 runs on Binder only; thebe-lite 0.5 adds 4 MB to the site and a service worker,
// which a page under another address or in a private window may not register; jupyterlite-sphinx adds 69 MB and opens another
// interface, without the chapter's text. These files are 40 kB, load what a cell imports and nothing else, and change only with
// the version of Pyodide that pyodide.json pins.
(() => {
  const SAY = {
    en: {
      loading: (done, all, seconds) => `Loading Python: ${done} of ${all} MB, ${seconds} s`,
      starting: (seconds) => `Starting Python, ${seconds} s`,
      fetching: (name, size, all, seconds) => `Loading ${name}, ${size} MB (${all} MB so far), ${seconds} s`,
      running: (number, count, seconds) => `Running cell ${number} of ${count}, ${seconds} s`,
      ready: "Python is ready.", hint: "Change a cell and press Run, or Shift+Enter: cells above it that have not run yet run first. Tab indents; Escape, then Tab leaves the cell. Your changes are kept in this browser until you reset them.",
      edit: (number) => `Code of cell ${number}`, run: "Run", runCell: (number) => `Run cell ${number}`, all: "Run all cells", stop: "Stop", reset: "Reset", resetCell: (number) => `Reset cell ${number}`, resetAll: "Reset everything",
      waiting: "waiting", now: (seconds) => `running, ${seconds} s`, equal: (seconds) => `as printed, ${seconds} s`, done: (seconds) => `done, ${seconds} s`,
      differs: (seconds) => `not as printed, ${seconds} s`, error: (seconds) => `error, ${seconds} s`, printed: "What is printed in the book", announce: (number, state) => `Cell ${number}: ${state}`,
      halted: "stopped", stopCell: (number) => `Stop cell ${number}`, guess: (state) => `${state}; the output waits for your guess`,
      why: "Times and the sign of a zero are those of this browser.",
      stopped: "Stopped. All variables are gone: the next Run starts Python again, and first the cells above.",
      above: (number) => `Cell ${number} ended with an error, so the cells below it did not run.`,
      crashed: "Python has broken down, most likely for want of memory. All variables are gone: the next Run starts Python again, and first the cells above.",
      memory: "Python has no memory left for this. Try it with less, or press Reset everything to free what the cells hold.",
      leftOut: (lines) => `… ${lines} lines left out …`, wasReset: "All cells are as printed again, and Python is not running.", figure: "Figure drawn by the changed cell",
      lacking: "Python in the page lacks what this cell needs. It runs on Binder and on Colab.",
      file: "This page was opened from a file, and browsers run no Python from there.", old: "This browser is too old, or too restricted, to run Python.",
      network: (host) => `Python could not be loaded: there is no answer from ${host}.`, offline: "Python could not be loaded: there is no network.",
      changed: (host) => `Python was not started: the files from ${host} are not those that this book was tested with.`,
      instead: "The page reads as before. To run its code elsewhere:", again: "Try again",
    },
    ko: {
      loading: (done, all, seconds) => `파이썬을 불러오는 중: ${all} MB 중 ${done} MB, ${seconds}초`,
      starting: (seconds) => `파이썬을 시작하는 중, ${seconds}초`,
      fetching: (name, size, all, seconds) => `${name} ${size} MB를 불러오는 중(지금까지 ${all} MB), ${seconds}초`,
      running: (number, count, seconds) => `셀 ${count}개 중 ${number}번을 실행하는 중, ${seconds}초`,
      ready: "파이썬이 준비되었습니다.", hint: "셀을 고치고 실행 버튼이나 Shift+Enter를 누르십시오. 위에 아직 실행하지 않은 셀이 있으면 먼저 실행합니다. Tab은 들여쓰기이고, Esc를 누른 다음 Tab을 누르면 셀에서 나갑니다. 고친 내용은 되돌릴 때까지 이 브라우저에 남습니다.",
      edit: (number) => `${number}번 셀의 코드`, run: "실행", runCell: (number) => `${number}번 셀 실행`, all: "모든 셀 실행", stop: "멈추기", reset: "되돌리기", resetCell: (number) => `${number}번 셀 되돌리기`, resetAll: "모두 되돌리기",
      waiting: "대기 중", now: (seconds) => `실행 중, ${seconds}초`, equal: (seconds) => `책과 같은 결과, ${seconds}초`, done: (seconds) => `실행됨, ${seconds}초`,
      differs: (seconds) => `책과 다른 결과, ${seconds}초`, error: (seconds) => `오류, ${seconds}초`, printed: "책에 실린 결과", announce: (number, state) => `${number}번 셀: ${state}`,
      halted: "멈춤", stopCell: (number) => `${number}번 셀 멈추기`, guess: (state) => `${state}, 출력은 예측을 기다리는 중`,
      why: "실행 시간과 0의 부호는 이 브라우저에서 나온 것입니다.",
      stopped: "멈췄습니다. 변수는 모두 사라졌습니다. 다시 실행하면 파이썬을 새로 시작하고 위의 셀부터 실행합니다.",
      above: (number) => `${number}번 셀이 오류로 끝나서 그 아래 셀은 실행하지 않았습니다.`,
      crashed: "파이썬이 멈췄습니다. 메모리가 부족했을 가능성이 큽니다. 변수는 모두 사라졌습니다. 다시 실행하면 파이썬을 새로 시작하고 위의 셀부터 실행합니다.",
      memory: "파이썬이 쓸 메모리가 부족합니다. 더 작은 크기로 해 보거나, 모두 되돌리기를 눌러 셀이 쓰던 메모리를 비우십시오.",
      leftOut: (lines) => `… ${lines}줄 생략 …`, wasReset: "모든 셀이 책에 실린 상태로 돌아갔고, 파이썬은 실행 중이 아닙니다.", figure: "고친 셀이 그린 그림",
      lacking: "페이지의 파이썬에는 이 셀에 필요한 것이 없습니다. Binder나 Colab에서 실행됩니다.",
      file: "이 페이지는 파일에서 열었고, 브라우저는 파일에서 파이썬을 실행하지 않습니다.", old: "이 브라우저는 너무 오래되었거나 제한이 많아 파이썬을 실행하지 못합니다.",
      network: (host) => `파이썬을 불러오지 못했습니다. ${host} 서버가 응답하지 않습니다.`, offline: "파이썬을 불러오지 못했습니다. 네트워크에 연결되어 있지 않습니다.",
      changed: (host) => `파이썬을 시작하지 않았습니다. ${host}에서 받은 파일이 이 책을 시험할 때 쓴 파일과 다릅니다.`,
      instead: "페이지는 그대로 읽을 수 있습니다. 코드를 다른 곳에서 실행하려면:", again: "다시 시도",
    },
  };
  const say = SAY[document.documentElement.lang] ?? SAY.en;
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const button = (text, action, properties) => {
    const made = make("button", {type: "button", textContent: text, ...properties});
    made.addEventListener("click", action);
    return made;
  };
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  const secondsSince = (time) => Math.round((performance.now() - time) / 1000);

  // --- the page's panel ------------------------------------------------------------------------------------------------
  const panel = document.querySelector(".run-page"), {data: address, style} = panel.querySelector("button").dataset;
  const status = make("p", {className: "run-status"}), spoken = make("p", {className: "run-quiet"});
  spoken.setAttribute("role", "status");
  const runAll = button(say.all, () => run(cells)), stopAll = button(say.stop, stop), resetAll = button(say.resetAll, resetEverything);
  const hint = make("p", {className: "run-hint", id: "run-hint", textContent: say.hint});

  const tell = (text, ...more) => {  // what happened: seen and spoken
    status.replaceChildren(text, ...more);
    spoken.textContent = status.textContent;
  };

  function cannot(reason, again) {  // what stands in the way, and the other ways
    const others = [...document.querySelectorAll(".dropdown-launch-buttons a")].flatMap((link) => [" ", make("a", {
      href: link.href, target: "_blank", rel: "noopener", textContent: link.textContent.trim(),
    })]);
    tell(`${reason} `, ...(others.length ? [say.instead, ...others] : []), ...(again ? [" ", button(say.again, again)] : []));
  }

  // --- cells -----------------------------------------------------------------------------------------------------------
  const KEYWORDS = "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield";
  const BUILTINS = "abs all any bool dict enumerate float int isinstance len list map max min print range repr reversed round set sorted str sum tuple type zip";
  const words = (text) => `\\b(?:${text.replaceAll(" ", "|")})\\b`;
  const TOKENS = [
    ["c1", "#.*"], ["s2", String.raw`[rbfuRBFU]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)`],
    ["k", words(KEYWORDS)], ["nb", words(BUILTINS)], ["mi", String.raw`\b\d[\w.]*`], ["n", String.raw`[^\W\d]\w*`], ["o", String.raw`[-+*/%=<>!&|^~@]+`],
  ];
  const TOKEN = new RegExp(TOKENS.map(([, pattern]) => `(${pattern})`).join("|"), "gu");

  function coloured(code) {
    const parts = [];
    let end = 0;
    for (const match of code.matchAll(TOKEN)) {
      parts.push(code.slice(end, match.index), make("span", {className: TOKENS[match.slice(1).findIndex(Boolean)][0], textContent: match[0]}));
      end = match.index + match[0].length;
    }
    return [...parts, `${code.slice(end)}\n`];
  }

  const kept = `code ${location.pathname}`;
  const edits = (() => {  // by the number of a cell: its code as printed, and as changed
    try {
      return JSON.parse(localStorage.getItem(kept)) ?? {};
    } catch {
      return {};
    }
  })();
  const keep = () => {
    try {
      localStorage.setItem(kept, JSON.stringify(edits));
    } catch {}  // storage that is refused or full: the edits last as long as the page
  };

  // Changes by the keyboard go through the browser's own command, which keeps its history for undo.
  const type = (area, text) => document.execCommand("insertText", false, text) || area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  const lineStart = (area, place) => area.value.lastIndexOf("\n", place - 1) + 1;

  function indent(area, back) {
    const {selectionStart: start, selectionEnd: end, value} = area;
    if (start === end && !back) return type(area, " ".repeat(4 - (start - lineStart(area, start)) % 4));
    const from = lineStart(area, start), to = end > start && value[end - 1] === "\n" ? end - 1 : end;
    const until = value.indexOf("\n", to) < 0 ? value.length : value.indexOf("\n", to);
    const before = value.slice(from, until), after = before.replace(/^/gm, back ? "" : "    ").replace(back ? /^ {1,4}/gm : /^ +$/gm, "");
    if (after === before) return;
    area.setSelectionRange(from, until);
    type(area, after);
    if (start === end) area.setSelectionRange(Math.max(from, start + after.length - before.length), Math.max(from, start + after.length - before.length));
    else area.setSelectionRange(from, from + after.length);
  }

  function newLine(area) {
    const line = area.value.slice(lineStart(area, area.selectionStart), area.selectionStart), deep = /^ */.exec(line)[0].length;
    const change = /:\s*(#.*)?$/.test(line) ? 4 : /^\s*(return|pass|break|continue|raise)\b/.test(line) ? -4 : 0;
    type(area, `\n${" ".repeat(Math.max(0, deep + change))}`);
  }

  function onKey(event, cell) {
    const {area} = cell, plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.isComposing) return;
    const leaving = cell.leaving;
    if (event.key !== "Shift") cell.leaving = event.key === "Escape";
    if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey)) run([cell]);
    else if (event.key === "Tab" && plain && !leaving) indent(area, event.shiftKey);
    else if (event.key === "Enter" && plain) newLine(area);
    else if (event.key === "Backspace" && plain && area.selectionStart === area.selectionEnd) {
      const column = area.selectionStart - lineStart(area, area.selectionStart);
      const line = area.value.slice(area.selectionStart - column, area.selectionStart);
      if (!column || column % 4 || line.trim()) return;
      area.setSelectionRange(area.selectionStart - 4, area.selectionStart);
      type(area, "");
    } else return;
    event.preventDefault();
  }

  function editable(element, index) {
    const pre = element.querySelector(".cell_input pre"), box = pre.parentElement, number = index + 1;
    const output = element.querySelector(".cell_output"), printed = pre.textContent.trimEnd();
    const area = make("textarea", {value: printed, spellcheck: false, autocapitalize: "off", autocomplete: "off"});
    area.setAttribute("aria-label", say.edit(number));
    area.setAttribute("aria-describedby", hint.id);
    area.setAttribute("autocorrect", "off");
    const cell = {
      element, number, pre, area, printed, output, hadOutput: Boolean(output), done: false, state: make("span"),
      stored: output ? [...output.childNodes] : [], storedText: textOf(output),
    };
    cell.runButton = button(say.run, () => run([cell]));
    cell.runButton.setAttribute("aria-label", say.runCell(number));
    cell.resetButton = button(say.reset, () => {
      reset(cell);
      area.focus();
    });
    cell.resetButton.setAttribute("aria-label", say.resetCell(number));
    const changed = () => {
      pre.replaceChildren(...coloured(area.value));
      cell.resetButton.hidden = area.value === printed && (!cell.outputs || cell.equal);
    };
    area.addEventListener("input", () => {
      cell.done = false;
      if (cell !== current && !queue.includes(cell)) cell.state.textContent = "";  // it was said of other code
      if (area.value === printed) delete edits[index];
      else edits[index] = [printed, area.value];
      keep();
      changed();
    });
    area.addEventListener("keydown", (event) => onKey(event, cell));
    cell.changed = changed;
    if (edits[index]?.[0] === printed) area.value = edits[index][1];
    else delete edits[index];
    changed();
    pre.removeAttribute("tabindex");
    pre.setAttribute("aria-hidden", "true");
    box.classList.add("run-editor");
    pre.after(area);
    const bar = make("div", {className: "run-bar"}, cell.runButton, cell.resetButton, cell.state);
    element.querySelector(".cell_input").append(bar);
    return cell;
  }

  function reset(cell) {
    delete edits[cell.number - 1];
    keep();
    cell.area.value = cell.printed;
    cell.done = false;
    cell.outputs = null;
    cell.state.textContent = "";
    if (cell.hadOutput) cell.output.replaceChildren(...cell.stored);
    else cell.output?.remove();
    if (!cell.hadOutput) cell.output = null;
    cell.changed();
  }

  function resetEverything() {
    stop();
    cells.forEach(reset);
    tell(say.wasReset);
  }

  // --- what a cell gives -----------------------------------------------------------------------------------------------
  function textOf(box) {
    return [...(box?.querySelectorAll(".output pre") ?? [])].map((pre) => pre.textContent.trimEnd()).join("\n").trimEnd();
  }

  function printedOutput(text, kind) {
    const longest = Math.max(...text.split("\n").map((line) => line.length), 1);
    const pre = make("pre", {textContent: text});
    pre.style.setProperty("--w", longest);
    return make("div", {className: kind}, make("div", {className: "highlight"}, pre));
  }

  // A figure takes the place of the stored one, with its number and caption; the theme's filter makes it dark. Unchanged
  // code draws the same figure: a live one stays, and with it the reader's place on its slider.
  function drawn(cell, kind, content, index) {
    const live = cell.stored.find((node) => node.querySelector?.(".live"));
    if (live && cell.ran === cell.printed) return live;
    const bytes = kind === "image/png" ? Uint8Array.from(content.match(/../g), (pair) => parseInt(pair, 16)) : content;
    const source = URL.createObjectURL(new Blob([bytes], {type: kind}));
    const old = cell.stored.flatMap((node) => [...(node.querySelectorAll?.("figure, a.figure-file") ?? []), ...(node.matches?.("figure, a.figure-file") ? [node] : [])])
      .filter((node) => !node.parentElement?.closest("figure"))[index];
    const whole = old ? old.cloneNode(true) : make("a", {className: "figure-file"}, make("img", {alt: say.figure}));
    whole.querySelectorAll(".live, .live-data").forEach((part) => part.remove());
    const link = whole.matches("a") ? whole : whole.querySelector("a.figure-file"), image = link.querySelector("img");
    image.src = source;
    image.removeAttribute("loading");
    image.classList.remove("live-still");
    for (const side of ["width", "height"]) image.removeAttribute(side);
    link.classList.remove("live-still");
    for (const part of [link, ...whole.querySelectorAll(".figure-download")]) part.href = source;
    if (cell.ran !== cell.printed) image.alt = say.figure;
    return whole;
  }

  function show(cell, outputs) {
    let figures = 0;
    const nodes = outputs.map(([kind, content]) => {
      if (kind.startsWith("image/")) return drawn(cell, kind, content, figures++);
      if (kind === "left out") return make("p", {className: "run-left-out", textContent: say.leftOut(Number(content).toLocaleString())});
      if (kind === "memory") return make("p", {className: "run-memory", textContent: say.memory});
      return printedOutput(content.replace(/\n$/, ""), kind === "error" ? "output run-error" : `output ${kind === "stderr" ? "stderr" : "stream"}`);
    });
    if (!cell.output && nodes.length) {
      cell.output = make("div", {className: "cell_output docutils container"});
      cell.element.append(cell.output);
    }
    cell.output?.replaceChildren(...nodes);
  }

  function finished(cell, outputs, took) {
    cell.outputs = outputs;
    show(cell, outputs);
    const failed = outputs.some(([kind]) => kind === "error"), equal = textOf(cell.output) === cell.storedText;
    const changed = cell.ran !== cell.printed, figure = outputs.some(([kind]) => kind.startsWith("image/"));
    cell.done = !failed;
    cell.equal = equal;
    // Only text is compared: of a figure alone, or of one that changed code has drawn, nothing is said.
    const compared = equal ? (cell.storedText || !figure) && !(changed && figure) : !changed;
    const state = (failed ? say.error : !compared ? say.done : equal ? say.equal : say.differs)(took);
    const answer = cell.element.querySelector(".answer");
    if (failed && answer?.hidden) answer.dispatchEvent(new Event("beforematch", {bubbles: true}));
    cell.state.textContent = answer?.hidden && cell !== asked ? say.guess(state) : state;
    if (!equal && cell.storedText) {
      const why = changed || failed ? [] : [make("p", {textContent: say.why})];
      cell.output.append(make("details", {className: "run-printed"}, make("summary", {textContent: say.printed}), ...why, printedOutput(cell.storedText, "output stream")));
    }
    spoken.textContent = say.announce(cell.number, cell.state.textContent);
    cell.changed();
    return !failed;
  }

  // --- Python ----------------------------------------------------------------------------------------------------------
  let settings, worker, ready = false, began = 0, bytes = 0, fetching = null, queue = [], current = null, asked = null;

  function tick() {
    const seconds = secondsSince(began), count = cells.length;
    if (current) current.state.textContent = say.now(seconds);
    if (!worker || (ready && !current)) return;
    const all = settings ? Object.values(settings.core).reduce((sum, {size}) => sum + size, 0) : 0;
    status.textContent = !ready ? (bytes < all ? say.loading(megabytes(bytes), megabytes(all), seconds) : say.starting(seconds))
      : fetching ? say.fetching(fetching.loading, megabytes(fetching.size), megabytes(bytes), seconds)
        : say.running(current.number, count, seconds);
    if (!ready && asked && queue.includes(asked)) asked.state.textContent = status.textContent;
  }
  setInterval(tick, 250);

  function update() {
    const busy = Boolean(worker) && (!ready || Boolean(current));
    stopAll.disabled = !busy;
    for (const cell of cells) {
      cell.runButton.textContent = cell === current ? say.stop : say.run;
      cell.runButton.setAttribute("aria-label", (cell === current ? say.stopCell : say.runCell)(cell.number));
      if (queue.includes(cell) && (ready || cell !== asked)) cell.state.textContent = say.waiting;
    }
  }

  async function begin() {
    ready = false;
    began = performance.now();
    bytes = 0;
    if (location.protocol === "file:") return cannot(say.file);
    if (typeof Worker === "undefined" || typeof WebAssembly === "undefined" || self.origin === "null") return cannot(say.old);
    const started = worker = {terminate() {}};  // so that Stop also works before there is one
    update();
    const host = () => (settings ? new URL(settings.base) : location).host;
    const fail = (kind) => {
      if (worker !== started && worker !== real) return;
      end();
      const reason = kind === "old" ? say.old : kind === "changed" ? say.changed(host()) : navigator.onLine ? say.network(host()) : say.offline;
      cannot(reason, () => begin());
    };
    let real;
    try {
      settings ??= await load(address);
    } catch {
      return fail("network");
    }
    if (worker !== started) return;
    try {
      real = worker = new Worker(settings.files["run-worker.js"]);
    } catch {
      return fail("old");
    }
    real.onerror = (event) => {
      event.preventDefault();
      fail(ready ? "network" : "old");
    };
    real.onmessage = ({data}) => {
      if (real === worker) receive(data, fail);
    };
    real.postMessage({settings});
  }

  async function load(file) {
    const at = new URL(file, document.baseURI), answer = await fetch(at);
    if (!answer.ok) throw new Error(answer.status);
    const read = await answer.json(), absolute = (path) => new URL(path, at).href;
    read.base = absolute(read.base);
    for (const name of Object.keys(read.files)) read.files[name] = absolute(read.files[name]);
    for (const entry of Object.values(read.packages)) entry.url = entry.beside ? absolute(entry.file) : entry.url ?? read.base + entry.file;
    return read;
  }

  function receive(data, fail) {
    if (data.failed) return fail(data.failed);
    if (data.bytes) {
      bytes = data.bytes;
      fetching = null;
    }
    if (data.loading) fetching = data;
    if (data.crashed) {
      end();
      tell(say.crashed);
    }
    if (data.ready) {
      ready = true;
      tell(say.ready);
      next();
    }
    if (data.id === current?.number) {
      if (data.partly) show(current, JSON.parse(data.partly));
      if (data.outputs) {
        const cell = current, took = ((performance.now() - began) / 1000).toFixed(1);
        current = null;
        fetching = null;
        if (!finished(cell, JSON.parse(data.outputs), took) && queue.length) {
          for (const waiting of queue) waiting.state.textContent = waiting === asked ? say.above(cell.number) : "";
          queue = [];
          tell(say.above(cell.number));
        } else if (!queue.length) status.textContent = say.ready;
        if (cell === asked) cell.element.querySelector(".cell_output")?.dispatchEvent(new Event("beforematch", {bubbles: true}));
        next();
      }
    }
    tick();
    update();
  }

  function next() {
    if (!ready || current || !queue.length) return update();
    current = queue.shift();
    current.ran = current.area.value;
    began = performance.now();
    worker.postMessage({id: current.number, source: current.ran});
    update();
  }

  function run(wanted) {
    if (wanted.length === 1 && wanted[0] === current) return stop();
    const last = wanted.at(-1);
    asked = wanted.length === 1 ? last : null;  // what is run with all others opens nothing
    for (const cell of cells.slice(0, last.number)) {
      const needed = wanted.includes(cell) || !cell.done;
      if (needed && cell !== current && !queue.includes(cell)) queue.push(cell);
    }
    queue.sort((a, b) => a.number - b.number);
    if (!worker) begin();
    else next();
    update();
  }

  function end() {
    worker?.terminate();
    worker = null;
    ready = false;
    fetching = null;
    for (const cell of [current, ...queue]) if (cell) cell.state.textContent = say.halted;
    current = null;
    queue = [];
    for (const cell of cells) cell.done = false;
    update();
  }

  function stop() {
    if (!worker) return;
    end();
    tell(say.stopped);
  }

  const inputs = [...document.querySelectorAll("div.cell")].filter((element) => element.querySelector(".cell_input pre"));
  const lacking = inputs.filter((element) => element.matches(".tag_not-in-page"));
  const cells = location.protocol === "file:" ? [] : inputs.filter((element) => !lacking.includes(element)).map(editable);
  if (cells.length) for (const element of lacking) element.querySelector(".cell_input").append(make("p", {className: "run-bar", textContent: say.lacking}));
  document.head.append(make("link", {rel: "stylesheet", href: style}));
  panel.replaceChildren(status, ...(cells.length ? [runAll, stopAll, resetAll, hint] : []), spoken);
  panel.tabIndex = -1;
  panel.focus({preventScroll: true});
  begin();
})();
