// The search of the notes in the folder `search`, as a reader uses it: opened from a folder, on a desktop and on a phone,
// with the keyboard, in both languages; and what it finds for the queries of `../search-queries.tsv`.
//   node search.mjs SITE
import { chromium } from "playwright-core";
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const site = resolve(process.argv[2]);
const page = (language, name = "index") => pathToFileURL(join(site, language, `${name}.html`)).href;
const queries = readFileSync(fileURLToPath(new URL("../search-queries.tsv", import.meta.url)), "utf8")
  .split("\n")
  .filter((line) => line && !line.startsWith("#"))
  .map((line) => line.split("\t"))
  .map(([language, query, note, ...words]) => ({ language, query, note, words: words.map((word) => word.split("|")) }));

const open = async (tab) => {
  await tab.keyboard.press("/");
  await tab.waitForFunction(() => Object.keys(globalThis.bpdocNotes ?? {}).length === 2);
};
const options = (tab) => tab.locator(".search [role=option]");
const active = (tab) => tab.locator(".search [aria-selected=true]");

// What the reader is shown for a query: the notes, and all words of each place without blanks.
const search = async (tab, query) => {
  await tab.locator(".search input").fill(query);
  return tab.evaluate(() => {
    const plain = (text) => text.normalize("NFC").toLowerCase().replace(/\s/g, "");
    return [...document.querySelectorAll(".search [role=option]")].map((option) => {
      const [path, id = ""] = option.getAttribute("href").split("#");
      const address = path.replace(/^(\.\.\/)+/, "");
      const [, title, tags, places] = Object.values(bpdocNotes).flat().find(([its]) => its === address);
      const [, heading, text] = places.find(([its]) => its === decodeURIComponent(id));
      return { note: address.replace(/^..\/|\.html$/g, ""), words: plain([title, id ? "" : tags, heading, text].join("\n")) };
    });
  });
};

