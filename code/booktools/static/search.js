// The page Search: ranks the sections of search-data.js with MiniSearch, and shows where in them the words stand.
"use strict";

// Words as both sides know them: one form of each synonym, no spaces within Korean, no plural.
class Words {
  constructor(synonyms) {
    this.forms = new Map();
    for (const group of synonyms) {
      const [first, ...others] = group.map(Words.sound);
      for (const other of others) this.forms.set(other, first);
    }
    const longestFirst = [...this.forms.keys()].sort((a, b) => b.length - a.length);
    const escaped = longestFirst.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/ /g, "[ _-]?"));
    // A Korean form may carry a particle; a Latin one ends where the word does.
    this.pattern = new RegExp(escaped.map((form) => /[가-힣]/.test(form) ? form : `(?<![a-z0-9_.])${form}(?![a-z0-9_])`).join("|"), "g");
    const bare = (form) => form.replace(/[ _-]/g, "");
    this.bare = new Map([...this.forms].map(([form, first]) => [bare(form), first]));
    this.canonical = (found) => {
      const first = this.bare.get(bare(found));
      return /[가-힣]/.test(found) && /^[a-z]/.test(first) ? ` ${first} ` : first;  // 리키렐루는 is three words
    };
  }

  plain(text) {
    return Words.sound(text).replace(this.pattern, this.canonical);
  }

  // ["np.where", "np", "where"] of np.where, ["활성", "성화", "화함", "함수"] of 활성화 함수.
  of(text) {
    const joined = this.plain(text).replace(/(?<=[가-힣]) (?=[가-힣])/g, "");
    const found = [];
    for (const [word] of joined.matchAll(/[가-힣]+|[^\W가-힣]+(?:\.[^\W가-힣]+)*|[^\x00-\x7F가-힣\s\p{P}]+/gu)) {
      if (/[가-힣]/.test(word)) {
        for (let i = 0; i + 2 <= word.length; i++) found.push(word.slice(i, i + 2));
      } else {
        found.push(Words.stem(word));
        const parts = word.split(/[._]/).filter((part) => part);
        if (parts.length > 1) found.push(...parts.map(Words.stem));
      }
    }
    return found;
  }

  // 소프트멕스 is 소프트맥스: ㅐ and ㅔ sound alike, and are taken for one another.
  static sound(text) {
    return text.normalize("NFKD").toLowerCase().replace(/\u1162/g, "\u1166").normalize("NFKC");
  }

  static stem(word) {
    if (word.length < 5 || /[._\d]/.test(word)) return word;
    return word.replace(/(?<=....)is(e|ed|es|er|ing|ation|ations)$/, "iz").replace(/iz(e|ed|es|er|ing|ation|ations)$/, "iz")
      .replace(/ies$/, "y").replace(/(?<![su])s$/, "").replace(/(ing|ed)$/, "").replace(/e$/, "");
  }
}

// A Korean word of a query loses its particle, which a page may write otherwise.
const PARTICLE = /(?<=[가-힣]{2}|[a-z0-9])(에서는|으로는|이라는|이란|란|에서|에게|에는|으로|까지|부터|처럼|보다|이나|은|는|이|가|을|를|의|에|와|과|로|도|만)$/;
const KEPT = new Set(["정확도", "난이도", "전문가", "과제", "차이", "깊이", "높이", "넓이", "길이", "크기", "의미"]);

const EMPTY = new Set(("a an and are at be between by can difference do does for how i in is it my of on or problem should than the to use versus vs we what when which why with you "
  + "왜 무엇 어떤 어떻게 하나 무엇인가 방법 문제 이유 종류 차이 뜻 예제 대신 쓰는 하는 되는 안").split(" ").map(Words.sound));
// 되나요, 할까요, 무엇인가: the end of a question.
const QUESTION = /(나요|가요|까요?|인가|는지|니까|예요)$/;

class BookSearch {
  constructor({ entries, synonyms, secondary }) {
    this.words = new Words(synonyms);
    this.entries = entries;
    this.secondary = new Set(secondary);
    const tokenize = (text) => this.words.of(text);
    this.index = new MiniSearch({
      fields: ["subjects", "heading", "title", "text", "code"],
      tokenize,
      processTerm: (term) => term,
      searchOptions: { boost: { subjects: 8, heading: 5, title: 3, text: 1, code: 0.5 } },
    });
    this.index.addAll(entries.map((entry, id) => ({ ...entry, id })));
    this.subjects = entries.map(({ subjects }) => subjects.split(/[,;]/).map((one) => this.phrase(one)));
    this.texts = entries.map(({ subjects, title, heading, text, code }) => this.words.plain([subjects, title, heading, text, code].join("\n")));
    this.phrases = entries.map(({ heading, text, code }) => [heading, text, code].map((part) => this.phrase(part)));
  }

