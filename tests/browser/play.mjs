// Figures as a reader plays with them: step by step, with other values, as exercises, and a training replayed; wide and on a
// phone, with mouse, keyboard and touch, from a folder and from a server with a strict policy.
//   node play.mjs SITE
import { chromium } from "playwright-core";
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const page = (language) => pathToFileURL(resolve(process.argv[2], language, "figures", "playing.html")).href;

const frame = async (tab) => {
  await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await tab.waitForFunction(() => !document.querySelector(".bp-block[aria-busy=true]"));
};

// What a reader reads of a figure: its picture's lines, its table and its derivation.
const readings = (tab, id) =>
  tab.locator(`#${id}`).evaluate((figure) => {
    const block = figure.closest(".bp-block");
    const texts = (selector) => [...block.querySelectorAll(selector)].map((element) => element.textContent.replace(/\s+/g, " ").trim());
    return { picture: texts(".bpgraph text"), table: texts(".bp-table td"), derivation: texts(".bp-steps li") };
  });
const shownLines = async (tab, id) => {
  await frame(tab);
  const lines = await tab.locator(`#${id} .bpgraph text:not(.bp-unknown)`).allTextContents();
  return lines.filter((text) => text.includes("="));
};

const start = async (tab, id, press) => {
  const figure = tab.locator(`#${id}`);
  await press(figure.locator(".bp-play"));
  await figure.locator(".bp-player").waitFor();
  await frame(tab);
  return figure;
};

