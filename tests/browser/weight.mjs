// What a note's page weighs, and that nothing in it moves: the longest note of each language, from a server that compresses
// and allows a page its own files only, and from a folder. Scripts have 10 KB, style sheets 12 KB, the text font in its weights 120 KB;
// nothing shifts while one scrolls to the end, with and without fonts in the cache, on a phone and on a desktop; nothing is
// written to the console or asked of other sites.
//   node weight.mjs SITE
import { chromium } from "playwright-core";
import { strict as assert } from "node:assert";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const site = resolve(process.argv[2]);
const kinds = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml",
  ".woff2": "font/woff2", ".png": "image/png", ".webmanifest": "application/manifest+json",
};
const limits = { ".js": 10_000, ".css": 12_000 };
const fontLimit = 120_000;

const isNote = (path) => path.endsWith(".html") && readFileSync(join(site, path), "utf8").includes('<article class="note">');
const longestOf = (language) => readdirSync(join(site, language), { recursive: true })
  .map((path) => join(language, path))
  .filter(isNote)
  .reduce((a, b) => (statSync(join(site, a)).size >= statSync(join(site, b)).size ? a : b));

const sent = [];
const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://notes.test").pathname);
  try {
    const [bytes, kind] = [readFileSync(join(site, path)), extname(path)];
    const isPacked = [".woff2", ".png"].includes(kind);
    const body = isPacked ? bytes : gzipSync(bytes);
    sent.push({ path, kind, size: body.length });
    response.writeHead(200, {
      "content-type": kinds[kind] ?? "text/plain",
      "content-security-policy": "default-src 'self'",
      "cache-control": "max-age=3600",
      ...(isPacked ? {} : { "content-encoding": "gzip" }),
    });
    response.end(body);
  } catch {
    sent.push({ path, kind: "missing", size: 0 });
    response.writeHead(404);
    response.end();
  }
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const origin = `http://127.0.0.1:${server.address().port}`;

// Runs in the page: adds up what moves, as browsers do for the layout shift score.
const watchShifts = () => {
  globalThis.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
      if (!hadRecentInput) globalThis.shifts.push(`${value.toFixed(4)} ${sources?.[0]?.node?.outerHTML?.slice(0, 60) ?? ""}`);
    }
  }).observe({ type: "layout-shift", buffered: true });
};
const scrollThrough = async () => {
  const frame = () => new Promise((next) => requestAnimationFrame(() => setTimeout(next, 10)));
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
    scrollTo(0, y);
    await frame();
  }
  await frame();
  return globalThis.shifts;
};

// Runs in the page: the fonts that were asked for before the page was drawn, and whether it shows the text font.
const fontsOfPage = () => {
  const { loadEventStart } = performance.getEntriesByType("navigation")[0];
  const early = performance.getEntriesByType("resource").filter(({ name, startTime }) => name.endsWith(".woff2") && startTime < loadEventStart);
  return { early: early.map(({ name }) => name), isShown: getComputedStyle(document.body).fontFamily.includes("bpdoc Sans") };
};

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
const faults = [];
const open = async (viewport, isAllowed) => {
  const context = await browser.newContext({ viewport });
  const tab = await context.newPage();
  await tab.addInitScript(watchShifts);
  tab.on("console", (message) => faults.push(`console: ${message.text()}`));
  tab.on("pageerror", (error) => faults.push(String(error)));
  tab.on("request", (request) => isAllowed(request.url()) || faults.push(`asks for ${request.url()}`));
  return { context, tab };
};

// The test can fail: a page that moves what is read.
{
  const { context, tab } = await open({ width: 400, height: 400 }, () => true);
  await tab.goto("about:blank");
  await tab.setContent("<p>words</p>");
  await tab.evaluate(watchShifts);
  await tab.evaluate(() => new Promise((next) => {
    setTimeout(() => { document.body.prepend(Object.assign(document.createElement("div"), { textContent: "late", style: "height: 90px" })); setTimeout(next, 300); }, 100);
  }));
  assert.ok((await tab.evaluate(() => globalThis.shifts)).length > 0);
  await context.close();
}

const sizes = [];
for (const language of readdirSync(site).filter((name) => /^[a-z]{2}(-\w+)?$/.test(name))) {
  const path = longestOf(language);
  const address = path.split("/").map(encodeURIComponent).join("/");
  for (const viewport of [{ width: 360, height: 740 }, { width: 1500, height: 900 }]) {
    const { context, tab } = await open(viewport, (url) => url.startsWith(origin));
    // The first time without fonts in the cache, the second time with them.
    for (const visit of ["first", "second"]) {
      sent.length = 0;
      await tab.goto(`${origin}/${address}`, { waitUntil: "load" });
      for (const shift of await tab.evaluate(scrollThrough)) faults.push(`${path} at ${viewport.width} px, ${visit} visit: shifts by ${shift}`);
      const { early, isShown } = await tab.evaluate(fontsOfPage);
      if (visit === "second") {
        if (!isShown) faults.push(`${path}: the text font is not shown although it is in the cache`);
        continue;
      }
      for (const font of early) faults.push(`${font} is asked for before the page is drawn`);
      for (const { path: missing } of sent.filter(({ kind }) => kind === "missing")) faults.push(`${missing} is not there`);
      for (const [kind, limit] of Object.entries(limits)) {
        const size = sent.filter((file) => file.kind === kind).reduce((sum, file) => sum + file.size, 0);
        assert.ok(size > 0, `no ${kind} was asked for`);
        if (size > limit) faults.push(`${path}: ${size} bytes of ${kind}, the limit is ${limit}`);
        sizes.push(`${size} bytes of ${kind}`);
      }
      const fonts = sent.filter(({ path: font }) => /bpdoc-sans.*\.woff2$/.test(font));
      assert.ok(fonts.length > 0, "no text font was asked for");
      const weight = fonts.reduce((sum, { size }) => sum + size, 0);
      if (weight > fontLimit) faults.push(`${path}: ${weight} bytes of text fonts, the limit is ${fontLimit}`);
      for (const { path: font, size } of fonts) sizes.push(`${font.split("/").pop()} ${size} bytes`);
    }
    await context.close();
  }
  const { context, tab } = await open({ width: 1280, height: 800 }, (url) => url.startsWith("file:"));
  await tab.goto(pathToFileURL(join(site, path)).href);
  await tab.evaluate(scrollThrough);
  await tab.waitForFunction(() => [...document.fonts].some((font) => font.family.includes("bpdoc Sans") && font.status === "loaded"));
  await context.close();
}
await browser.close();
server.close();
for (const fault of [...new Set(faults)].slice(0, 20)) console.log(`weight: ${fault}`);
console.log(`weight: ${[...new Set(sizes)].join(", ")} in ${relative(process.cwd(), site)}, ${faults.length} faults`);
assert.equal(faults.length, 0);
