// Every text of every figure of a built site lies inside the box that it belongs to: with the font that the site ships
// and with the system's, on a phone and on a desktop, in every language.
//   node fits.mjs [SITE]...
import { chromium } from "playwright-core";
import { readFileSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

const arguments_ = process.argv.slice(2);
const sites = arguments_.length > 0 ? arguments_ : [join(here, "../../site")];
const check = readFileSync(join(here, "inside.js"), "utf8");
const widths = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 900 } };
const fonts = { shipped: "", system: "svg, svg * { font-family: sans-serif !important; }" };
const flags = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--hide-scrollbars",
];

const pages = sites
  .flatMap((site) => readdirSync(site, { recursive: true }).map((file) => resolve(site, file)))
  // Pages for paper repeat the figures of others.
  .filter((file) => file.endsWith(".html") && !file.endsWith("/print/index.html") && /class="bp(graph|curve)"/.test(readFileSync(file, "utf8")))
  .sort();

/** Opens a page. Its own policy would refuse the style that replaces the font. */
async function open(browser, file, viewport) {
  const context = await browser.newContext({ viewport, bypassCSP: true });
  const page = await context.newPage();
  await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
  await page.evaluate(check);
  await page.evaluate(() => document.fonts.load('14px "bpdoc Sans"').then(() => document.fonts.ready));
  return page;
}

const close = (page) => page.context().close();
const inspect = (page) => page.evaluate("textsOfFigures()");
const withFont = (page, style) => style && page.addStyleTag({ content: style });

/** The same text without its stated length is not equally wide in both fonts, or one of them was not used. */
async function fontsDiffer(browser) {
  const page = await open(browser, pages[0], widths.desktop);
  const found = [];
  for (const style of Object.values(fonts)) {
    await withFont(page, style);
    found.push(await page.evaluate(() => {
      const text = document.querySelector(".bpgraph text.value");
      text.removeAttribute("textLength");
      return text.getBBox().width;
    }));
  }
  await close(page);
  return Math.abs(found[0] - found[1]) > 0.1;
}

const firstOf = {
  node: ".node rect.outline ~ text",
  ellipse: ".node ellipse ~ text",
  label: ".label text",
  frame: ".group text",
  curve: ".bpcurve text",
};

/** Makes a text of each kind far too large, on the first page that has one: is it noticed? */
async function provoke(browser) {
  const unseen = new Map(Object.entries(firstOf));
  for (const file of pages) {
    if (unseen.size === 0) break;
    const page = await open(browser, file, widths.desktop);
    for (const [kind, selector] of [...unseen]) {
      const isThere = await page.evaluate((selector) => {
        const text = document.querySelector(selector);
        text?.style.setProperty("font-size", "900px");
        [text, ...(text?.children ?? [])].forEach((part) => part?.removeAttribute("textLength"));
        return text !== null;
      }, selector);
      if (!isThere) continue;
      unseen.delete(kind);
      const { faults } = await inspect(page);
      if (!faults.some((fault) => fault.kind === kind)) fail(`a text that is far too large was not noticed in ${kind}`);
    }
    await close(page);
  }
  for (const kind of unseen.keys()) fail(`no page has a ${kind}`);
}

function fail(message) {
  console.error(`fits: ${message}`);
  process.exitCode = 1;
}

/** Inspects every page at a width, with each font; says what is wrong, and sums up what was seen. */
async function inspectAll(browser, width, viewport) {
  const sums = Object.fromEntries(Object.keys(fonts).map((font) => [font, { figures: 0, faults: 0, texts: {} }]));
  for (const file of pages) {
    const page = await open(browser, file, viewport);
    for (const [font, style] of Object.entries(fonts)) {
      await withFont(page, style);
      const { counts, faults, figures } = await inspect(page);
      const sum = sums[font];
      sum.figures += figures;
      sum.faults += faults.length;
      for (const [kind, n] of Object.entries(counts)) sum.texts[kind] = (sum.texts[kind] ?? 0) + n;
      for (const { kind, figure, text, found } of faults) {
        fail(`${relative(".", file)}: ${figure}: ${kind} "${text}" at ${JSON.stringify(found)} (${width}, ${font} font)`);
      }
    }
    await close(page);
  }
  for (const [font, { figures, faults, texts }] of Object.entries(sums)) {
    const counts = Object.entries(texts).map(([kind, n]) => `${n} in ${kind}`).join(", ");
    console.log(`fits: ${width}, ${font} font: ${pages.length} pages, ${figures} figures, ${counts}; ${faults} faults`);
  }
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
if (pages.length === 0) {
  fail(`no page of ${sites.join(", ")} shows a figure`);
} else {
  if (!(await fontsDiffer(browser))) fail("the shipped font and the system's look the same: one of them is missing");
  await provoke(browser);
  await Promise.all(Object.entries(widths).map(([width, viewport]) => inspectAll(browser, width, viewport)));
}
await browser.close();
