// A reader finds the way through the site: the contents follow what is read, and notes that have been read are marked, on
// a desktop and on a phone, opened from a folder. Without JavaScript the contents are a list, and nothing is marked.
//   node reading.mjs SITE
import { chromium } from "playwright-core";
import { strict as assert } from "node:assert";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const series = "deep-learning-for-everyone";
const page = (language, name) => pathToFileURL(resolve(process.argv[2], language, series, `${name}.html`)).href;
const current = (tab) => tab.locator(".toc [aria-current]");
const read = (tab) => tab.locator(".read");

const checks = {
  async "the contents show the section that is read"(tab) {
    const links = tab.locator(".toc a");
    const last = (await links.count()) - 1;
    assert.equal(await current(tab).count(), 0);
    for (const i of [3, last, 1]) {
      const id = await links.nth(i).evaluate((link) => decodeURIComponent(link.hash.slice(1)));
      await tab.evaluate((id) => document.getElementById(id).scrollIntoView(), id);
      await tab.waitForFunction((i) => document.querySelectorAll(".toc a")[i].ariaCurrent === "location", i);
      assert.equal(await current(tab).count(), 1);
    }
  },
  async "a note that is ticked is marked in the series, in both languages, until the marks are cleared"(tab) {
    await tab.locator(".read-mark input").check();
    await tab.goto(page("en", "index"));
    assert.equal(await read(tab).count(), 1);
    assert.match(await tab.locator(".read-count span").textContent(), /^You have read 1 of \d+ notes\.$/);
    await tab.locator(".note-list a").nth(1).click();
    await tab.waitForURL(/xor-net|tensors|history|calculus/);
    await tab.goto(page("ko", "index"));
    await tab.locator(".read-count button").click();
    assert.equal(await read(tab).count(), 0);
    assert.equal(await tab.locator(".read-count").isVisible(), false);
    assert.equal(await tab.locator(".note-list a").first().evaluate((link) => link === document.activeElement), true);
    await tab.goto(page("ko", "backprop"));
    assert.equal(await tab.locator(".read-mark input").isChecked(), false);
  },
  async "the notes before and after say that they have been read"(tab) {
    const address = await tab.locator(".neighbours .previous").evaluate((link) => link.href);
    await tab.goto(address);
    await tab.locator(".read-mark input").focus();
    await tab.keyboard.press("Space");
    await tab.goBack();
    assert.equal(await tab.locator(".neighbours .previous .read").textContent(), "읽음");
    assert.equal(await tab.locator(".neighbours .next .read").count(), 0);
  },
  async "what stands in the storage harms nothing"(tab) {
    for (const value of ["<b>", "{}", "null", "[1, null]"]) {
      await tab.evaluate((value) => {
        const key = `bpdoc-read ${new URL("../../", location.href).href}`;
        localStorage.setItem(key, value);
      }, value);
      await tab.reload();
      assert.equal(await tab.locator(".read-mark input").isChecked(), false);
    }
  },
};

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
const newTab = async (options) => {
  const context = await browser.newContext(options);
  const tab = await context.newPage();
  tab.on("pageerror", (error) => assert.fail(error));
  tab.on("console", (message) => assert.fail(message.text()));
  await tab.goto(page("ko", "backprop"));
  return tab;
};
for (const width of [1600, 1280, 360]) {
  for (const [name, check] of Object.entries(checks)) {
    const tab = await newTab({ viewport: { width, height: 800 } });
    await check(tab);
    console.log(`reading: ${width} px: ${name}`);
    await tab.context().close();
  }
}

for (const [width, isBeside] of [[1600, true], [1280, false], [360, false]]) {
  const tab = await newTab({ viewport: { width, height: 800 }, javaScriptEnabled: false });
  assert.equal(await tab.locator(".read-mark").isVisible(), false);
  assert.equal(await tab.locator(".toc a").first().isVisible(), isBeside);
  if (isBeside) {
    await tab.locator(".prose h2:visible").last().scrollIntoViewIfNeeded();
    const box = await tab.locator(".toc").boundingBox();
    assert.ok(box.y >= 0 && box.y + box.height <= 800, "the contents stay in sight");
    const text = await tab.locator(".prose").boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width < text.x, "beside the text");
  }
  console.log(`reading: ${width} px: without JavaScript the contents are a list`);
  await tab.context().close();
}
await browser.close();
