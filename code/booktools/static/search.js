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
    // A Korean form may carry a particle; a Latin one ends where the word does, or has an s.
    this.pattern = new RegExp(escaped.map((form) => /[가-힣]/.test(form) ? form : `(?<![a-z0-9_.])${form}s?(?![a-z0-9_])`).join("|"), "g");
    const bare = (form) => form.replace(/[ _-]/g, "");
    this.bare = new Map([...this.forms].map(([form, first]) => [bare(form), first]));
    this.canonical = (found) => {
      const first = this.bare.get(bare(found)) ?? this.bare.get(bare(found).slice(0, -1));
      return /[가-힣]/.test(found) && /^[a-z]/.test(first) ? ` ${first} ` : first;  // 리키렐루는 is three words
    };
  }

  plain(text) {
    return Words.sound(text).replace(this.pattern, this.canonical);
  }

  // ["np.where", "np", "where"] of np.where, ["활성", "성화", "화함", "함수"] of 활성화 함수.
  of(text) {
    return Words.terms(this.plain(text));
  }

  static terms(plain) {
    const joined = plain.replace(/(?<=[가-힣]) (?=[가-힣])/g, "");
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

  // ㄱ디ㅕ is relu, typed on a keyboard that stands on Korean.
  static keys(text) {
    return text.normalize("NFKD").replace(/[\u1100-\u11c2]/g, (letter) => {
      const [first, keys] = KEYS.findLast(([one]) => one <= letter);
      return keys[letter.codePointAt() - first.codePointAt()];
    });
  }

  // Whether a term may be the beginning of a longer one.
  static begins(term) {
    return /^[a-z]{4,}$/.test(term);
  }

  // How far words have a term: 1 if it is one of them, a half if one begins with it.
  static presence(words, term) {
    return words.includes(term) ? 1 : Words.begins(term) && words.some((word) => word.startsWith(term)) ? 0.5 : 0;
  }

  static stem(word) {
    if (word.length < 5 || /[._\d]/.test(word)) return word;
    return word.replace(/(?<=....)is(e|ed|es|er|ing|ation|ations)$/, "iz").replace(/iz(e|ed|es|er|ing|ation|ations)$/, "iz")
      .replace(/ies$/, "y").replace(/(?<![su])s$/, "").replace(/(ing|ed)$/, "")
      .replace(/(?<=.{5})(ion|or|er|ity|(ist)?ic(ally)?|al(ly)?|ive(ly)?|ly|ness|ment|able|[ae]nce)$/, "").replace(/e$/, "");
  }
}

// The keys of a Korean keyboard for the letters that begin a syllable, its vowels, and the letters that end it.
const KEYS = [
  ["\u1100", "r R s e E f a q Q t T d w W c z x v g"],
  ["\u1161", "k o i O j p u P h hk ho hl y n nj np nl b m ml l"],
  ["\u11a8", "r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g"],
].map(([first, keys]) => [first, keys.split(" ")]);

const GAPS = /[\s?!,]+/g;  // a comma more or less does not break a phrase: np.where(x > 0, x, 0)

// A Korean word of a query loses its particle, which a page may write otherwise.
const PARTICLE = /(?<=[가-힣]{2}|[a-z0-9])((?:이|가|은|는)?(?:뭐야|뭐예요|뭐죠|뭔가요|뭔지|뭐임|뭐냐|뭔데)|에서는|으로는|이라는|이란|란|에서|에게|에는|으로|까지|부터|처럼|보다|이나|은|는|이|가|을|를|의|에|와|과|로|도|만)$/;
const KEPT = new Set(["정확도", "난이도", "전문가", "과제", "차이", "깊이", "높이", "넓이", "길이", "크기", "의미", "가운데"]);

// What a question says anyway; and what it asks of a subject, which matters where ReLU is all of it: why use ReLU.
const EMPTY = new Set(("a an and any are at be been being between by can did do does done explain for from get happens help how i if in into "
  + "is it its just many much my need of on or please really should so some stand stands than that the there these this those to "
  + "very versus vs want was we were what when which who will with you actually "
  + "왜 뭐 뭐야 뭐예요 뭐임 뭐냐 뭔데 뭔가요 뭐가 무엇 무엇인가 무슨 어떤 어떻게 어디 어디서 어떡해 어떡함 어떡하지 하나 하는 해야 되는 되나 안 "
  + "이거 이게 인가 이랑 경우 관련 따른 너무 제대로 정확히 그냥 진짜 정말 도대체 혹시 근데 있나 있어 없나 많은데 괜찮나 나와 걸까 대비 아님 아닌가").split(" ").map(Words.sound));
