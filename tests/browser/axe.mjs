// Every kind of page of a built site for everyone: axe-core finds nothing, in every language, light and dark, wide, on a
// phone and zoomed to 400 %, with JavaScript and without it; nothing is written to the console, nothing is asked of other
// sites, from a folder and from a server that allows a page its own files only; and every stop of the tab key is seen.
//   node axe.mjs SITE
import { chromium } from "playwright-core";
import { strict as assert } from "node:assert";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { pagesOfEachKind } from "./kinds.mjs";

const site = resolve(process.argv[2]);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const origin = "https://notes.test";
const kinds = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml",
  ".woff2": "font/woff2", ".png": "image/png", ".webmanifest": "application/manifest+json",
};

// A long page takes axe minutes, and repeats what others say.
const pages = pagesOfEachKind(site).filter((path) => statSync(join(site, path)).size < 600_000);

const faults = [];
const open = async (browser, options, from) => {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const tab = await context.newPage();
  let name = "";
  const fault = (text) => faults.push(`${name}: ${text}`);
  tab.on("pageerror", (error) => fault(error));
  tab.on("console", (message) => fault(`console: ${message.text()}`));
  await context.route("**/*", (route) => {
    const url = new URL(route.request().url());
    const isInside = from === "folder" ? url.protocol === "file:" : url.origin === origin;
    if (!isInside) fault(`asks for ${url}`);
    if (from === "folder") return isInside ? route.continue() : route.abort();
    const path = join(site, decodeURIComponent(url.pathname));
    if (!existsSync(path)) {
      fault(`${url} is not there`);
      return route.abort();
    }
    const headers = { "content-security-policy": "default-src 'self'", "content-type": kinds[extname(path)] ?? "text/plain" };
    return route.fulfill({ body: readFileSync(path), headers });
  });
  const visit = async (path) => {
    name = `${path} ${JSON.stringify(options)} from a ${from}`;
    const address = path.split("/").map(encodeURIComponent).join("/");
    await tab.goto(from === "folder" ? pathToFileURL(join(site, path)).href : `${origin}/${address}`);
  };
  return { context, tab, fault, visit };
};

const inspect = async (tab, fault) => {
  await tab.evaluate(axe);
  const { violations } = await tab.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"], preload: false }));
  for (const { id, help, nodes } of violations) fault(`${id}: ${help}: ${nodes[0].target.join(" ")} and ${nodes.length - 1} more`);
  const sideways = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (sideways > 0) fault(`scrolls sideways by ${sideways} px`);
};

// Each stop of the tab key is in sight and marked.
const walk = async (tab, fault) => {
  for (let i = 0; i < 40; i++) {
    await tab.keyboard.press("Tab");
    const stop = await tab.evaluate(() => {
      const { activeElement: at } = document;
      if (!at || at === document.body) return null;
      const [box, looks] = [at.getBoundingClientRect(), getComputedStyle(at)];
      const isSeen = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
      return { name: at.outerHTML.slice(0, 80), isSeen, isMarked: looks.outlineStyle !== "none" };
    });
    if (!stop) return i;
    if (!stop.isSeen) fault(`focus out of sight: ${stop.name}`);
    if (!stop.isMarked) fault(`focus that is not marked: ${stop.name}`);
  }
  return 40;
};

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });

// The test can fail: a page with faults of each kind.
{
  const { context, tab, fault } = await open(browser, {}, "folder");
  await tab.setContent("<p>no language, no title</p><img src='https://elsewhere.test/x.png'><a href='#x' style='outline: none'>x</a>");
  await inspect(tab, fault);
  await walk(tab, fault);
  for (const expected of ["html-has-lang", "image-alt", "elsewhere.test", "not marked"]) {
    assert.ok(faults.some((text) => text.includes(expected)), expected);
  }
  faults.length = 0;
  await context.close();
}

// At 400 % a window of 1280 pixels is 320 wide.
const looks = [
  [{ colorScheme: "light", viewport: { width: 1280, height: 800 } }, "folder"],
  [{ colorScheme: "dark", viewport: { width: 1600, height: 900 } }, "server"],
  [{ colorScheme: "light", viewport: { width: 320, height: 640 } }, "server"],
  [{ colorScheme: "dark", viewport: { width: 360, height: 740 }, javaScriptEnabled: false }, "folder"],
];
let runs = 0;
const look = async ([options, from]) => {
  const { context, tab, fault, visit } = await open(browser, { ...options }, from);
  for (const path of pages) {
    await visit(path);
    runs++;
    if (options.javaScriptEnabled === false) {
      const [width, inner] = [await tab.locator("html").evaluate((html) => html.scrollWidth), options.viewport.width];
      if (width > inner) fault(`scrolls sideways by ${width - inner} px`);
      continue;
    }
    await inspect(tab, fault);
    await walk(tab, fault);
  }
  await context.close();
};
await Promise.all(looks.map(look));
await browser.close();
for (const text of [...new Set(faults)].slice(0, 40)) console.log(`axe: ${text}`);
console.log(`axe: ${pages.length} kinds of pages of ${relative(process.cwd(), site)}, ${runs} looks, ${faults.length} faults`);
assert.equal(faults.length, 0);
