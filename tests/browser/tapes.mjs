// Tapes in the browser against the build: those of `cargo run --example tapes`, run by the site's own script where only the
// site's own files may be loaded.
//   node tapes.mjs SITE TAPES
import { chromium } from "playwright-core";
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";

const [site, tapes] = [resolve(process.argv[2]), process.argv[3]];
const lines = readFileSync(tapes, "utf8").trimEnd().split("\n");

// Numbers that the two compute differ by at most this share of themselves …
const RELATIVE = 1e-12;
// … or by what as small a change of the leaves makes of them: where nearly equal numbers are subtracted, the last digit of
// either is all that is left. The build has moved the leaves by this share, and says how far each number went.
const NUDGE = 1e-13;
// Below the normal numbers digits are lost: a few units of the smallest number there is.
const SMALLEST = 1e-322;

// Runs in the page: what is wrong, and how far apart the numbers are.
const compare = ({ lines, RELATIVE, NUDGE, SMALLEST }) => {
  const found = { numbers: 0, exact: 0, wrong: [], byItself: 0, byLeaves: 0, leaned: 0 };
  for (const line of lines) {
    const { name, block, tape: json, slots, rounds } = JSON.parse(line);
    const tape = bpdoc.tape(json);
    rounds.forEach(({ changes, values, moved }, round) => {
      for (const [slot, i, x] of changes) tape.set(slot, i, Number(x));
      tape.run();
      values.forEach((expected, node) => {
        const { data } = tape.value(slots[node]);
        if (data.length !== expected.length) found.wrong.push({ name, block, node, data: [...data], expected });
        expected.map(Number).forEach((number, i) => {
          found.numbers++;
          if (Object.is(data[i], number)) return found.exact++;
          const apart = Math.abs(data[i] - number);
          const share = apart / Math.abs(number);
          const reach = Number(moved?.[node][i] ?? 0) / NUDGE;
          if (share <= RELATIVE || (apart > 0 && apart <= SMALLEST)) {
            found.byItself = Math.max(found.byItself, apart <= SMALLEST ? 0 : share);
          } else if (apart > 0 && apart <= RELATIVE * reach) {
            found.leaned++;
            found.byLeaves = Math.max(found.byLeaves, apart / reach);
          } else {
            found.wrong.push({ name, block, round, node, i, found: data[i], expected: number, share, reach });
          }
        });
      });
    });
  }
  return found;
};

// Runs in the page: how long a reader waits when a leaf changes, in milliseconds; the median of many changes.
const time = (line) => {
  const { tape: json } = JSON.parse(line);
  const tape = bpdoc.tape(json);
  const times = [];
  for (let i = 0; i < 300; i++) {
    const start = performance.now();
    // The clock is too coarse for one.
    for (let j = 0; j < 10; j++) {
      tape.set(0, 0, Math.sin(10 * i + j));
      tape.run();
    }
    times.push((performance.now() - start) / 10);
  }
  return { steps: json.steps.length, median: times.sort((a, b) => a - b)[150] };
};

const page = '<!doctype html><title>Tapes</title><link rel="icon" href="assets/favicon.svg"><script src="assets/kernels.js"></script>';
const kinds = { ".js": "text/javascript", ".svg": "image/svg+xml" };
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
const tab = await browser.newPage();
tab.on("pageerror", (error) => assert.fail(error));
tab.on("console", (message) => assert.fail(message.text()));
await tab.route("https://notes.test/**", (route) => {
  const { pathname } = new URL(route.request().url());
  const isPage = pathname === "/";
  const body = isPage ? page : readFileSync(join(site, pathname));
  const headers = { "content-security-policy": "default-src 'self'", "content-type": kinds[extname(pathname)] ?? "text/html" };
  return route.fulfill({ body, headers });
});
await tab.goto("https://notes.test/");

const sums = { numbers: 0, exact: 0, wrong: [], byItself: 0, byLeaves: 0, leaned: 0 };
for (let i = 0; i < lines.length; i += 50) {
  const found = await tab.evaluate(compare, { lines: lines.slice(i, i + 50), RELATIVE, NUDGE, SMALLEST });
  sums.wrong.push(...found.wrong);
  for (const key of ["numbers", "exact", "leaned"]) sums[key] += found[key];
  for (const key of ["byItself", "byLeaves"]) sums[key] = Math.max(sums[key], found[key]);
}
const { steps, median } = await tab.evaluate(time, lines.find((line) => line.startsWith('{"name":"200 gates"')));
await browser.close();

console.log(`tapes: ${lines.length} tapes, ${sums.numbers} numbers, ${sums.exact} of them the same to the last bit`);
console.log(`tapes: the others are at most ${sums.byItself.toExponential(1)} of themselves apart`);
console.log(`tapes: ${sums.leaned} cancel; for them the leaves would differ by ${sums.byLeaves.toExponential(1)} of themselves`);
console.log(`tapes: ${steps} steps of numbers take ${median.toFixed(3)} ms`);
for (const wrong of sums.wrong.slice(0, 10)) console.error(wrong);
assert.equal(sums.wrong.length, 0, `${sums.wrong.length} numbers differ`);
assert.ok(median < 1, "a graph of 200 gates is slow");
