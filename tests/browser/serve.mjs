// A page that is open while its note is written: it follows in place, shows what is wrong, and survives what goes wrong.
//   node serve.mjs PROGRAM
import { chromium } from "playwright-core";
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const program = resolve(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), "bpdoc-serve-"));
const write = (path, text) => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
};
// As editors do that write beside a file.
const save = (path, text) => {
  writeFileSync(join(folder, `${path}~`), text);
  renameSync(join(folder, `${path}~`), join(folder, path));
};

const NOTE = "content/course/01-linear.ko.md";
const filler = Array.from({ length: 30 }, (_, i) => `${i + 1}번째 문단이다. 화면을 채우려고 쓴 글이어서 읽을 것은 없다.\n`).join("\n");
const note = ({ top = "처음 문단이다.", b = 3, caption = "선형 노드", claim = "", end = "마지막 문단이다." } = {}) => `# 선형 노드

${top}

## 그림

\`\`\`graph #linear
# ${caption}
w = -2          # 가중치
x = 5           # 입력
b = ${b}        # 편향
g = w * x
f = g + b
${claim}
\`\`\`

## 코드

\`\`\`python
print("안녕")
\`\`\`

${filler}
> [!ANSWER]
> 답은 7이다.

\`\`\`graph #square
# 제곱
t = 3
s = t ^ 2
\`\`\`

${end}
`;
write("bpdoc.toml", 'languages = ["ko"]\n');
write(NOTE, note());
write("content/course/02-other.ko.md", "# 다른 노트\n\n다른 글이다.\n");

const start = (port) =>
  new Promise((done, fail) => {
    const child = spawn(program, ["serve", folder, "--port", `${port}`, "--lang", "ko", "--color", "never"]);
    let said = "";
    child.stderr.on("data", (text) => (said += text));
    child.stdout.once("data", (text) => done({ child, address: `${text}`.trim(), said: () => said }));
    child.once("exit", () => fail(new Error(said)));
  });
const stop = ({ child }) =>
  new Promise((done) => {
    child.removeAllListeners("exit");
    child.once("exit", (code) => done(code));
    child.kill("SIGINT");
  });

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
let server = await start(0);
const address = () => `${server.address}ko/course/linear.html`;
const complaints = [];
const newTab = async () => {
  const tab = await browser.newPage({ viewport: { width: 1000, height: 700 } });
  tab.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  tab.on("pageerror", (error) => complaints.push(`${error}`));
  return tab;
};

// The page is the same document as before: it has not been opened anew.
const mark = (tab) => tab.evaluate(() => (globalThis.isTheSame = true));
const isTheSame = (tab) => tab.evaluate(() => globalThis.isTheSame === true);
const shows = (tab, text) => tab.waitForFunction((text) => document.querySelector("main")?.textContent.includes(text), text);
// Reaches into the shadow in which serve shows what is wrong.
const part = (tab, selector) => tab.locator(`bpdoc-serve ${selector}`);

const play = async (tab, id) => {
  await tab.locator(`#${id} .bp-play`).click();
  await tab.locator(`#${id} .bp-player`).waitFor();
};