const checks = {
  async "what the player writes is what the build wrote"(tab, press) {
    for (const id of ["linear", "matrix", "branches"]) {
      await tab.locator(`.bp-block:has(> #${id}) > details`).evaluateAll((boxes) => boxes.forEach((box) => (box.open = true)));
      const before = await readings(tab, id);
      await start(tab, id, press);
      assert.deepEqual(await readings(tab, id), before, id);
    }
  },
  async "both passes go by step by step"(tab, press) {
    const figure = await start(tab, "linear", press);
    const next = figure.getByRole("button", { name: "한 단계 앞으로" });
    await press(figure.getByRole("button", { name: "처음으로" }));
    assert.deepEqual(await shownLines(tab, "linear"), ["w = −2", "x = 5", "b = 3"]);
    await press(next);
    assert.deepEqual(await shownLines(tab, "linear"), ["w = −2", "x = 5", "b = 3", "g = −10"]);
    assert.equal((await figure.locator(".bp-now-line .bp-equation").textContent()).replace(/\s/g, ""), "g=w⋅x=−2⋅5=−10");
    for (let i = 0; i < 3; i++) await press(next);
    assert.equal(await figure.locator(".node.bp-now").getAttribute("data-id"), "f");
    // f = u · x, and u = ReLU(−7) = 0: the gate passes x back to u, and u = 0 to x.
    for (let i = 0; i < 3; i++) await press(next);
    assert.deepEqual((await shownLines(tab, "linear")).filter((line) => line.startsWith("∂f/∂x") || line.startsWith("∂f/∂f")), ["∂f/∂x = 0", "∂f/∂f = 1", "∂f/∂x = 0"]);
    await figure.locator(".bp-stepper input[type=range]").focus();
    await tab.keyboard.press("End");
    await frame(tab);
    assert.equal(await figure.locator(".bp-unknown").count(), 0);
  },
  async "the arrow keys step, and a gradient is added up over the paths"(tab, press) {
    const figure = await start(tab, "paths", press);
    await press(figure.getByRole("button", { name: "처음으로" }));
    const grads = [];
    for (let i = 0; i < 12; i++) {
      await tab.keyboard.press("ArrowRight");
      grads.push(...(await shownLines(tab, "paths")).filter((line) => line.startsWith("∂f/∂x = ") && line !== grads.at(-1)));
    }
    // f = x · (x + 1) at x = 3: 4 on one way, then 3 more on the other.
    assert.deepEqual([...new Set(grads)], ["∂f/∂x = 4", "∂f/∂x = 7"]);
  },
  async "another value goes through everything, and back"(tab, press) {
    const figure = await start(tab, "linear", press);
    await tab.locator(".bp-block:has(> #linear) > details").evaluateAll((boxes) => boxes.forEach((box) => (box.open = true)));
    const before = await readings(tab, "linear");
    const field = figure.getByRole("spinbutton", { name: "w", exact: true });
    await field.fill("2");
    await frame(tab);
    const lines = await shownLines(tab, "linear");
    // g = 10, g + b = 13 > 0, f = 65; ∂f/∂x = 13 + 5 · 2, by the product and through g.
    for (const line of ["g = 10", "f = 65", "∂f/∂x = 23", "∂f/∂w = 25"]) assert.ok(lines.includes(line), `${line} in ${lines}`);
    const after = await readings(tab, "linear");
    assert.ok(after.table.includes("65") && after.table.includes("23"));
    assert.ok(after.derivation.some((text) => text.replaceAll(" ", "").includes("=5⋅1=5⋅1=5") || text.replaceAll(" ", "").includes("=5⋅1=5")), after.derivation.join("\n"));
    await press(figure.getByRole("button", { name: "처음 값으로" }));
    await frame(tab);
    assert.deepEqual(await readings(tab, "linear"), before);
  },
  async "a slider follows the keys, and an element of a matrix its field"(tab, press) {
    const figure = await start(tab, "linear", press);
    await figure.getByRole("slider", { name: "x 슬라이더" }).focus();
    await tab.keyboard.press("ArrowRight");
    assert.ok((await shownLines(tab, "linear")).includes("x = 5.05"));
    const matrix = await start(tab, "matrix", press);
    await matrix.getByRole("spinbutton", { name: "W[1,0]" }).fill("1");
    await frame(tab);
    const cells = await matrix.locator('.node[data-id="W"] .value tspan').allTextContents();
    assert.deepEqual(cells.map((cell) => cell.trim()), ["0.5", "]", "1", "]"]);
  },
  async "a number that is too wide for its box loses digits, and stays in it"(tab, press) {
    const figure = await start(tab, "linear", press);
    await figure.getByRole("spinbutton", { name: "w", exact: true }).fill("-1234.5678");
    await frame(tab);
    const outside = await figure.locator(".node").evaluateAll((nodes) =>
      nodes.flatMap((node) => {
        const box = node.querySelector(".outline").getBoundingClientRect();
        const texts = [...node.querySelectorAll("text")].map((text) => text.getBoundingClientRect());
        return texts.filter((text) => text.left < box.left || text.right > box.right).map((text) => text.width);
      }),
    );
    assert.deepEqual(outside, []);
  },
  async "a small change shows what the derivative says"(tab, press) {
    const figure = await start(tab, "linear", press);
    await figure.getByRole("spinbutton", { name: "w", exact: true }).fill("2");
    await press(figure.locator(".bp-nudge summary"));
    await figure.locator(".bp-nudge input").fill("0.5");
    assert.deepEqual(await figure.locator(".bp-nudge dd").allTextContents(), ["12.5", "12.5", "0"]);
    assert.equal(await figure.locator(".bp-plot .bp-curve").count(), 1);
  },
  async "a link opens the figure in the same state"(tab, press) {
    const figure = await start(tab, "linear", press);
    await figure.getByRole("spinbutton", { name: "w", exact: true }).fill("2");
    await press(figure.getByRole("button", { name: "처음으로" }));
    await tab.keyboard.press("ArrowRight");
    await tab.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
    await press(figure.getByRole("button", { name: "이 상태의 링크 복사" }));
    const link = await figure.getByRole("textbox", { name: "이 상태의 링크" }).inputValue();
    await tab.goto(link);
    await tab.locator("#linear .bp-player").waitFor();
    await frame(tab);
    assert.deepEqual(await shownLines(tab, "linear"), ["w = 2", "x = 5", "b = 3", "g = 10"]);
  },
  async "blanks are filled, with hints, and counted"(tab, press) {
    assert.ok((await tab.locator("#task .bpgraph text").allTextContents()).includes("∂f/∂w = ?"));
    const figure = await start(tab, "task", press);
    const field = (place) => figure.locator(".bp-questions input").nth(place);
    const verdict = (place) => figure.locator(".bp-questions li").nth(place).locator(".bp-verdict");
    // From the output back: g, b, x, w.
    await field(3).fill("4");
    await tab.keyboard.press("Enter");
    assert.match(await verdict(3).textContent(), /다시/);
    await press(figure.locator(".bp-questions li").nth(3).getByRole("button", { name: "힌트" }));
    assert.equal((await figure.locator(".bp-hint").nth(3).textContent()).replace(/\s/g, ""), "∂f∂w=∂f∂g⋅∂g∂w");
    await field(3).fill("10/2");
    await tab.keyboard.press("Enter");
    assert.match(await verdict(3).textContent(), /맞았습니다/);
    assert.ok((await shownLines(tab, "task")).includes("∂f/∂w = 5"));
    assert.ok((await shownLines(tab, "task")).includes("∂f/∂x = ?"));
    // The question is about one of the leaves: f grows with w and b, and shrinks as x grows.
    const leaf = (await figure.locator(".bp-questions li").last().textContent()).trim()[0];
    await press(figure.getByRole("button", { name: leaf === "x" ? "작아진다" : "커진다" }));
    assert.match(await figure.locator(".bp-score").textContent(), /5개 중 2개/);
    const values = await start(tab, "task-values", press);
    await values.locator(".bp-questions input").first().fill("5");
    await tab.keyboard.press("Enter");
    assert.match(await values.locator(".bp-score").textContent(), /2개 중 1개.*7개 중 3개/);
    await press(figure.getByRole("button", { name: "새 숫자로" }));
    assert.match(await figure.locator(".bp-score").textContent(), /5개 중 0개/);
    assert.ok((await shownLines(tab, "task")).includes("∂f/∂w = ?"));
    await press(figure.getByRole("button", { name: "답 보기" }));
    assert.ok(!(await shownLines(tab, "task")).some((line) => line.includes("?")));
  },
  async "the graph is taken away as programs and drawings, and the picture as it is shown"(tab, press) {
    const figure = await start(tab, "linear", press);
    await figure.getByRole("spinbutton", { name: "w", exact: true }).fill("2");
    await frame(tab);
    await press(figure.getByRole("button", { name: "가져가기" }));
    const shown = () => figure.getByRole("tabpanel").locator("pre").textContent();
    assert.match(await shown(), /^import torch|^# /);
    assert.equal(await figure.getByRole("tab").count(), 8);
    await press(figure.getByRole("tab", { name: "NumPy" }));
    assert.match(await shown(), /import numpy as np/);
    await tab.keyboard.press("End");
    assert.equal(JSON.parse(await shown()).nodes.w.value, -2);
    const saved = async (name) => {
      const download = tab.waitForEvent("download");
      await press(figure.getByRole("button", { name }));
      return readFileSync(await (await download).path());
    };
    const svg = (await saved("SVG")).toString();
    assert.ok(svg.startsWith("<svg") && svg.includes("w = 2"));
    const png = await saved("PNG");
    assert.equal(png.toString("latin1", 1, 4), "PNG");
    assert.ok(png.length > 5000);
  },
  async "a training is replayed"(tab, press) {
    const figure = tab.locator("#xor-run");
    await press(figure.locator(".bp-play"));
    const slider = figure.getByRole("slider", { name: "학습 단계" });
    await slider.waitFor();
    const at = async () => figure.locator(".bp-moment-text").textContent();
    assert.match(await at(), /3000/);
    const trained = await shownLines(tab, "xor-run-step-3000");
    await slider.focus();
    await tab.keyboard.press("Home");
    assert.match(await at(), /학습 단계 0 /);
    const untrained = await shownLines(tab, "xor-run-step-3000");
    assert.notDeepEqual(untrained, trained);
    assert.deepEqual(untrained, await shownLines(tab, "xor-run-step-0"));
    // The plane has other colours where the network says other things.
    const colours = await figure.locator("canvas").evaluate((canvas) => new Set(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data).size);
    assert.ok(colours > 3);
    assert.equal(await figure.locator(".bp-plane circle").count(), 4);
  },
};

// The same under a strict policy: nothing may be evaluated, and nothing loaded from elsewhere.
const kinds = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2" };
const server = createServer((request, response) => {
  const path = join(resolve(process.argv[2]), decodeURIComponent(new URL(request.url, "http://notes.test").pathname));
  const kind = kinds[extname(path)] ?? "text/plain";
  response.writeHead(200, { "content-type": kind, "content-security-policy": "default-src 'self'" }).end(readFileSync(path));
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const origin = `http://127.0.0.1:${server.address().port}`;

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
const only = process.argv[3];
const settings = [[1280, false, page("ko")], [360, true, page("ko")], [1280, false, `${origin}/ko/figures/playing.html`]];
await Promise.all(settings.map(async ([width, hasTouch, address]) => {
  for (const [name, check] of Object.entries(checks).filter(([name]) => !only || name.includes(only))) {
    const context = await browser.newContext({ viewport: { width, height: 800 }, hasTouch, isMobile: hasTouch });
    const tab = await context.newPage();
    tab.setDefaultTimeout(5000);
    tab.on("pageerror", (error) => assert.fail(error));
    tab.on("console", (message) => assert.fail(message.text()));
    await tab.goto(address);
    await check(tab, (locator) => (hasTouch ? locator.tap() : locator.click()));
    console.log(`play: ${new URL(address).protocol} ${width} px, ${hasTouch ? "touch" : "mouse"}: ${name}`);
    await context.close();
  }
}));
await browser.close();
server.close();