const checks = {
  async "nothing is fetched before the search is opened"(tab) {
    assert.equal(await tab.locator("script[src$='search.js']").count(), 0);
    assert.equal(await tab.locator(".search-button").isVisible(), true);
    await tab.locator(".search-button").click();
    assert.equal(await tab.locator(".search input").evaluate((input) => input === document.activeElement), true);
  },
  async "the keys open it, choose and go there"(tab) {
    await open(tab);
    await tab.keyboard.type("gradient");
    const count = await options(tab).count();
    assert.ok(count > 3);
    assert.equal(await active(tab).getAttribute("id"), "search:0");
    await tab.keyboard.press("ArrowDown");
    assert.equal(await active(tab).getAttribute("id"), "search:1");
    assert.equal(await tab.locator(".search input").getAttribute("aria-activedescendant"), "search:1");
    await tab.keyboard.press("ArrowUp");
    await tab.keyboard.press("ArrowUp");
    assert.equal(await active(tab).getAttribute("id"), `search:${count - 1}`);
    assert.ok(await active(tab).evaluate((option) => {
      const [list, box] = [option.closest("[role=listbox]").getBoundingClientRect(), option.getBoundingClientRect()];
      return box.top >= list.top - 1 && box.bottom <= list.bottom + 1;
    }));
    const target = await active(tab).evaluate((option) => option.href);
    await tab.keyboard.press("Enter");
    await tab.waitForURL(target);
  },
  async "Escape closes it and gives the focus back"(tab) {
    await tab.locator(".search-button").focus();
    await tab.keyboard.press("Enter");
    await tab.keyboard.press("Escape");
    assert.equal(await tab.locator(".search").isVisible(), false);
    assert.equal(await tab.locator(".search-button").evaluate((button) => button === document.activeElement), true);
  },
  async "a slash that is typed is a slash"(tab) {
    await open(tab);
    await tab.keyboard.type("a/b");
    assert.equal(await tab.locator(".search input").inputValue(), "a/b");
  },
  async "the hits are marked, the page's language stands first"(tab) {
    await open(tab);
    await tab.keyboard.type("softmax");
    assert.deepEqual(
      await tab.locator(".search [role=group]").evaluateAll((groups) => groups.map(({ lang }) => lang)),
      ["ko", "en"],
    );
    const marks = await tab.locator(".search [lang=en] mark").allTextContents();
    assert.deepEqual([...new Set(marks.map((mark) => mark.toLowerCase()))], ["softmax"]);
    await tab.locator(".search input").fill("연쇄법칙");
    assert.equal(await options(tab).first().locator("mark").first().textContent(), "연쇄 법칙");
    await tab.locator(".search input").fill("df/dw");
    assert.equal(await options(tab).first().locator("mark").first().textContent(), "∂f/∂w");
    await tab.locator(".search input").fill("ㅇㅈㅍ");
    assert.equal(await options(tab).first().locator("mark").first().textContent(), "역전파");
  },
  async "a figure is found by its caption"(tab) {
    await open(tab);
    await tab.keyboard.type("선형 노드");
    await tab.keyboard.press("Enter");
    await tab.waitForURL(`${page("ko", "course/backprop")}#linear`);
  },
  async "a place on the same page is shown"(tab) {
    await tab.goto(page("ko", "course/backprop"));
    await open(tab);
    await tab.keyboard.type("자동 미분의 두 모드");
    await tab.keyboard.press("Enter");
    await tab.waitForURL(/#/);
    assert.equal(await tab.locator(".search").isVisible(), false);
    assert.ok(await tab.locator("h2").last().evaluate((heading) => heading.getBoundingClientRect().top < innerHeight));
  },
  async "a syllable that is being composed is searched, and its Enter stays the input method's"(tab) {
    await open(tab);
    const keyboard = await tab.context().newCDPSession(tab);
    await keyboard.send("Input.imeSetComposition", { text: "역저", selectionStart: 2, selectionEnd: 2 });
    assert.ok((await options(tab).first().textContent()).includes("역전파"));
    await tab.locator(".search input").dispatchEvent("keydown", { key: "Enter", isComposing: true });
    assert.equal(await tab.locator(".search").isVisible(), true);
  },
  async "nothing is found for nonsense, and that is said"(tab) {
    await open(tab);
    await tab.keyboard.type("<b>qqqqqq");
    assert.equal(await options(tab).count(), 0);
    assert.ok((await tab.locator(".search [role=status]").textContent()).includes("‘<b>qqqqqq’"));
    assert.equal(await tab.locator(".search input").getAttribute("aria-expanded"), "false");
  },
  async "nothing sticks out"(tab) {
    await open(tab);
    await tab.keyboard.type("역전파");
    assert.ok(await tab.evaluate(() => document.querySelector(".search").scrollWidth <= innerWidth));
    assert.ok(await tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  },
};

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
const newTab = async (options) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const tab = await context.newPage();
  tab.on("pageerror", (error) => assert.fail(error));
  tab.on("console", (message) => assert.fail(message.text()));
  return tab;
};

for (const width of [1280, 360]) {
  for (const [name, check] of Object.entries(checks)) {
    const tab = await newTab({ viewport: { width, height: 800 } });
    await tab.goto(page("ko"));
    await check(tab);
    console.log(`search: ${width} px: ${name}`);
    await tab.context().close();
  }
}

const withoutScript = await newTab({ javaScriptEnabled: false });
await withoutScript.goto(page("ko"));
assert.equal(await withoutScript.locator(".search-button").isVisible(), false);
console.log("search: without JavaScript there is no button");

// A server that allows a page nothing but its own files.
const kinds = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const strict = await newTab();
await strict.route("https://notes.test/**", (route) => {
  const path = decodeURIComponent(new URL(route.request().url()).pathname);
  const headers = {
    "content-security-policy": "default-src 'self'",
    "content-type": kinds[extname(path)] ?? "application/octet-stream",
  };
  return route.fulfill({ body: readFileSync(join(site, path)), headers });
});
await strict.goto("https://notes.test/en/course/backprop.html");
await open(strict);
assert.ok((await search(strict, "chain rule")).length > 0);
console.log("search: works where only the site's own files may be loaded");

// The queries as they stand, and without blanks.
const lookedUp = { asked: 0, found: 0, shown: 0, right: 0 };
const missed = [];
const ask = async (tab, query, note, words) => {
  const results = await search(tab, query);
  lookedUp.asked++;
  if (results.slice(0, 3).some((result) => result.note === note)) lookedUp.found++;
  else missed.push(`${query} → ${results.slice(0, 3).map((result) => result.note).join(", ") || "nothing"}`);
  for (const result of results) {
    const isRight = words.every((forms) => forms.some((form) => result.words.includes(form)));
    lookedUp.shown++;
    if (isRight) lookedUp.right++;
    else if (process.env.SHOW) console.log(`wrong: ${query} → ${result.note}: ${result.words.slice(0, 60)}`);
  }
};
for (const language of ["ko", "en"]) {
  const tab = await newTab();
  await tab.goto(page(language));
  await open(tab);
  for (const { query, note, words } of queries.filter((query) => query.language === language)) {
    await ask(tab, query, note, words);
    if (query.includes(" ") && !/왜|어떻게|what/.test(query)) await ask(tab, query.replaceAll(" ", ""), note, words);
  }
  await tab.context().close();
}
const table = { ...lookedUp };

// Every heading of the notes, with blanks and without.
for (const language of ["ko", "en"]) {
  const tab = await newTab();
  await tab.goto(page(language));
  await open(tab);
  const headings = await tab.evaluate((language) =>
    bpdocNotes[language].flatMap(([address, title, , places]) =>
      [title, ...places.map(([, heading]) => heading)].filter(Boolean).map((heading) => ({ address, heading })),
    ), language);
  for (const { address, heading } of headings.filter(({ address }) => address.includes("course"))) {
    const note = address.slice(3).replace(".html", "");
    await ask(tab, heading, note, []);
    await ask(tab, heading.replaceAll(" ", ""), note, []);
  }
  await tab.context().close();
}
await browser.close();

const [recall, precision] = [lookedUp.found / lookedUp.asked, table.right / table.shown];
console.log(`search: ${table.found} of ${table.asked} queries, ${lookedUp.found} of ${lookedUp.asked} with the headings`);
console.log(`search: ${table.right} of ${table.shown} results hold the words`);
for (const query of missed) console.log(`search: missed: ${query}`);
assert.equal(table.found, table.asked);
assert.ok(recall >= 0.99 && precision >= 0.95);
