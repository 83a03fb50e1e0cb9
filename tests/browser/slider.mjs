// How long a change of a slider takes on a figure of 200 nodes, in Chromium: the median, in milliseconds, of the work in the
// event and in the next frame, which write what is in sight, with the table and the derivation closed and open. A measurement, no
// test: the program and a folder for the site are given.
//   node slider.mjs ../../target/release/bpdoc /tmp/slider
import { chromium } from "playwright-core";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [program, folder] = process.argv.slice(2);
const lines = ["w = 0.5", "x = 0.25", "a_2 = w"];
const gates = [(i) => `a_${i - 1} * w`, (i) => `tanh(a_${i - 1})`, (i) => `a_${i - 1} + x`];
for (let i = 3; i < 200; i++) lines.push(`a_${i} = ${gates[i % 3](i)}`);
mkdirSync(join(folder, "content"), { recursive: true });
writeFileSync(join(folder, "content", "chain.en.md"), `# A chain\n\n\`\`\`graph #chain\n${lines.join("\n")}\n\`\`\`\n`);
execFileSync(resolve(program), ["build", folder, "-q"], { stdio: "inherit" });

const flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
const tab = await browser.newPage();
await tab.goto(`${pathToFileURL(resolve(folder, "site", "en", "chain.html")).href}?play=chain`);
await tab.locator("#chain .bp-player").waitFor();
const medians = await tab.evaluate(async () => {
  const slider = document.querySelector(".bp-leaf input[type=range]");
  const nextFrame = requestAnimationFrame;
  let late = 0;
  window.requestAnimationFrame = (work) =>
    nextFrame(() => {
      const start = performance.now();
      work();
      late = performance.now() - start;
    });
  const frame = () => new Promise((done) => nextFrame(() => nextFrame(done)));
  const median = async () => {
    const [times, all] = [[], []];
    for (let i = 0; i < 200; i++) {
      slider.value = Number(slider.min) + ((i % 100) / 100) * (slider.max - slider.min);
      const start = performance.now();
      slider.dispatchEvent(new Event("input"));
      times.push(performance.now() - start);
      await frame();
      all.push(times.at(-1) + late);
    }
    return [times, all].map((list) => `${list.sort((a, b) => a - b)[100].toFixed(2)} ms`);
  };
  const closed = await median();
  for (const box of document.querySelectorAll(".bp-block > details")) box.open = true;
  await frame();
  return { closed, open: await median() };
});
console.log(`a change of a slider, 200 nodes: median ${medians.closed[0]}, with the next frame ${medians.closed[1]}`);
console.log(`with table and derivation open: ${medians.open[0]}, with the next frame ${medians.open[1]}`);
await browser.close();
