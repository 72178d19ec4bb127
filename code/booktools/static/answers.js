// Asks for the reader's predictions, shows what waited for them, and repeats them where the chapter says what it measured.
// The page is marked by booktools/answers.py, and the script in layout.html has hidden the answers before it was drawn.
(() => {
  // Whatever a link, the browser's search or the book's search leads to is opened; each announces that by this event.
  const opened = new Set();
  document.addEventListener("beforematch", ({ target }) => {
    for (let part = target; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") part.open = true;
      if (part.matches(".answer")) opened.add(part.dataset.key);
    }
    render();
  });
  const followLink = () => {
    const target = document.querySelector(":target");
    const hidden = target?.closest("details:not([open]), .answer[hidden]");
    target?.dispatchEvent(new Event("beforematch", { bubbles: true }));
    if (hidden) target.scrollIntoView({ behavior: "instant" });
  };
  addEventListener("hashchange", followLink);

  const SAY = {
    en: {
      show: "Show what came out", again: "Predict again", none: "no guess", title: "Your predictions", guess: "Your guess", result: "What came out",
      figure: "a figure", whole: "the whole output", waiting: "not predicted yet", forget: "Forget these predictions",
    },
    ko: {
      show: "결과 보기", again: "다시 예측하기", none: "하지 않음", title: "나의 예측", guess: "예측", result: "결과",
      figure: "그림", whole: "출력 전체", waiting: "아직 예측하지 않음", forget: "예측 모두 지우기",
    },
  };
  const say = SAY[document.documentElement.lang] ?? SAY.en;
  const page = document.documentElement.dataset;
  const questions = [...document.querySelectorAll(".prediction")], answers = [...document.querySelectorAll(".answer")];
  const summary = document.querySelector(".guesses"), setting = document.querySelector(".outputs-switch");

  // start.js stands in for a storage that is refused; one that is full keeps nothing, and everything else works on.
  const stored = `guesses ${location.pathname}`;
  const store = (name, text) => {
    try {
      localStorage.setItem(name, text);
    } catch {}
  };
  let guesses = {};  // by the question's key: the number of a choice, what was typed, or nothing
  try {
    guesses = JSON.parse(localStorage.getItem(stored)) ?? {};
  } catch {}
  if (page.predictions === "ask") {  // what the browser has found before this script came stays open
    for (const answer of answers) if (!answer.hidden) opened.add(answer.dataset.key);
  }

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const copies = (nodes) => [...nodes].map((node) => node.cloneNode(true));
  const fields = (question) => [...question.querySelectorAll("input:not(.outputs-switch)")];
  const isOpen = ({ dataset }) => page.predictions !== "ask" || dataset.key in guesses || opened.has(dataset.key);

  const guessOf = (question) => {
    const guess = guesses[question.dataset.key];
    if (!guess) return [say.none];
    const choice = fields(question).find((field) => field.type === "radio" && field.value === guess);
    return choice ? copies(choice.nextElementSibling.childNodes) : [guess];
  };

  const resultOf = (question) => {
    const answer = document.getElementById(`${question.id}-answer`);
    const caption = answer.querySelectorAll(".caption-number, .caption-text"), printed = answer.querySelector("pre");
    const link = (...text) => make("a", { href: `#${answer.querySelector("figure[id]")?.id ?? answer.id}` }, ...text);
    if (!isOpen(question)) return [make("a", { href: `#${question.id}`, textContent: say.waiting })];
    if (caption.length) {
      const text = copies(caption);
      for (const inner of text.flatMap((part) => [...part.querySelectorAll("a")])) inner.replaceWith(...inner.childNodes);
      return [link(...text)];
    }
    if (!printed) return [link(answer.querySelector("img") ? say.figure : say.whole)];
    const lines = printed.textContent.trimEnd().split("\n"), first = make("pre", { textContent: lines.slice(0, 3).join("\n") });
    return lines.length > 3 ? [first, link(say.whole)] : [first];
  };

  const summarize = () => {
    if (!summary) return;
    const made = questions.some(({ dataset }) => guesses[dataset.key]);
    const list = questions.map((question) => {
      const parts = [...document.getElementById(`${question.id}-question`).childNodes];
      const asked = copies(parts.slice(parts.findIndex(({ tagName }) => tagName === "STRONG") + 1));  // after "Predict."
      const rows = [[say.guess, guessOf(question)], [say.result, resultOf(question)]];
      return make("li", {}, make("p", { className: "question" }, ...asked),
        make("dl", {}, ...rows.map(([term, text]) => make("div", {}, make("dt", { textContent: term }), make("dd", {}, ...text)))));
    });
    const forget = make("button", { type: "button", textContent: say.forget });
    forget.addEventListener("click", () => {
      guesses = {};
      opened.clear();
      for (const field of questions.flatMap(fields)) field.type === "radio" ? (field.checked = false) : (field.value = "");
      store(stored, "{}");
      render();
      summary.parentElement.tabIndex = -1;  // the button is gone, and the focus must be somewhere
      summary.parentElement.focus();
    });
    summary.replaceChildren(...(made ? [make("h3", { textContent: say.title }), make("ul", {}, ...list), forget] : []));
  };

  function render() {
    for (const answer of answers) answer.hidden = isOpen(answer) ? false : "until-found";
    for (const question of questions) {
      const known = isOpen(question), guess = guesses[question.dataset.key];
      question.querySelector("button").textContent = known ? say.again : say.show;
      for (const field of fields(question)) {
        field.disabled = known;
        if (guess) field.type === "radio" ? (field.checked = field.value === guess) : (field.value = guess);
      }
      const line = document.querySelector(`#${question.id}-answer > .guess`);
      line.classList.toggle("made", Boolean(guess));
      line.lastElementChild.replaceChildren(...guessOf(question));
    }
    if (setting) setting.checked = page.predictions !== "ask";
    summarize();
  }

  const answerOrAskAgain = (question) => {
    const { key } = question.dataset;
    if (isOpen(question)) {
      delete guesses[key];
      opened.delete(key);
    } else {
      const [field] = fields(question).filter((one) => one.type !== "radio" || one.checked);
      guesses[key] = field?.value.trim() ?? "";
    }
    store(stored, JSON.stringify(guesses));
    render();
    const next = isOpen(question) ? document.querySelector(`#${question.id}-answer > .guess`) : fields(question)[0];
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest", behavior: "instant" });
  };

  for (const question of questions) {
    const button = question.querySelector("button");
    button.addEventListener("click", () => answerOrAskAgain(question));
    question.addEventListener("keydown", (event) => {  // no form: a sandboxed frame may not send one
      if (event.key === "Enter" && !event.isComposing && fields(question).includes(event.target)) button.click();
    });
  }
  setting?.addEventListener("change", () => {
    page.predictions = setting.checked ? "all" : "ask";
    store("predictions", page.predictions);
    render();
  });

  render();
  followLink();
})();
