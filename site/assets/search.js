// The search of a site: its engine, which knows no page, and below it the dialog that asks the engine.
"use strict";
{
  // Engine. Every text is turned into what one types for it on a keyboard (keys): Hangul letter by letter, so that 역저
  // on the way to 역전 finds 역전파; small letters; ∂ as d; no blanks, so that 경사하강법 finds 경사 하강법. Where a word or
  // a syllable starts is kept beside the keys.

  const INITIALS = [..."ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"];
  const VOWELS = "ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅗㅏ ㅗㅐ ㅗㅣ ㅛ ㅜ ㅜㅓ ㅜㅔ ㅜㅣ ㅠ ㅡ ㅡㅣ ㅣ".split(" ");
  const FINALS = "ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ".split(" ");
  const spelt = (letter) => {
    const code = letter.charCodeAt(0);
    return INITIALS[code - 0x1100] ?? VOWELS[code - 0x1161] ?? FINALS[code - 0x11a8] ?? letter;
  };
  const known = new Map();
  const keysOf = (character) => {
    let keys = known.get(character);
    if (keys === undefined) {
      const letters = character.replace("∂", "d").normalize("NFKD").toLowerCase().match(/[\p{L}\p{N}]/gu) ?? [];
      known.set(character, (keys = letters.map(spelt).join("")));
    }
    return keys;
  };
  const isHangul = (keys) => /^[ㄱ-ㅣ]/.test(keys);

  const INSIDE = 0; // of a syllable
  const SYLLABLE = 1;
  const WORD = 2;
  const END = "\n"; // of a field; nobody can type it

  const IN_TITLE = 7;
  const IN_HEADING = 4;
  const IN_CAPTION = 3;
  const IN_TAGS = 3;
  const IN_TEXT = 1;

  // The texts of a language in one string of keys, field after field.
  const read = (pages) => {
    const book = { fields: [], places: [], keys: "", starts: [], at: [] };
    const keys = [];
    const add = (place, weight, text) => {
      const field = { place, weight, text, from: book.at.length };
      let [at, start, wasHangul] = [0, WORD, false];
      for (const character of text) {
        const typed = keysOf(character);
        if (!typed) start = WORD;
        else if (isHangul(typed) !== wasHangul) [start, wasHangul] = [WORD, !wasHangul];
        for (const key of typed) {
          keys.push(key);
          book.starts.push(start);
          book.at.push(at);
          start = INSIDE;
        }
        if (typed) start = SYLLABLE;
        at += character.length;
      }
      keys.push(END);
      book.starts.push(WORD);
      book.at.push(at);
      field.length = book.at.length - field.from;
      if (text) book.fields.push(field);
    };
    for (const [address, title, tags, places] of pages) {
      const page = { address, title };
      places.forEach(([id, heading, text, isFigure], i) => {
        const place = { page, id, heading: i ? heading : title, text, tags: i ? "" : tags, isFigure, isTitle: !i };
        if (!i) page.place = place;
        book.places.push(place);
        add(place, !i ? IN_TITLE : isFigure ? IN_CAPTION : IN_HEADING, place.heading);
        if (!i) add(place, IN_TAGS, place.tags);
        add(place, IN_TEXT, text);
      });
    }
    book.keys = keys.join("");
    return book;
  };

  const crosses = (book, from, to) => {
    for (let i = from + 1; i < to; i++) if (book.starts[i] === WORD) return true;
    return false;
  };

  // The ways to look for a term. Each lists where it is found: from, to, how well.

  // As it is written: from a syllable on, in Latin script from a word on; over blanks only from a word on.
  const written = (book, term, isWhole) => {
    const found = [];
    const isShort = !isHangul(term) && term.length < 3;
    for (let from = book.keys.indexOf(term); from >= 0; from = book.keys.indexOf(term, from + 1)) {
      const to = from + term.length;
      const [start, end] = [book.starts[from], book.starts[to]];
      if (start === INSIDE || end === INSIDE) continue;
      if (start !== WORD && (!isHangul(term) || crosses(book, from, to))) continue;
      if (isShort && end !== WORD) continue;
      found.push([from, to, (isWhole ? 0.8 : 0.5) + (start === WORD ? 0.1 : 0) + (end === WORD ? 0.1 : 0)]);
    }
    return found;
  };

  // As far as it is typed, up to the middle of a syllable or from the middle of a Latin word.
  const begun = (book, term) => {
    const found = [];
    if (!isHangul(term) && term.length < 3) return found;
    for (let from = book.keys.indexOf(term); from >= 0; from = book.keys.indexOf(term, from + 1)) {
      const to = from + term.length;
      const isWordStart = book.starts[from] === WORD;
      if (isWordStart || (book.starts[from] !== INSIDE && !crosses(book, from, to))) found.push([from, to, 0.5]);
    }
    return found;
  };

  // By the first consonants of its syllables: ㅇㅈㅍ.
  const initials = (book, term) => {
    const found = [];
    if (!/^[ㄱ-ㅎ]{2,}$/.test(term)) return found;
    for (let from = book.keys.indexOf(term[0]); from >= 0; from = book.keys.indexOf(term[0], from + 1)) {
      if (book.starts[from] !== WORD) continue;
      let [to, count] = [from, 0];
      while (count < term.length && book.keys[to] === term[count]) {
        for (to++, count++; book.starts[to] === INSIDE; ) to++;
      }
      if (count === term.length && to > from + count) found.push([from, to, crosses(book, from, to) ? 0.4 : 0.8]);
    }
    // Over blanks there are many; they count where there is nothing else.
    const inWords = found.filter(([, , weight]) => weight > 0.4);
    return inWords.length ? inWords : found;
  };

  // With mistakes: wrong, missing, additional or exchanged keys after the first one.
  const mistyped = (book, term) => {
    const allowed = term.length < 5 ? 0 : term.length < 9 ? 1 : 2;
    const found = [];
    if (!allowed) return found;
    for (let from = book.keys.indexOf(term[0]); from >= 0; from = book.keys.indexOf(term[0], from + 1)) {
      if (book.starts[from] !== WORD && (book.starts[from] === INSIDE || !isHangul(term))) continue;
      const near = nearest(book, from, term, allowed);
      if (near && (book.starts[from] === WORD || !crosses(book, from, near.to))) {
        found.push([from, near.to, 0.5 - 0.1 * near.mistakes]);
      }
    }
    const best = Math.max(...found.map(([, , weight]) => weight));
    return found.filter(([, , weight]) => weight === best);
  };

  // The end of the text from `from` on that differs least from the term: the table of edit distances, row by row, as
  // long as a row holds a distance that is allowed.
  const nearest = (book, from, term, allowed) => {
    const { keys, starts } = book;
    let [before, row] = [[], Array.from({ length: term.length + 1 }, (_, i) => i)];
    let best;
    for (let to = from; to < from + term.length + allowed && keys[to] !== END; to++) {
      const next = [row[0] + 1];
      for (let i = 1; i <= term.length; i++) {
        next[i] = Math.min(row[i] + 1, next[i - 1] + 1, row[i - 1] + (term[i - 1] === keys[to] ? 0 : 1));
        const isExchanged = i > 1 && to > from && term[i - 1] === keys[to - 1] && term[i - 2] === keys[to];
        if (isExchanged) next[i] = Math.min(next[i], before[i - 2] + 1);
      }
      [before, row] = [row, next];
      if (Math.min(...row) > allowed) break;
      const mistakes = row[term.length];
      if (mistakes <= allowed && mistakes < (best?.mistakes ?? 9) && starts[to + 1] !== INSIDE) best = { to: to + 1, mistakes };
    }
    return best;
  };

  // Words that say nothing about what is looked for, and the endings that a word may have or lack.
  const FILLERS = new Set(
    ("a an the of in on to is are was do does how what why when which with and or for from by it its i " +
      "왜 뭐 무엇 무엇인가 무엇인가요 뭔가요 어떻게 언제 어떤 무슨 및 그리고 것 수 때 하는 되는 대한 대해 위한").split(" "),
  );
  const PARTICLES =
    /(?<=[가-힣]{2}|[a-z0-9])(?:은|는|이|가|을|를|의|에|에서|에서는|에는|으로|로|으로는|로는|와|과|와의|과의|도|만|까지|부터|보다|처럼|이란|란|이라는|라는|이다|들|들은|들이|들을|하기|하는|한|할|하다|된|되는|인가|인가요)$/;
  const ENDINGS = /(?<=[a-z]{4})(?:'s|s|es|ies|ed|ing|ly)$/;

  const spell = (text) => [...text].map(keysOf).join("");
  const termOf = (word) => {
    const stem = word.replace(PARTICLES, "").replace(ENDINGS, "");
    return { stem, forms: (stem === word ? [word] : [word, stem]).map(spell) };
  };
  // The names of the glossary's terms, each spelt, with all names of the same term in any language.
  let synonyms = new Map();
  const learn = (glossaries) => {
    synonyms = new Map();
    const count = Math.max(0, ...glossaries.map((terms) => terms.length));
    for (let i = 0; i < count; i++) {
      const names = glossaries.flatMap((terms) => terms[i] ?? []).map(spell).filter(Boolean);
      for (const name of names) synonyms.set(name, [...(synonyms.get(name) ?? []), ...names]);
    }
  };
  const LONGEST_NAME = 4; // words

  // The longest name of a term that words begin with, and how many of them it takes: 경사 하강법을.
  const nameIn = (words) => {
    for (let count = Math.min(words.length, LONGEST_NAME); count > 0; count--) {
      const before = words.slice(0, count - 1).join("");
      const [form] = termOf(words[count - 1]).forms;
      for (const last of [words[count - 1], termOf(words[count - 1]).stem]) {
        const name = spell(before + last);
        if (synonyms.has(name)) {
          const forms = new Set([spell(before) + form, name, ...synonyms.get(name)]);
          return { count, term: { stem: before + last, forms: [...forms] } };
        }
      }
    }
    return { count: 1, term: termOf(words[0]) };
  };

  const termsOf = (query) => {
    const words = query.normalize("NFC").toLowerCase().split(/[\s,?!]+/).filter(spell);
    const telling = words.filter((word) => !FILLERS.has(word));
    const terms = [];
    for (let rest = telling.length ? telling : words; rest.length; ) {
      const { count, term } = nameIn(rest);
      terms.push(term);
      rest = rest.slice(count);
    }
    return terms;
  };

  // Where a term stands, for each book, in the first way that finds it in any.
  const firstOf = (books, ways) => {
    for (const way of ways) {
      const hits = books.map(way);
      if (hits.some((its) => its.length)) return hits;
    }
  };
  const inAnyForm = ({ forms }) => (book) => forms.flatMap((form, i) => written(book, form, i === 0));

  // A compound as two words that need not stand beside each other: 시그모이드함수.
  const halves = (books, { stem, forms }) => {
    const letters = [...stem];
    const least = isHangul(forms[0]) ? 2 : 4;
    for (let i = letters.length - least; i >= least; i--) {
      const parts = [letters.slice(0, i), letters.slice(i)].map((part) => termOf(part.join("")));
      const found = parts.map((part) => firstOf(books, [inAnyForm(part)]));
      if (found.every(Boolean)) return found;
    }
  };

  // What is found for a term, and how far that is to be trusted; a compound may be two terms.
  const lookUp = (books, term) => {
    const [form] = term.forms;
    const found = firstOf(books, [inAnyForm(term), (book) => initials(book, form), (book) => begun(book, form)]);
    if (found) return [{ found, trust: 1 }];
    const parts = halves(books, term);
    if (parts) return parts.map((found) => ({ found, trust: 1 }));
    const near = firstOf(books, [(book) => term.forms.flatMap((form) => mistyped(book, form))]);
    return [{ found: near ?? books.map(() => []), trust: 0.5 }];
  };

  // The places of a book in which any term is found, with their scores and how much of the query they cover.
  const rate = (book, terms, phrase) => {
    const results = new Map();
    const resultOf = (place) => {
      if (!results.has(place)) results.set(place, { place, weights: [], marks: new Map(), isPhrase: false });
      return results.get(place);
    };
    const add = (hits, note) => {
      let f = 0;
      for (const [from, to, weight] of hits.sort((a, b) => a[0] - b[0])) {
        while (book.fields[f + 1]?.from <= from) f++;
        const field = book.fields[f];
        const result = resultOf(field.place);
        if (!result.marks.has(field.text)) result.marks.set(field.text, []);
        result.marks.get(field.text).push([book.at[from], markEnd(book, field, to)]);
        // A heading that says nothing else is meant more than a longer one.
        note(result, field.weight * weight * (0.7 + (0.3 * (to - from)) / field.length));
      }
    };
    terms.forEach(({ hits }, term) =>
      add(hits, ({ weights }, weight) => {
        const { best = 0, count = 0 } = weights[term] ?? {};
        weights[term] = { best: Math.max(best, weight), count: count + 1 };
      }),
    );
    add(phrase, (result) => (result.isPhrase = true));

    const rarity = terms.map(({ trust }, term) => {
      const having = [...results.values()].filter(({ weights }) => weights[term]).length;
      return trust * Math.log(1 + book.places.length / (having || 1));
    });
    const all = rarity.reduce((sum, one) => sum + one, 0);
    for (const result of results.values()) {
      const { place, weights, isPhrase } = result;
      const title = results.get(place.page.place)?.weights ?? [];
      result.score = isPhrase ? 2 : 0;
      let covered = 0;
      rarity.forEach((rare, term) => {
        const isInTitle = title[term]?.best > IN_TEXT;
        if (weights[term] || isInTitle) covered += rare;
        if (weights[term]) result.score += rare * (weights[term].best + 0.3 * Math.log(weights[term].count));
        if (isInTitle) result.score += rare;
      });
      result.covered = isPhrase ? 1 : covered / all;
      result.score *= result.covered;
    }
    return [...results.values()].filter(({ weights, isPhrase }) => isPhrase || weights.some(Boolean));
  };

  // The best first; a page that has been named already gives way to others.
  const inOrder = (results) => {
    const byScore = (a, b) => b.score - a.score;
    const counts = new Map();
    for (const result of results.sort(byScore)) {
      const count = counts.get(result.place.page) ?? 0;
      counts.set(result.place.page, count + 1);
      result.score *= 0.7 ** count;
    }
    return results.sort(byScore);
  };

  const markEnd = (book, field, to) => {
    const last = book.at[to - 1];
    return last + (field.text.codePointAt(last) > 0xffff ? 2 : 1);
  };

  // For each book the results of a query: all of its words if they stand together anywhere, else most of them.
  const find = (books, query) => {
    const terms = termsOf(query);
    const lookedUp = terms.flatMap((term) => lookUp(books, term));
    const whole = terms.map(({ forms }) => forms[0]).join("");
    const found = books.map((book, b) => {
      const phrase = terms.length > 1 && whole.length > 4 ? written(book, whole, true) : [];
      return rate(book, lookedUp.map(({ found, trust }) => ({ hits: found[b], trust })), phrase);
    });
    const most = Math.max(0, ...found.flat().map(({ covered }) => covered));
    const needed = most > 0.99 ? 0.99 : 0.7 * most;
    return found.map((results) => inOrder(results.filter(({ covered }) => covered >= needed)));
  };

  // Dialog.

  const LONGEST_EXCERPT = 140;
  const MOST = 12;
  const MOST_OF_OTHERS = 6;
  const MOST_OF_A_PAGE = 3;

  const dialog = document.querySelector("dialog.search");
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const status = dialog.querySelector("[role=status]");
  const languages = dialog.dataset.languages.split(" ");
  const books = new Map();
  let active = -1;

  const element = (name, attributes, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  // The part of a text from `from` to `to`, with the hits marked.
  const marked = (text, marks, from = 0, to = text.length) => {
    const parts = [];
    let at = from;
    for (const [start, end] of [...marks].sort((a, b) => a[0] - b[0] || b[1] - a[1])) {
      if (start < at || end > to) continue;
      parts.push(text.slice(at, start), element("mark", {}, text.slice(start, end)));
      at = end;
    }
    return [...parts, text.slice(at, to)];
  };

  // The stretch of a text with the most hits, from word to word.
  const excerpt = (text, marks) => {
    let [start, most] = [0, 0];
    for (const [from] of marks) {
      const count = marks.filter(([a, b]) => a >= from && b <= from + 0.7 * LONGEST_EXCERPT).length;
      if (count > most) [start, most] = [from, count];
    }
    let from = start < 40 ? 0 : text.indexOf(" ", start - 40) + 1;
    if (from > start) from = start;
    let to = from + LONGEST_EXCERPT;
    if (to < text.length) to = Math.max(text.lastIndexOf(" ", to), from + LONGEST_EXCERPT / 2);
    return [from > 0 ? "… " : "", ...marked(text, marks, from, to), to < text.length ? " …" : ""];
  };

  const option = ({ place, marks }, number) => {
    const { page, id, heading, isFigure, isTitle } = place;
    const marksOf = (text) => marks.get(text) ?? [];
    const text = marks.has(place.tags) && !marks.has(place.text) ? place.tags : place.text;
    const address = dialog.dataset.root + page.address + (id && `#${encodeURIComponent(id)}`);
    const kind = isFigure ? [element("span", { class: "kind" }, dialog.dataset.figure), " "] : [];
    const made = element(
      "a",
      { role: "option", id: `search:${number}`, href: address, tabindex: -1, "aria-selected": false },
      element("strong", {}, ...kind, ...marked(heading, marksOf(heading))),
    );
    if (!isTitle) made.append(" ", element("small", {}, page.title));
    if (text) made.append(" ", element("span", { class: "excerpt" }, ...excerpt(text, marksOf(text))));
    return made;
  };

  const best = (results, most) => {
    const counts = new Map();
    const isOneOfFew = ({ place: { page } }) => {
      counts.set(page, (counts.get(page) ?? 0) + 1);
      return counts.get(page) <= MOST_OF_A_PAGE;
    };
    return results.filter(isOneOfFew).slice(0, most);
  };

  const nameOf = (language) => document.querySelector(`.languages [hreflang="${language}"]`)?.textContent ?? language;

  const show = () => {
    const query = input.value.trim();
    const here = [...books.keys()].sort((a, b) => languages.indexOf(a) - languages.indexOf(b));
    const found = query ? find(here.map((language) => books.get(language)), query) : [];
    const groups = [];
    let count = 0;
    found.forEach((results, i) => {
      const options = best(results, i ? MOST_OF_OTHERS : MOST).map((result) => option(result, count++));
      if (!options.length) return;
      const name = nameOf(here[i]);
      const label = here[i] === languages[0] ? [] : [element("div", { class: "language", "aria-hidden": true }, name)];
      groups.push(element("div", { role: "group", lang: here[i], "aria-label": name }, ...label, ...options));
    });
    list.replaceChildren(...groups);
    list.hidden = !count;
    input.setAttribute("aria-expanded", count > 0);
    const { found: some, none, loading } = dialog.dataset;
    status.textContent = !query ? "" : !books.size ? loading : (count ? some : none).replace("{count}", count).replace("{query}", query);
    choose(count ? 0 : -1);
  };

  const choose = (number) => {
    const options = list.querySelectorAll("[role=option]");
    options[active]?.setAttribute("aria-selected", false);
    active = options.length ? (number + options.length) % options.length : -1;
    options[active]?.setAttribute("aria-selected", true);
    options[active]?.scrollIntoView({ block: "nearest" });
    if (active < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", `search:${active}`);
  };

  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    // While a syllable is being composed, the keys are the input method's.
    if (event.isComposing) return;
    const last = list.querySelectorAll("[role=option]").length - 1;
    if (event.key === "ArrowDown") choose(active + 1);
    else if (event.key === "ArrowUp") choose(active - 1);
    else if (event.key === "PageDown") choose(Math.min(active + 5, last));
    else if (event.key === "PageUp") choose(Math.max(active - 5, 0));
    else if (event.key === "Enter") list.querySelector("[aria-selected=true]")?.click();
    else return;
    event.preventDefault();
  });
  // A place on this very page: the dialog would hide it.
  list.addEventListener("click", (event) => event.target.closest("[role=option]") && dialog.close());

  for (const language of languages) {
    const script = element("script", { src: `${dialog.dataset.root}assets/search-${language}.js` });
    script.addEventListener("load", () => {
      books.set(language, read(globalThis.bpdocNotes[language]));
      learn(Object.values(globalThis.bpdocTerms ?? {}));
      show();
    });
    script.addEventListener("error", () => (status.textContent = dialog.dataset.failed));
    document.head.append(script);
  }
}