  // A comma more or less does not break a phrase: np.where(x > 0, x, 0).
  phrase(text) {
    return this.words.plain(text).replace(/[\s?!,]+/g, "");
  }

  // The words of a query, each without its particle.
  bare(text) {
    return this.words.plain(text).trim().split(/[\s?!,]+/).map((word) => (KEPT.has(word) ? word : word.replace(PARTICLE, "")));
  }

  // Without what a question says anyway, and the x of a formula.
  telling(text) {
    const words = this.bare(text).flatMap((word) => word.split(/[()[\]<>=*+]+/)).filter((word) => this.words.of(word).length || /[가-힣]/.test(word));
    const telling = words.filter((word) => !EMPTY.has(word) && !QUESTION.test(word) && !/^[a-z]$/.test(word));
    return [...new Set(telling.length ? telling : words)];
  }

  // How much of a word of a query a section has. Of two or three syllables no two may come from neighbouring words: 고양 is
  // not in 그리고 양쪽. Of np.where the parts are worth less than the whole. Loosely, a slip is forgiven: a syllable of three,
  // or what stands before the last point of tf.nn.relu6.
  share(hit, word, loosely) {
    const forms = loosely && word.length === 3 ? [word.slice(1), word.slice(0, -1)] : [word];
    if (/^[가-힣]{1,3}$/.test(word)) return Number(forms.some((form) => this.texts[hit.id].includes(form)));
    const terms = this.words.of(word), found = terms.filter((term) => hit.queryTerms.includes(term));
    const most = found.length >= 0.6 * terms.length, compound = /^[^가-힣]+$/.test(word) && terms.length > 1;
    if (!compound) return Number(most);
    return found.includes(terms[0]) ? 1 : most || (loosely && found.includes(terms.at(-1))) ? 0.6 : 0;
  }

  // Pages, best first, each with its best sections; several sections of a page speak for it.
  pages(text) {
    const words = this.telling(text), terms = [...new Set(words.flatMap((word) => this.words.of(word)))];
    if (!terms.length) return [];
    const phrase = this.bare(text).join("");
    const options = {
      tokenize: () => terms,
      prefix: (term) => term.length > 3 && /^[a-z]+$/.test(term),
      boostDocument: (id) => {
        const [heading, prose, code] = this.phrases[id];
        const { page, anchor } = this.entries[id];
        const whole = this.subjects[id].includes(phrase) ? 4 : heading.includes(phrase) ? 2 : prose.includes(phrase) ? 1.5 : code.includes(phrase) ? 1.4 : 1;
        return whole * (anchor ? 1 : 1.3) * (this.secondary.has(page.split("/").pop()) ? 0.3 : 1);
      },
    };
    const found = this.ranked(words, this.index.search(text, options));
    return found.length ? found : this.ranked(words, this.index.search(text, { ...options, fuzzy: (term) => (/^[a-z]{5,}$/.test(term) ? 0.25 : false) }), true);
  }

  // The pages of these hits; loosely, where no section has most of the words as they are written.
  ranked(words, hits, loosely = false) {
    // A section without some of the words counts for less, and for nothing without most of them.
    const share = (hit) => words.reduce((sum, word) => sum + this.share(hit, word, loosely), 0) / words.length;
    const pages = new Map();
    for (const hit of hits.filter((one) => share(one) >= (loosely ? 0.3 : 0.6))) {
      const entry = this.entries[hit.id], score = hit.score * share(hit) ** 2;
      if (!pages.has(entry.page)) pages.set(entry.page, { title: entry.title, sections: [] });
      const own = Object.values(hit.match).flat().some((field) => field !== "subjects" && field !== "title");
      pages.get(entry.page).sections.push({ ...entry, score, own, matched: new Set(hit.terms) });
    }
    for (const page of pages.values()) {
      page.sections.sort((a, b) => b.score - a.score);
      page.score = page.sections.reduce((sum, { score }, i) => sum + (i ? 0.1 : 1) * score, 0);
      page.sections.sort((a, b) => b.own - a.own);  // a beginning that has none of the words only stands for its chapter
    }
    return [...pages.values()].sort((a, b) => b.score - a.score);
  }

