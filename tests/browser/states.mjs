// The figures and listings of the notes beside this file, as a reader sees and uses them: groups open and close in place,
// with JavaScript and without it; what is pointed at or chosen with the keys shows its way to the output.
//   node states.mjs SITE
import { chromium } from "playwright-core";
import { strict as assert } from "node:assert";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const page = (language, name) => pathToFileURL(resolve(process.argv[2], language, "figures", `${name}.html`)).href;

const checks = {
  async "a closed group opens in place, and closes by its label"(tab) {
    const shown = () => tab.locator("#cell .bp-states details[open]");
    assert.equal(await shown().count(), 1);
    assert.equal(await shown().locator(".folded").count(), 4);
    await shown().locator("a.fold").nth(1).click();
    assert.equal(await shown().locator(".bp-canvas").getAttribute("id"), "cell-group-1");
    assert.equal(await shown().locator(".folded").count(), 3);
    assert.equal(await shown().locator(".frame").count(), 1);
    await shown().locator(".group a.fold").click();
    assert.equal(await shown().locator(".bp-canvas").getAttribute("id"), "cell-closed");
  },
  async "every line of a listing stands below the one before it"(tab) {
    const lines = tab.locator(".listing .line");
    const boxes = await Promise.all((await lines.all()).map((line) => line.boundingBox()));
    assert.equal(boxes.length, 6);
    boxes.slice(1).forEach((box, i) => assert.ok(box.y >= boxes[i].y + boxes[i].height - 1 && box.x === boxes[i].x));
  },
  async "Hangul in a formula is set in the site's own font"(tab) {
    const devtools = await tab.context().newCDPSession(tab);
    await devtools.send("DOM.enable");
    await devtools.send("CSS.enable");
    const { root } = await devtools.send("DOM.getDocument");
    const { nodeId } = await devtools.send("DOM.querySelector", { nodeId: root.nodeId, selector: ".prose p mtext" });
    const { fonts } = await devtools.send("CSS.getPlatformFontsForNode", { nodeId });
    assert.deepEqual(fonts.map((font) => font.isCustomFont), [true]);
  },
  async "a footnote is shown once: beside the text where there is room, else behind it"(tab) {
    const shown = async () => [await tab.locator(".sidenote").isVisible(), await tab.locator(".footnotes").isVisible()];
    assert.deepEqual(await shown(), [false, true]);
    await tab.setViewportSize({ width: 1400, height: 800 });
    assert.deepEqual(await shown(), [true, false]);
    await tab.emulateMedia({ media: "print" });
    assert.deepEqual(await shown(), [false, true]);
  },
  async "a state opens from the keyboard"(tab) {
    await tab.locator("#cell summary").last().focus();
    await tab.keyboard.press("Enter");
    assert.equal(await tab.locator("#cell details[open] .folded").count(), 0);
    assert.equal(await tab.locator("#cell details[open] .frame").count(), 4);
    assert.equal(await tab.locator("#cell details[open]").count(), 1);
  },
  async "an earlier step of a training shows what the last one has"(tab) {
    await tab.goto(page("ko", "playing"));
    await tab.locator(".bp-snapshot summary").first().click();
    const pictures = await Promise.all([0, 3000].map((step) => tab.locator(`#xor-run-step-${step} svg`).boundingBox()));
    assert.equal(pictures[0].width, pictures[1].width);
    const extents = [0, 3000].map((step) => tab.locator(`#xor-run-step-${step} svg`).evaluate((svg) => {
      const { x, y, width, height } = svg.getBBox();
      return [x, y, x + width, y + height].map(Math.round);
    }));
    assert.deepEqual(...(await Promise.all(extents)));
  },
};

const withScript = {
  async "in an earlier step, too, what is pointed at shows its way to the output"(tab) {
    await tab.goto(page("ko", "playing"));
    await tab.locator(".bp-snapshot summary").first().click();
    const step = tab.locator("#xor-run-step-0");
    await step.locator('.node[data-id="W1"]').hover();
    assert.ok((await step.locator(".edge.lit").count()) > 0);
    assert.equal(await tab.locator("#xor-run-step-3000 .lit").count(), 0);
  },
  async "what is pointed at shows its way to the output"(tab) {
    await tab.goto(page("en", "frames"));
    await tab.locator("#nested .node").first().hover();
    const lit = await tab.locator("#nested .node.lit").evaluateAll((nodes) => nodes.map((node) => node.dataset.id));
    assert.deepEqual(lit, ["x", "a", "b", "c", "d"]);
    await tab.mouse.move(1, 1);
    assert.equal(await tab.locator(".lit").count(), 0);
  },
  async "the arrow keys go from node to node"(tab) {
    await tab.goto(page("ko", "frames"));
    await tab.locator("#nested .bp-canvas").focus();
    await tab.keyboard.press("Enter");
    await tab.keyboard.press("ArrowRight");
    assert.equal(await tab.locator("#nested .node:focus").count(), 1);
    assert.ok((await tab.locator("#nested .edge.lit").count()) > 0);
    await tab.keyboard.press("Escape");
    assert.equal(await tab.locator(".lit").count(), 0);
  },
  async "the arrow keys reach closed groups, and Enter opens them"(tab) {
    await tab.locator("#cell-closed").focus();
    await tab.keyboard.press("Enter");
    for (let i = 0; i < 9 && !(await tab.locator("#cell-closed a:focus").count()); i++) {
      await tab.keyboard.press(i % 2 ? "ArrowUp" : "ArrowRight");
    }
    assert.ok((await tab.locator("#cell-closed .folded.lit").count()) > 0);
    await tab.keyboard.press("Enter");
    assert.equal(await tab.locator("#cell details[open] .frame").count(), 1);
  },
};

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
await Promise.all([[1280, true], [1280, false], [360, true], [360, false]].map(async ([width, javaScriptEnabled]) => {
  for (const [name, check] of Object.entries({ ...checks, ...(javaScriptEnabled ? withScript : {}) })) {
    const context = await browser.newContext({ viewport: { width, height: 800 }, javaScriptEnabled });
    const tab = await context.newPage();
    tab.on("pageerror", (error) => assert.fail(error));
    tab.on("console", (message) => assert.fail(message.text()));
    await tab.goto(page("ko", "states"));
    await check(tab);
    console.log(`states: ${width} px, JavaScript ${javaScriptEnabled ? "on" : "off"}: ${name}`);
    await context.close();
  }
}));
await browser.close();
