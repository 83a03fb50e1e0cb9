// What pages show bold, the bold font of a built site has: in every page, what is folded too, and whatever a search may find.
// The font holds little else, so that it stays small.
//   node bold.mjs SITE
import { chromium } from "playwright-core";
import { strict as assert } from "node:assert";
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliDecompressSync } from "node:zlib";

// The tags that WOFF2 writes as a number (https://www.w3.org/TR/WOFF2/#table_dir_format), up to those that a font without
// layout has.
const tags = "cmap head hhea hmtx maxp name OS/2 post cvt_ fpgm glyf loca prep".split(" ");

/** The tables of a WOFF2 font, but for those that are transformed. */
const tablesOf = (woff2) => {
  const count = woff2.readUInt16BE(12);
  const tables = [];
  let at = 48;
  const number = () => {
    let value = 0;
    for (;;) {
      const byte = woff2[at++];
      value = value * 128 + (byte & 127);
      if (byte < 128) return value;
    }
  };
  for (let i = 0; i < count; i++) {
    const flags = woff2[at++];
    const isNamed = (flags & 63) === 63;
    const tag = isNamed ? woff2.toString("latin1", at, (at += 4)) : tags[flags & 63];
    const isOutline = tag === "glyf" || tag === "loca";
    const isTransformed = isOutline ? flags >> 6 !== 3 : flags >> 6 !== 0;
    const length = number();
    tables.push({ tag, length: isTransformed ? number() : length });
  }
  const bytes = brotliDecompressSync(woff2.subarray(at, at + woff2.readUInt32BE(20)));
  let start = 0;
  return Object.fromEntries(tables.map(({ tag, length }) => [tag, bytes.subarray(start, (start += length))]));
};

/** The characters of a font, by the formats 4 and 12 of its table `cmap`. */
const charactersOf = (path) => {
  const { cmap } = tablesOf(readFileSync(path));
  const characters = new Set();
  for (let i = 0; i < cmap.readUInt16BE(2); i++) {
    const table = cmap.subarray(cmap.readUInt32BE(4 + 8 * i + 4));
    if (table.readUInt16BE(0) === 12) {
      for (let group = 0; group < table.readUInt32BE(12); group++) {
        const [from, to] = [table.readUInt32BE(16 + 12 * group), table.readUInt32BE(20 + 12 * group)];
        for (let c = from; c <= to; c++) characters.add(c);
      }
    } else if (table.readUInt16BE(0) === 4) {
      const size = table.readUInt16BE(6);
      for (let at = 0; at < size; at += 2) {
        const [to, from] = [table.readUInt16BE(14 + at), table.readUInt16BE(16 + size + at)];
        for (let c = from; c <= to && c < 0xffff; c++) characters.add(c);
      }
    }
  }
  return characters;
};

// Runs in the page: the characters that are shown bold in the font of the text, with a place of each.
const boldOfPage = () => {
  const found = {};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement, data } = walker.currentNode;
    if (!/[^\0-~]/.test(data) || parentElement.closest("script, style, math, code, pre")) continue;
    if (Number(getComputedStyle(parentElement).fontWeight) < 600) continue;
    for (const c of data) found[c] ??= parentElement.outerHTML.slice(0, 90);
  }
  return found;
};

// Runs in the page: the same of what a search may find, whose titles are bold, when it has been opened.
const boldOfSearch = () => {
  const found = {};
  const titles = Object.values(bpdocNotes).flat().flatMap(([, title, , places]) => [title, ...places.map(([, heading]) => heading)]);
  for (const title of titles) for (const c of title ?? "") if (c > "~") found[c] ??= `the search: ${title}`;
  return found;
};

const site = resolve(process.argv[2]);
const [bold, regular] = [700, 400].map((weight) => charactersOf(join(site, `assets/bpdoc-sans-${weight}.woff2`)));
for (const font of [bold, regular]) for (const c of "Az09가") assert.ok(font.has(c.codePointAt(0)), `${c} is in no font`);
assert.ok(bold.size < regular.size, "the bold font is not cut down to what is shown bold");

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
const page = await (await browser.newContext()).newPage();
const paths = readdirSync(site, { recursive: true }).filter((path) => path.endsWith(".html")).sort();
const [faults, seen] = [[], new Set()];
for (const path of paths) {
  await page.goto(pathToFileURL(join(site, path)).href, { waitUntil: "load" });
  for (const [c, place] of Object.entries(await page.evaluate(boldOfPage))) {
    seen.add(c);
    // What neither font has comes from another font in any weight.
    if (regular.has(c.codePointAt(0)) && !bold.has(c.codePointAt(0))) faults.push(`${path}: the bold font lacks ${c}, in ${place}`);
  }
}
await page.goto(pathToFileURL(join(site, "ko/index.html")).href, { waitUntil: "load" });
await page.keyboard.press("/");
await page.waitForFunction(() => Object.keys(globalThis.bpdocNotes ?? {}).length > 1);
const ofSearch = Object.entries(await page.evaluate(boldOfSearch));
assert.ok(ofSearch.length > 100, "the search holds hardly anything");
for (const [c, place] of ofSearch) {
  if (regular.has(c.codePointAt(0)) && !bold.has(c.codePointAt(0))) faults.push(`the bold font lacks ${c}, in ${place}`);
}
await browser.close();
assert.ok(seen.size > 100, "hardly anything is bold");
for (const fault of faults.slice(0, 20)) console.log(`bold: ${fault}`);
console.log(`bold: ${paths.length} pages show ${seen.size} characters beyond ASCII bold; the fonts have ${bold.size} and ${regular.size}; ${faults.length} faults`);
assert.equal(faults.length, 0);