  // The piece of a section in which most of the words stand, as text and marked text in turn.
  snippet({ text, code, matched }) {
    const pieces = [...text.split(/(?<=[.!?다요])\s+|\n/), ...code.split("\n")].filter((piece) => piece.trim());
    let best = pieces[0] ?? "", most = 0;
    for (const piece of pieces) {
      const found = new Set(this.words.of(piece).filter((word) => matched.has(word))).size;
      if (found > most) [best, most] = [piece, found];
    }
    const words = best.trim().split(/(\s+)/);
    const marked = words.map((word) => this.words.of(word).some((part) => matched.has(part)));
    const first = Math.max(0, marked.indexOf(true) - 24);
    const shown = words.slice(first, first + 80).map((word, i) => ({ word, marked: marked[first + i] }));
    if (first) shown.unshift({ word: "… " });
    if (first + 80 < words.length) shown.push({ word: " …" });
    return shown;
  }
}

const SEARCH_WORDS = {
  en: { none: "No section has these words.", pages: (n) => `${n} ${n === 1 ? "page" : "pages"}`, more: (n) => `${n} more in this chapter` },
  ko: { none: "이 말이 나오는 곳이 없습니다.", pages: (n) => `${n}쪽에서 찾음`, more: (n) => `이 장에 ${n}곳 더` },
};

function bookSearch(data) {
  const search = new BookSearch(data);
  const say = SEARCH_WORDS[document.documentElement.lang] ?? SEARCH_WORDS.en;
  const box = document.getElementById("search-results"), field = document.querySelector(".bd-search-container [name=q]");
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const section = (entry) => {
    const snippet = search.snippet(entry);
    const found = snippet.filter(({ marked }) => marked).map(({ word }) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ""));
    const typed = field.value.split(/[\s?!,]+/).filter((word) => word.length > 1 && !EMPTY.has(word.toLowerCase()));
    const words = [...new Set([...typed, ...found])];
    const highlight = words.length ? `?highlight=${encodeURIComponent(words.join(" "))}` : "";
    const href = `${entry.page}.html${highlight}${entry.anchor && `#${entry.anchor}`}`;
    const text = snippet.map(({ word, marked }) => (marked ? make("span", { className: "highlighted", textContent: word }) : word));
    return make("li", {}, make("a", { href, textContent: entry.heading }), make("p", { className: "context" }, ...text));
  };

  const show = (query) => {
    const pages = search.pages(query);
    const summary = make("p", { className: "search-summary", textContent: pages.length ? say.pages(pages.length) : query.trim() ? say.none : "" });
    summary.setAttribute("role", "status");
    const list = pages.map(({ title, sections }) => {
      const shown = sections.slice(0, 3).map(section);
      const more = sections.slice(3).map(section);
      const rest = more.length ? [make("details", {}, make("summary", { textContent: say.more(more.length) }), make("ul", {}, ...more))] : [];
      return make("li", {}, make("h2", { textContent: title }), make("ul", {}, ...shown), ...rest);
    });
    box.replaceChildren(summary, make("ol", { className: "search" }, ...list));
  };

  const parameters = new URLSearchParams(location.search);
  show(field.value || (parameters.get("q") ?? ""));  // the field may have changed while this was on its way
  // Back from a result leads to where it stood: only now is the page as long as it was. (Sphinx empties the history's state.)
  const [way] = performance.getEntriesByType("navigation"), place = () => `search${location.search}`;
  if (way?.type === "back_forward") scrollTo({ top: Number(sessionStorage.getItem(place())), behavior: "instant" });
  box.addEventListener("click", ({ target }) => {
    if (target.closest("a")) sessionStorage.setItem(place(), String(scrollY));
  });
  field.addEventListener("input", () => {
    show(field.value);
    history.replaceState(null, "", `?q=${encodeURIComponent(field.value)}`);
  });
}

// The index is heavier than the page: it comes with the first word, and calls bookSearch.
(() => {
  const field = document.querySelector(".bd-search-container [name=q]"), query = new URLSearchParams(location.search).get("q") ?? "";
  for (const each of document.querySelectorAll("[name=q]")) each.value = query;
  const load = () => {
    const script = document.createElement("script");
    script.src = document.getElementById("search-results").dataset.index;
    document.head.append(script);
  };
  if (query.trim()) load();
  else field.addEventListener("input", load, { once: true });
})();