const ASKED = new Set("difference problem use why 대신 문제 방법 사용 사용법 설명 쓰나 쓰는 쓰는법 쓰면 써도 써야 예제 이유 종류 차이 뜻".split(" ").map(Words.sound));
// 느린가요, 무엇인가, 죽었는데, 올렸더니, 바꿀 때마다, 초기화하면: how one asks or tells, not what; as it sounds, so 떼마다.
const ENDING = /(일까요?|인가요?|인지|(?:는|은|던)가요?|[나가까]요|까|는지|니까|예요|뭐야|뭐죠|뭔지|(?<=[가-힣]{2})(?:는데요?|데요?|더니|떼마다|요|하(?:면|기|는|고|나|지|려면)|헤(?:도|서|야)|한다?|합니다|함|되(?:면|는|나|지)|된다?|됩니다|됨|건가))$/;

// A page's score is that of its sections, of which the best page has 1, and this many times its nearness to the query.
const WEIGHT_OF_SUBJECTS = 4;
const EXPONENT_OF_NEARNESS = 1.5;
const NEAR = 0.3;  // so near, a page is listed though no section of it has the words
const LEAST_SHARE = 0.2;  // of the words of a query, that a section has, by what the best one has
const MORE_SECTIONS = 0.2;  // what each section after the best counts for its page
const SECONDARY = { sections: 0.5, nearness: 0.9 };  // pages that gather what others explain

class BookSearch {
  constructor({ entries, synonyms, secondary }) {
    this.words = new Words(synonyms);
    this.names = new MiniSearch({ fields: ["name"], tokenize: (text) => [text.normalize("NFD")], processTerm: (term) => term });
    const names = synonyms.flat().filter((form) => /^([a-z]{5,}|[가-힣]{4,})$/.test(form));
    this.names.addAll(names.map((name, id) => ({ name, id })));
    this.entries = entries;
    this.secondary = new Set(secondary);
    this.index = new MiniSearch({
      fields: ["subjects", "heading", "title", "text", "code"],
      tokenize: Words.terms,
      processTerm: (term) => term,
      searchOptions: { boost: { subjects: 1, heading: 5, title: 3, text: 1, code: 0.5 } },
    });
    const plain = (text) => this.words.plain(text);
    const documents = entries.map(({ subjects, heading, title, text, code }, id) =>
      ({ subjects: plain(subjects.join("\n")), heading: plain(heading), title: plain(title), text: plain(text), code: plain(code), id }));
    this.index.addAll(documents);
    this.phrases = documents.map(({ heading, text, code }) => [heading, text, code].map((part) => part.replace(GAPS, "")));
    this.texts = documents.map(({ subjects, heading, title, text, code }) => [subjects, heading, title, text, code].join("\n"));
    this.pieces = new Map();  // of the sections that were shown, with their terms
    this.counts = new Map();  // of the sections that have a term
    for (const text of this.texts) for (const term of new Set(Words.terms(text))) this.counts.set(term, (this.counts.get(term) ?? 0) + 1);
    this.subjects = new Map(entries.filter(({ subjects }) => subjects.length)
      .map(({ page, subjects }) => [page, subjects.map((subject) => this.weighed(this.telling(subject)))]));
  }

  isSecondary(page) {
    return this.secondary.has(page.split("/").pop());
  }

  // The words of a query, each without its particle.
  bare(text) {
    const words = this.words.plain(text).trim().replace(/(n['’]t|['’](s|re|ll|ve|d|m))\b/g, "").split(GAPS);
    return words.map((word) => (KEPT.has(word) ? word : word.replace(PARTICLE, "")));
  }