const checks = {
  async "the text follows, and what a reader has done stays"(tab) {
    await play(tab, "linear");
    await tab.locator("#linear").getByRole("spinbutton", { name: "w", exact: true }).fill("4");
    await play(tab, "square");
    await tab.locator("#square .bp-steps-bar input[type=range]").fill("1");
    await tab.locator("main details.answer").evaluate((fold) => (fold.open = true));
    await tab.locator("#square .bp-steps-bar input[type=range]").focus();
    await tab.evaluate(() => document.querySelector("#square").scrollIntoView({ block: "center", behavior: "instant" }));
    const seen = () => tab.evaluate(() => [document.querySelector("#square").getBoundingClientRect().top, scrollY]);
    // What is played with settles.
    await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await tab.waitForFunction(() => !document.querySelector(".bp-block[aria-busy=true]"));
    const [before] = await seen();
    save(NOTE, note({ top: "처음 문단이 길어졌다.\n\n그래서 아래가 모두 밀려난다.\n\n- 하나\n- 둘\n- 셋", end: "마지막 문단도 바뀌었다." }));
    await shows(tab, "마지막 문단도 바뀌었다");
    const [after, top] = await seen();
    assert.ok(Math.abs(after - before) <= 1 && top > 100, `${before} → ${after}, ${top}`);
    assert.ok(await isTheSame(tab));
    assert.equal(await tab.locator("#linear").getByRole("spinbutton", { name: "w", exact: true }).inputValue(), "4");
    assert.equal(await tab.locator("#square .bp-steps-bar input[type=range]").inputValue(), "1");
    assert.ok(await tab.locator("main details.answer").evaluate((fold) => fold.open));
    assert.ok(await tab.evaluate(() => document.activeElement.matches("#square input[type=range]")));
    assert.equal(await tab.locator(".code-box .copy").count(), 1);
  },
  async "a figure that changes goes on from where it was played to"(tab) {
    await play(tab, "linear");
    await tab.locator("#linear").getByRole("spinbutton", { name: "w", exact: true }).fill("4");
    await tab.locator("#linear .bp-steps-bar input[type=range]").fill("2");
    save(NOTE, note({ b: 10, caption: "다른 설명" }));
    await shows(tab, "다른 설명");
    await tab.waitForFunction(() => document.querySelector("#linear .bp-player") && bpdoc.stageOf(document.querySelector("#linear")));
    const field = (name) => tab.locator("#linear").getByRole("spinbutton", { name, exact: true }).inputValue();
    assert.deepEqual([await field("w"), await field("b")], ["4", "10"]);
    assert.equal(await tab.locator("#linear .bp-steps-bar input[type=range]").inputValue(), "2");
    assert.equal(await tab.locator("#linear .bp-offers").count(), 1);
    assert.ok(await isTheSame(tab));
  },
  async "code that changes can be copied, and a heading gets into the contents"(tab) {
    save(NOTE, note().replace("안녕", "세상").replace("## 코드", "## 새 제목\n\n글.\n\n## 코드"));
    await shows(tab, "새 제목");
    assert.equal(await tab.locator(".code-box").count(), 1);
    assert.ok((await tab.locator(".code-box pre").textContent()).includes("세상"));
    assert.equal(await tab.locator(".toc a", { hasText: "새 제목" }).count(), 1);
    assert.ok(await isTheSame(tab));
  },
  async "an error is shown over the last page, until it is mended"(tab) {
    save(NOTE, note({ claim: "expect 가중치 = 1", end: "이 글은 아직 나오지 않는다." }));
    await part(tab, ".panel").waitFor();
    const text = await part(tab, ".items").textContent();
    assert.ok(server.said().includes(text.split("\n").slice(0, 4).join("\n").trim()), `${text}\n---\n${server.said()}`);
    assert.ok(!(await tab.locator("main").textContent()).includes("아직 나오지 않는다"));
    // The caret stands under what it points at, although Hangul comes from another font.
    const [word, caret] = await part(tab, "pre").first().evaluate((pre) => {
      const wide = [...pre.querySelectorAll("i")].map((i) => [i.textContent, i.getBoundingClientRect()]);
      const at = wide.findIndex(([c], i) => c === "가" && wide[i + 1][0] === "중" && wide[i][1].top > pre.getBoundingClientRect().top + 20);
      const walker = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
      for (let node; (node = walker.nextNode()); ) {
        const place = node.data.indexOf("^");
        if (place < 0) continue;
        const range = document.createRange();
        range.setStart(node, place);
        range.setEnd(node, place + 1);
        return [wide[at][1].left, range.getBoundingClientRect().left];
      }
    });
    assert.ok(Math.abs(word - caret) < 1.5, `${word} ${caret}`);
    assert.match(await part(tab, ".said").textContent(), /오류 1개/);
    await tab.keyboard.press("Escape");
    assert.ok(await part(tab, ".panel").isHidden());
    assert.ok(await part(tab, ".badge").isVisible());
    save(NOTE, note({ claim: "expect f = <img src=x>" }));
    await part(tab, ".panel").waitFor();
    assert.equal(await part(tab, "img").count(), 0);
    save(NOTE, note({ end: "고친 글이다." }));
    await shows(tab, "고친 글이다");
    await part(tab, ".panel").waitFor({ state: "hidden" });
    assert.ok(await part(tab, ".badge").isHidden());
    assert.ok(await isTheSame(tab));
  },
  async "of many quick edits the last one counts"(tab) {
    for (let i = 0; i < 20; i++) save(NOTE, note({ end: `${i}번째로 고친 글이다.` }));
    await shows(tab, "19번째로 고친 글이다");
    assert.ok(await isTheSame(tab));
  },
  async "style sheets are exchanged, scripts open the page anew"(tab) {
    write("templates/custom.css", "main { outline: 1px solid rgb(1, 2, 3) }");
    await tab.waitForFunction(() => getComputedStyle(document.querySelector("main")).outlineColor === "rgb(1, 2, 3)");
    await mark(tab);
    write("templates/custom.css", "main { outline: 1px solid rgb(4, 5, 6) }");
    await tab.waitForFunction(() => getComputedStyle(document.querySelector("main")).outlineColor === "rgb(4, 5, 6)");
    assert.ok(await isTheSame(tab));
    await tab.waitForFunction(() => document.querySelectorAll("link[rel=stylesheet]").length === 2);
    await tab.evaluate(() => scrollTo({ top: 900, behavior: "instant" }));
    await tab.locator("main details.answer").evaluate((fold) => (fold.open = true));
    write("templates/own.js", "// new");
    await tab.waitForFunction(() => globalThis.isTheSame === undefined && document.readyState === "complete");
    assert.ok(Math.abs((await tab.evaluate(() => scrollY)) - 900) < 5);
    assert.ok(await tab.locator("main details.answer").evaluate((fold) => fold.open));
    rmSync(join(folder, "templates"), { recursive: true });
    await tab.waitForFunction(() => !document.querySelector('link[href*="custom.css"]'));
  },
  async "another note does not disturb, and one that comes is there"(tab) {
    save("content/course/02-other.ko.md", "# 다른 노트\n\n다른 글이 바뀌었다.\n");
    const other = await newTab();
    await other.goto(`${server.address}ko/course/third.html`);
    await mark(other);
    write("content/course/03-third.ko.md", "# 셋째\n\n셋째 노트이다.\n");
    await shows(other, "셋째 노트이다");
    rmSync(join(folder, "content/course/03-third.ko.md"));
    await part(other, ".notice").waitFor();
    assert.match(await part(other, ".notice").textContent(), /없습니다/);
    await other.close();
    assert.ok(await isTheSame(tab));
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes("404")));
  },
  async "hundreds of listeners and slow readers are no burden"(tab) {
    const files = () => readdirSync(`/proc/${server.child.pid}/fd`).length;
    const base = files();
    const { hostname, port } = new URL(server.address);
    const ask = (text) =>
      new Promise((done, fail) => {
        const socket = connect(port, hostname, () => (socket.write(text), done(socket)));
        socket.once("error", fail);
      });
    const head = `HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`;
    const sockets = [];
    for (let i = 0; i < 300; i++) sockets.push(await ask(`GET /_bpdoc/events?page=/ko/course/linear.html ${head}`));
    for (let i = 0; i < 300; i++) sockets.push((await ask(i % 2 ? "GET / HT" : `GET /assets/kernels.js ${head}`)).pause());
    let told = 0;
    for (const socket of sockets.slice(0, 300)) socket.on("data", (text) => `${text}`.includes('"page":') && (told += 1));
    await mark(tab);
    save(NOTE, note({ end: "모두에게 알린 글이다." }));
    await shows(tab, "모두에게 알린 글이다");
    assert.ok(told >= 300, `${told}`);
    for (const socket of sockets) socket.destroy();
    for (let tries = 0; files() > base + 5; tries++) {
      assert.ok(tries < 100, `${base} → ${files()}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  },
  async "a page waits for a server that is started anew"(tab) {
    const { port } = new URL(server.address);
    assert.equal(await stop(server), 0);
    await part(tab, ".notice").waitFor();
    assert.match(await part(tab, ".notice").textContent(), /끊겼습니다/);
    save(NOTE, note({ end: "그사이에 고친 글이다." }));
    server = await start(port);
    await shows(tab, "그사이에 고친 글이다");
    assert.ok(await part(tab, ".notice").isHidden());
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !/ERR_CONNECTION|Failed to load|ERR_INCOMPLETE/.test(text)));
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  const tab = await newTab();
  save(NOTE, note());
  try {
    // The page is waited for until it is that of the note as it is.
    await tab.goto(address());
    await shows(tab, "마지막 문단이다.");
    await tab.waitForFunction(() => globalThis.bpdoc?.desk);
    await mark(tab);
    complaints.length = 0;
    await check(tab);
    assert.deepEqual(complaints, []);
    console.log(`ok    ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}\n${error.stack}\n${complaints.join("\n")}`);
  }
  complaints.length = 0;
  await tab.close();
}
await browser.close();
await stop(server);
rmSync(folder, { recursive: true });
process.exitCode = failed ? 1 : 0;