  // Without what a question says anyway, and the x of a formula; what it asks of a subject stays where that is ReLU alone.
  telling(text) {
    const words = this.bare(text).flatMap((word) => word.split(/[()[\]<>=*+]+/)).filter((word) => this.words.of(word).length || /[가-힣]/.test(word));
    const stem = (word) => (KEPT.has(word) ? word : word.replace(ENDING, ""));
    const asked = words.filter((word) => !EMPTY.has(word) && !EMPTY.has(stem(word)) && !/^[a-z]$/.test(word));
    const telling = asked.map(stem).filter((word) => !ASKED.has(word) && (word.length > 1 || words.includes(word)));
    const says = (some, but) => some.some((word) => word !== but && this.words.of(word).length);
    return [...new Set([telling, asked].find((some) => says(some, "relu")) ?? (says(telling) ? telling : words))];
  }

  // How much a term tells, because few sections have it, or one that begins with it: ln(1 + all / those that have it).
  rarity(term) {
    const known = this.counts.has(term) || !Words.begins(term) ? [term] : [...this.counts.keys()].filter((one) => one.startsWith(term));
    const count = Math.max(0, ...known.map((one) => this.counts.get(one) ?? 0));
    return count ? Math.log(1 + this.entries.length / count) : 0;
  }

  // What each term of words weighs, and all of them: as much as it tells; those of a Korean word share the weight of one.
  weighed(words) {
    const weights = new Map();
    for (const word of words) {
      const terms = this.words.of(word), parts = /[가-힣]/.test(word) ? terms.length : 1;
      for (const term of terms) weights.set(term, Math.max(this.rarity(term) / parts, weights.get(term) ?? 0));
    }
    return { weights, terms: [...weights.keys()], whole: [...weights.values()].reduce((sum, weight) => sum + weight, 0) };
  }

  // For a word that the book does not have the one that is spelled most like it; names first, which have synonyms, Korean
  // ones by their letters.
  corrected(word) {
    const latin = /^[a-z]{5,}$/.test(word), term = Words.stem(word);
    if (latin ? this.rarity(term) : !/^[가-힣]{4,}$/.test(word) || this.texts.some((text) => text.includes(word))) return word;
    const [name] = this.names.search(word, { fuzzy: latin ? 0.2 : 1 });
    if (name) return this.words.plain(name.terms[0].normalize("NFC"));
    const [nearest] = latin ? this.index.search(term, { tokenize: (one) => [one], fuzzy: 0.25 }) : [];
    return nearest ? nearest.terms[0] : word;
  }

  // How near a query is to a subject of a page, from 0 to 1: twice what both have, by what each has (Dice's coefficient).
  nearness(query, page) {
    const near = (subject) => {
      let both = 0;
      for (const [term, weight] of query.weights) {
        if (Words.presence(subject.terms, term)) both += weight + (subject.weights.get(term) ?? weight);
      }
      return both && both / (query.whole + subject.whole);
    };
    return Math.max(...this.subjects.get(page).map(near)) * (this.isSecondary(page) ? SECONDARY.nearness : 1);
  }

  // How much of a word of a query a section has. Of two or three syllables no two may come from neighbouring words: 고양 is
  // not in 그리고 양쪽; where the book does not have the word, one syllable of three may differ. Of np.where the parts are
  // worth less than the whole.
  share(hit, word, unknown) {
    const forms = unknown && word.length === 3 ? [word.slice(1), word.slice(0, -1)] : [word];
    if (/^[가-힣]{1,3}$/.test(word)) return Number(forms.some((form) => this.texts[hit.id].includes(form)));
    const terms = this.words.of(word), found = terms.filter((term) => hit.queryTerms.includes(term));
    const most = found.length >= 0.6 * terms.length, compound = /^[^가-힣]+$/.test(word) && terms.length > 1;
    if (!compound) return Number(most);
    return found.includes(terms[0]) ? 1 : most || (unknown && found.includes(terms.at(-1))) ? 0.6 : 0;
  }

  // Pages, best first, each with its best sections; several sections of a page speak for it.
  pages(text) {
    text = text.replace(/\S*[ㅏ-ㅣ]\S*/g, Words.keys);  // no Korean word has a vowel that stands alone
    const words = this.telling(text).map((word) => this.corrected(word)), query = this.weighed(words), { terms } = query;
    if (!terms.length) return [];
    const phrase = this.bare(text).join("");
    const hits = this.index.search(text, {
      tokenize: () => terms,
      prefix: Words.begins,
      boostTerm: (term) => query.weights.get(term) / (this.rarity(term) || 1),
      boostDocument: (id) => {
        const [heading, prose, code] = this.phrases[id], { page, anchor } = this.entries[id];
        const whole = heading.includes(phrase) ? 2 : prose.includes(phrase) ? 1.5 : code.includes(phrase) ? 1.4 : 1;
        return whole * (anchor ? 1 : 1.6) * (this.isSecondary(page) ? SECONDARY.sections : 1);
      },
    });
    const known = words.map((word) => this.texts.some((has) => has.includes(word)));
    const weights = words.map((word) => Math.max(0.01, ...this.words.of(word).map((term) => this.rarity(term))));
    const whole = weights.reduce((sum, weight) => sum + weight, 0);
    const part = (shares) => shares.reduce((sum, share, i) => sum + share * weights[i], 0) / whole;

    const pages = new Map();
    const open = ({ page, title }) => pages.get(page) ?? pages.set(page, { title, score: 0, sections: [], shares: words.map(() => 0) }).get(page);
    const shared = hits.map((hit) => words.map((word, i) => this.share(hit, word, !known[i])));
    const most = Math.max(...shared.map(part));
    for (const [i, hit] of hits.entries()) {
      const shares = shared[i], share = part(shares);
      if (!share || share < LEAST_SHARE * most) continue;
      const entry = this.entries[hit.id], page = open(entry);
      const own = Object.values(hit.match).flat().some((field) => !["title", "subjects"].includes(field));
      page.sections.push({ ...entry, score: hit.score * share ** 2, own, terms, matched: new Set(hit.terms) });
      page.shares = page.shares.map((one, i) => Math.max(one, shares[i]));
    }
    for (const page of pages.values()) {
      page.sections.sort((a, b) => b.score - a.score);
      page.score = part(page.shares) * page.sections.reduce((sum, { score }, i) => sum + (i ? MORE_SECTIONS : 1) * score, 0);
      page.sections.sort((a, b) => b.own - a.own);  // a beginning that has none of the words only stands for its chapter
    }
    const highest = Math.max(...[...pages.values()].map(({ score }) => score));
    for (const page of pages.values()) page.score *= most / highest;
    for (const entry of this.entries.filter(({ subjects }) => subjects.length)) {
      const near = this.nearness(query, entry.page);
      if (!pages.has(entry.page) && near < NEAR) continue;
      const page = open(entry);
      page.score += WEIGHT_OF_SUBJECTS * near ** EXPONENT_OF_NEARNESS;
      if (!page.sections.length) page.sections.push({ ...entry, terms, matched: new Set(terms) });
    }
    return [...pages.values()].sort((a, b) => b.score - a.score);
  }

  // The piece of a section in which most of the query stands, as text and marked text in turn; beginnings count half.
  snippet({ text, code, terms, matched }) {
    const key = text + code;
    if (!this.pieces.has(key)) {
      const pieces = [...text.split(/(?<=(?<! al)[.!?])\s+|\n/), ...code.split("\n")].filter((piece) => piece.trim());
      this.pieces.set(key, pieces.map((piece) => [piece, this.words.of(piece)]));
    }
    const pieces = this.pieces.get(key);
    let [best] = pieces[0] ?? [""], most = 0;
    for (const [piece, has] of pieces) {
      const found = terms.reduce((sum, term) => sum + Words.presence(has, term), 0);
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
    const typed = field.value.split(GAPS).filter((word) => word.length > 1 && ![EMPTY, ASKED].some((words) => words.has(word.toLowerCase())));
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
      const shown = sections.slice(0, 3).map(section), more = sections.slice(3), rest = make("ul", {});
      const details = make("details", {}, make("summary", { textContent: say.more(more.length) }), rest);
      details.addEventListener("toggle", () => rest.append(...more.map(section)), { once: true });
      return make("li", {}, make("h2", { textContent: title }), make("ul", {}, ...shown), ...(more.length ? [details] : []));
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
  field.form.addEventListener("submit", (event) => event.preventDefault());  // what is typed has been looked for
  const load = () => {
    const script = document.createElement("script");
    script.src = document.getElementById("search-results").dataset.index;
    document.head.append(script);
  };
  if (query.trim()) load();
  else field.addEventListener("input", load, { once: true });
})();
