// The language server, driven by the client library of Visual Studio Code over standard input and output.
// Usage: node lsp.mjs BPDOC
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import protocol from "vscode-languageserver-protocol/node";

const { createProtocolConnection, StreamMessageReader, StreamMessageWriter } = protocol;
const program = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), "bpdoc-lsp-"));
const content = join(folder, "노트", "content", "dl");
mkdirSync(content, { recursive: true });

const KO = `+++
title = "선형"
+++

## 첫 절 {#start}

가나 글 $\\val{df/dw}$, [](#linear)와 [](02-둘.ko.md#second)도 있다.

\`\`\`graph #linear
# 선형 | Linear
w = -2 # 가중치 | weight
입력 = 5    # 입력 | input
f = w * 입력 + relu(w)

expect f = -10
expect df/d입력 = -2
\`\`\`

> \`\`\`graph #loop
> f_0 = 1
> const h[0] = 1
> for t in 1..3 { h[t] = 2 * h[t-1] * f_0 }
> \`\`\`

\`\`\`graph
x = 2
y = x * 없음
\`\`\`
`;
const EN = "# Linear\n\n```graph #linear\n```\n\nThe number is $\\val{linear:df/dw}$.\n";
const SECOND = "# 둘\n\n```graph #second src=01-선형#linear\nw = 3\n```\n";
writeFileSync(join(content, "01-선형.ko.md"), KO);
writeFileSync(join(content, "01-선형.en.md"), EN);
writeFileSync(join(content, "02-둘.ko.md"), SECOND);
writeFileSync(join(folder, "alone.md"), "x\n");

/** A session with a server. */
class Session {
  constructor(options = {}) {
    this.child = spawn(program, ["lsp"], { env: { LANG: "en_US.UTF-8" }, stdio: ["pipe", "pipe", "inherit"] });
    this.connection = createProtocolConnection(new StreamMessageReader(this.child.stdout), new StreamMessageWriter(this.child.stdin));
    this.published = new Map();
    this.waiting = [];
    this.connection.onNotification("textDocument/publishDiagnostics", (params) => {
      this.published.set(params.uri, params);
      this.waiting = this.waiting.filter((wait) => !wait(params));
    });
    this.connection.onNotification("window/logMessage", (params) => (this.logged = params.message));
    this.connection.listen();
    this.options = options;
    this.texts = new Map();
  }

  async begin() {
    const { lang = "en", encodings, inlayHints } = this.options;
    const result = await this.ask("initialize", {
      processId: null, rootUri: null, locale: lang, initializationOptions: { inlayHints },
      capabilities: {
        general: encodings && { positionEncodings: encodings },
        textDocument: { publishDiagnostics: { relatedInformation: true }, completion: { completionItem: { snippetSupport: true } } },
      },
    });
    this.connection.sendNotification("initialized", {});
    this.bytes = result.capabilities.positionEncoding === "utf-8";
    return result;
  }

  ask(method, params) {
    return this.connection.sendRequest(method, params);
  }

  open(name, text) {
    const uri = pathToFileURL(name).href;
    this.texts.set(uri, text);
    this.connection.sendNotification("textDocument/didOpen", { textDocument: { uri, languageId: "markdown", version: 1, text } });
    return uri;
  }

  /** Puts `text` in the place of the first `part`. */
  edit(uri, part, text, version = 2) {
    const old = this.texts.get(uri);
    const [start, end] = [this.place(uri, part), this.place(uri, part, part.length)];
    assert.ok(old.includes(part));
    this.texts.set(uri, old.replace(part, () => text));
    const contentChanges = [{ range: { start, end }, text }];
    this.connection.sendNotification("textDocument/didChange", { textDocument: { uri, version }, contentChanges });
  }

  /** The place `ahead` characters behind the start of `part`. */
  place(uri, part, ahead = 0) {
    const text = this.texts.get(uri);
    const at = text.indexOf(part);
    assert.ok(at >= 0, `no ${part}`);
    return this.placeOf(text, at + ahead);
  }

  placeOf(text, at) {
    const lines = text.slice(0, at).split(/\r\n|\n/);
    const last = lines.at(-1);
    return { line: lines.length - 1, character: this.bytes ? Buffer.byteLength(last) : last.length };
  }

  at(uri, part, ahead = 0) {
    return { textDocument: { uri }, position: this.place(uri, part, ahead) };
  }

  /** The text between two places. */
  within(uri, { start, end }) {
    const lines = this.texts.get(uri).split("\n");
    const cut = (line, character) => (this.bytes ? Buffer.from(line).subarray(0, character).toString() : line.slice(0, character));
    const offset = ({ line, character }) => lines.slice(0, line).join("\n").length + (line ? 1 : 0) + cut(lines[line], character).length;
    return this.texts.get(uri).slice(offset(start), offset(end));
  }

  /** Waits for diagnostics of a document that suit. */
  diagnostics(uri, suit, seconds = 120) {
    const known = this.published.get(uri);
    if (known && suit(known.diagnostics)) return Promise.resolve(known.diagnostics);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${uri}: ${suit}\n${JSON.stringify(this.published.get(uri), null, 1)}`)), seconds * 1000);
      this.waiting.push((params) => {
        if (params.uri !== uri || !suit(params.diagnostics)) return false;
        clearTimeout(timer);
        resolve(params.diagnostics);
        return true;
      });
    });
  }

  async end() {
    await this.ask("shutdown");
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.connection.sendNotification("exit");
    assert.equal(await ended, 0);
  }
}

const codes = (diagnostics) => diagnostics.map((diagnostic) => diagnostic.code);
const first = join(content, "01-선형.ko.md");

async function features(options) {
  const session = new Session(options);
  const { capabilities } = await session.begin();
  assert.equal(capabilities.positionEncoding, options.encodings?.includes("utf-8") ? "utf-8" : "utf-16");
  const newline = options.crlf ? "\r\n" : "\n";
  const text = KO.replaceAll("\n", newline);
  const uri = session.open(first, text);
  const asked = (method, part, ahead) => session.ask(`textDocument/${method}`, session.at(uri, part, ahead));

  // Hover: a node, an op, an operator, a claim, a value, a member of a loop, a reference.
  const hover = async (part, ahead) => (await asked("hover", part, ahead))?.contents.value;
  const korean = options.lang === "ko";
  const node = await hover("입력 = 5", 1);
  for (const line of ["**입력** — 입력", "`leaf`", "5", "∂f/∂입력: -2", korean ? "값: 5" : "value: 5"]) assert.ok(node.includes(line), node);
  assert.ok((await hover("relu(w)", 2)).includes("relu(a)"));
  assert.ok((await hover(" * 입력", 1)).includes(korean ? "곱" : "multiplication"));
  assert.equal(await hover("df/d입력", 1), "**df/d입력** = -2");
  assert.equal(await hover("\\val{df/dw}", 6), "**df/dw** = 5");
  assert.ok((await hover("h[t] = 2")).includes("- **h[3]** = 8"));
  assert.ok((await hover("h[0]")).includes("**h[0]**"));
  assert.ok((await hover("](#linear)", 4)).includes("선형"));
  assert.ok((await hover("expect f", 2)).length > 10);
  assert.equal(await hover("가나 글", 1), undefined);

  // Definitions.
  const definition = async (part, ahead) => {
    const [found] = await asked("definition", part, ahead);
    return found && { name: decodeURIComponent(found.uri).split("/").at(-1), ...found };
  };
  assert.equal(session.within(uri, (await definition("w * 입력", 5)).range), "입력");
  assert.equal(session.within(uri, (await definition("d입력", 1)).range), "입력");
  assert.equal(session.within(uri, (await definition("h[t-1]", 2)).range), "t");
  assert.equal(session.within(uri, (await definition("\\val{df/dw}", 9)).range), "w");
  assert.equal((await definition("](#linear)", 4)).range.start.line, 8);
  const second = await definition("02-둘.ko.md", 3);
  assert.equal(`${second.name} ${second.range.start.line}`, "02-둘.ko.md 2");

  // References and renaming: in the block and in the prose.
  const references = await session.ask("textDocument/references", { ...session.at(uri, "w = -2"), context: { includeDeclaration: true } });
  assert.deepEqual(references.map(({ range }) => session.within(uri, range)), ["w", "w", "w", "w"]);
  const { changes } = await session.ask("textDocument/rename", { ...session.at(uri, "w = -2"), newName: "가중치" });
  assert.equal(changes[uri].length, 4);
  await assert.rejects(session.ask("textDocument/rename", { ...session.at(uri, "w = -2"), newName: "2w" }));
  assert.equal(session.within(uri, await asked("prepareRename", "입력 + relu", 1)), "입력");
  assert.equal(await asked("prepareRename", "relu(w)", 1), null);

  // The outline.
  const [section] = await session.ask("textDocument/documentSymbol", { textDocument: { uri } });
  assert.equal(section.name, "첫 절");
  assert.deepEqual(section.children.map((child) => child.name), ["graph #linear", "graph #loop", "graph"]);
  assert.deepEqual(section.children[0].children.map((child) => `${child.name} ${child.detail}`), ["w -2", "입력 5", "f -10"]);

  // Values behind the lines.
  const whole = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
  const hints = await session.ask("textDocument/inlayHint", { textDocument: { uri }, range: whole });
  if (options.inlayHints === false) {
    assert.deepEqual(hints, []);
  } else {
    const shown = hints.map((hint) => `${text.split(newline)[hint.position.line].slice(0, 6)}: ${hint.label}`);
    assert.deepEqual(shown.slice(0, 3), ["w = -2: ∂f/∂w = 5", "입력 = 5: ∂f/∂입력 = -2", "f = w : = -10"]);
    assert.deepEqual(hints[2].position, session.place(uri, "+ relu(w)", 9));
  }

  // Completion.
  const labels = async (part, ahead) => (await asked("completion", part, ahead)).map((item) => item.label);
  const names = await labels("w * 입력", 0);
  for (const name of ["w", "입력", "relu", "softmax_cross_entropy", "grad", "zeros"]) assert.ok(names.includes(name), name);
  assert.ok((await labels("expect f = -10", 0)).includes("param"));
  assert.ok((await labels("expect f = -10", 7)).includes("df/d입력"));
  assert.ok((await labels("](#linear)", 3)).includes("linear"));
  assert.ok((await labels("02-둘.ko.md#second", "02-둘.ko.md#".length)).includes("second"));
  assert.ok((await labels("\\val{df/dw}", 5)).includes("loop:"));
  assert.ok((await labels("graph #linear", 6)).includes("dir"));
  assert.deepEqual(await labels("# 가중치", 3), []);

  // Formatting changes the blanks of blocks alone.
  const edits = await session.ask("textDocument/formatting", { textDocument: { uri }, options: { tabSize: 2, insertSpaces: true } });
  assert.deepEqual(edits.map((edit) => edit.newText), ["w = -2    # 가중치 | weight", "입력 = 5  # 입력 | input"]);
  assert.equal(session.within(uri, edits[0].range).replace("\r", ""), "w = -2 # 가중치 | weight");

  // A mistake, in the language of the client.
  const found = await session.diagnostics(uri, (diagnostics) => codes(diagnostics).includes("unknown-name"));
  const mistake = found.find((diagnostic) => diagnostic.code === "unknown-name");
  assert.equal(session.within(uri, mistake.range), "없음");
  assert.equal(/[가-힣]/.test(mistake.message.replaceAll(/`[^`]*`/g, "")), korean);
  await session.end();
}

async function mistakes() {
  const session = new Session();
  await session.begin();
  const uri = session.open(first, KO);
  // What the note says by itself, and then what only the whole project knows.
  session.edit(uri, "[](#linear)", "[](#nothing) [x](없다.ko.md)");
  await session.diagnostics(uri, (all) => codes(all).includes("unknown-reference") && codes(all).includes("dead-link"));
  session.edit(uri, "expect f = -10", "expect f = -11", 3);
  const [claim] = (await session.diagnostics(uri, (all) => codes(all).includes("failed-claim"))).filter((d) => d.code === "failed-claim");
  assert.equal(claim.message, "gate `f`: claimed f = -11, found -10\nhelp: to these digits it is `expect f = -10`");
  assert.equal(session.within(uri, claim.range), "expect f = -11");
  assert.ok(codes(session.published.get(uri).diagnostics).includes("dead-link"), "what the project knows stays meanwhile");
  session.edit(uri, "expect f = -11", "w = 3\nexpect f = -10", 4);
  const twice = (await session.diagnostics(uri, (all) => codes(all).includes("double-definition"))).find((d) => d.code === "double-definition");
  assert.equal(session.within(uri, twice.relatedInformation[0].location.range), "w");
  session.edit(uri, "w = 3\nexpect", "expect", 5);
  session.edit(uri, "[](#nothing) [x](없다.ko.md)", "", 6);
  const settled = await session.diagnostics(uri, (all) => !codes(all).some((code) => ["dead-link", "double-definition", "failed-claim"].includes(code)));
  assert.ok(settled.every((d) => d.source === "bpdoc"));

  // The memory wins over the disk, for other notes, too.
  const twin = session.open(join(content, "01-선형.en.md"), EN);
  session.edit(uri, "w = -2 ", "w = -4 ", 7);
  assert.equal((await session.ask("textDocument/hover", session.at(twin, "df/dw", 1))).contents.value, "**df/dw** = 5");
  assert.equal((await session.ask("textDocument/definition", session.at(twin, "#linear", 2)))[0].uri, uri);
  const reuse = session.open(join(content, "02-둘.ko.md"), SECOND);
  session.edit(reuse, "w = 3", "w = 3\nexpect f = 18\nexpect df/d입력 = 4", 2);
  await session.diagnostics(reuse, (all) => codes(all).includes("failed-claim"));
  session.connection.sendNotification("textDocument/didClose", { textDocument: { uri: reuse } });
  await session.diagnostics(reuse, (all) => all.length === 0);

  // A note outside of projects, and a document that is no file.
  for (const name of ["file", "untitled"]) {
    const text = "가 $\\val{y}$\n\n```graph\nx = 2\ny = x *\nz = x * 3\n```\n";
    const alone = name === "file" ? session.open(join(folder, "alone.md"), text) : "untitled:Untitled-1";
    if (name === "untitled") {
      session.texts.set(alone, text);
      session.connection.sendNotification("textDocument/didOpen", { textDocument: { uri: alone, languageId: "markdown", version: 1, text } });
    }
    await session.diagnostics(alone, (all) => codes(all).includes("missing-operand"));
    assert.ok((await session.ask("textDocument/hover", session.at(alone, "z = x"))).contents.value.includes("6"));
  }
  await session.end();
}

/** What others write to the disk, and what is saved. */
async function disk() {
  const session = new Session();
  await session.begin();
  const [other, third] = [join(content, "01-선형.ko.md"), join(content, "03-셋.ko.md")];
  const tell = (path, type) =>
    session.connection.sendNotification("workspace/didChangeWatchedFiles", { changes: [{ uri: pathToFileURL(path).href, type }] });
  const twin = session.open(join(content, "01-선형.en.md"), EN);
  const value = async () => (await session.ask("textDocument/hover", session.at(twin, "df/dw", 1))).contents.value;
  assert.equal(await value(), "**df/dw** = 5");
  writeFileSync(other, KO.replace("입력 = 5 ", "입력 = 7 "));
  tell(other, 2);
  assert.equal(await value(), "**df/dw** = 7");
  writeFileSync(other, KO);
  session.connection.sendNotification("textDocument/didSave", { textDocument: { uri: pathToFileURL(other).href } });
  assert.equal(await value(), "**df/dw** = 5");

  const reuse = session.open(join(content, "02-둘.ko.md"), `${SECOND}\n[셋](03-셋.ko.md)\n`);
  await session.diagnostics(reuse, (all) => codes(all).includes("dead-link"));
  writeFileSync(third, "# 셋\n");
  tell(third, 1);
  await session.diagnostics(reuse, (all) => !codes(all).includes("dead-link"));
  rmSync(third);
  tell(third, 3);
  await session.diagnostics(reuse, (all) => codes(all).includes("dead-link"));
  await session.end();
}

/** Edits that come faster than answers; at the end the server knows what the client knows. */
async function rapid() {
  const session = new Session();
  await session.begin();
  const uri = session.open(first, KO);
  let version = 1;
  const pending = [];
  let old = "w = -2 ";
  for (const typed of ["w = -", "w = ", "w =", "w ", "w1", "가중 ", "가중 = 0.", "w = 0.5", "w = -3 "]) {
    session.edit(uri, old, typed, (version += 1));
    pending.push(session.ask("textDocument/hover", session.at(uri, "relu(w)", 5)), session.ask("textDocument/completion", session.at(uri, "f = w *", 4)));
    old = typed;
  }
  const source = new protocol.CancellationTokenSource();
  const cancelled = session.connection.sendRequest("textDocument/documentSymbol", { textDocument: { uri } }, source.token);
  source.cancel();
  await cancelled.catch((error) => assert.equal(error.code, -32800));
  await Promise.all(pending);
  const hover = await session.ask("textDocument/hover", session.at(uri, "relu(w)", 5));
  assert.ok(hover.contents.value.includes("value: -3"), hover.contents.value);
  await session.end();
}

/** What no client should send leaves the server standing. */
async function garbage() {
  const session = new Session();
  await assert.rejects(session.ask("textDocument/hover", {}), { code: -32002 });
  await session.begin();
  const uri = session.open(first, KO);
  const far = { line: 2 ** 31 - 1, character: 2 ** 31 - 1 };
  const raw = (text) => session.child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  raw("{");
  raw('{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":3}}');
  raw('{"jsonrpc":"2.0","method":"textDocument/didOpen"}');
  raw('[1,2,3]');
  for (const method of ["hover", "definition", "completion", "prepareRename"]) {
    await session.ask(`textDocument/${method}`, { textDocument: { uri }, position: far });
    await assert.rejects(session.ask(`textDocument/${method}`, { textDocument: { uri: "file:///nothing.md" }, position: far }));
    await assert.rejects(session.ask(`textDocument/${method}`, null));
  }
  await assert.rejects(session.ask("textDocument/nothing", {}), { code: -32601 });
  await session.ask("textDocument/inlayHint", { textDocument: { uri }, range: { start: far, end: { line: 0, character: 0 } } });
  // Every prefix of the note is a note.
  for (let end = 0; end < KO.length; end += 7) {
    const text = KO.slice(0, end);
    session.connection.sendNotification("textDocument/didChange", { textDocument: { uri, version: end + 2 }, contentChanges: [{ text }] });
    session.texts.set(uri, text);
    const position = session.placeOf(text, end);
    await Promise.all(["hover", "completion", "definition"].map((method) => session.ask(`textDocument/${method}`, { textDocument: { uri }, position })));
  }
  assert.ok(session.logged.includes("malformed"));
  await session.end();
}

/** A graph that is too large to be run while somebody waits is run by those who check the project. */
async function large() {
  const session = new Session();
  await session.begin();
  const text = "```graph #large\nparam w = 1\nh[0] = w\nfor t in 1..21000 { h[t] = h[t-1] + 1 }\n```\n";
  const uri = session.open(join(content, "04-크다.ko.md"), text);
  await session.ask("textDocument/hover", session.at(uri, "w = 1"));
  await session.diagnostics(uri, (all) => codes(all).includes("too-large-to-draw"));
  const hover = await session.ask("textDocument/hover", session.at(uri, "w = 1"));
  assert.ok(hover.contents.value.includes("∂h[21000]/∂w: 1"), hover.contents.value);
  await session.end();
}

/** How long answers take on a note of 1,000 lines while it is being written. */
async function speed() {
  const session = new Session();
  await session.begin();
  const part = (i) => `## 절 ${i}\n\n글 $x^2$과 값 $\\val{g${i}:df/dw}$이 있다.\n\n\`\`\`graph #g${i}\n# 그림 | Figure\nparam w = ${i}.5  # 가중치 | weight\ninput x = [1, 2, 3]\nz = w * x + 1\na = tanh(z)\nf = sum(a)\n\nexpect f > -10\n\`\`\`\n\n`;
  const text = Array.from({ length: 67 }, (_, i) => part(i)).join("");
  const lines = text.split("\n").length;
  const uri = session.open(join(content, "03-길다.ko.md"), text);
  const at = (line, character) => ({ textDocument: { uri }, position: { line, character } });
  const middle = 33 * 15;
  const asks = {
    hover: () => session.ask("textDocument/hover", at(middle + 10, 8)),
    completion: () => session.ask("textDocument/completion", at(middle + 10, 8)),
    definition: () => session.ask("textDocument/definition", at(middle + 10, 8)),
    documentSymbol: () => session.ask("textDocument/documentSymbol", { textDocument: { uri } }),
    inlayHint: () => session.ask("textDocument/inlayHint", { textDocument: { uri }, range: { start: { line: middle, character: 0 }, end: { line: middle + 60, character: 0 } } }),
    formatting: () => session.ask("textDocument/formatting", { textDocument: { uri }, options: { tabSize: 2, insertSpaces: true } }),
  };
  await asks.hover();
  // What the thread that answers has computed, where the system tells: other programs do not count then.
  const own = `/proc/${session.child.pid}/task/${session.child.pid}/schedstat`;
  const computed = () => (existsSync(own) ? Number(readFileSync(own, "utf8").split(" ")[0]) / 1e6 : NaN);
  const medians = {};
  const costs = {};
  let version = 1;
  for (const [name, ask] of Object.entries(asks)) {
    const times = [];
    const before = computed();
    for (let i = 0; i < 15; i += 1) {
      // Each answer is to a note that has just changed.
      const change = { range: { start: { line: middle + 8, character: 12 }, end: { line: middle + 8, character: 13 } }, text: String(i % 10) };
      session.connection.sendNotification("textDocument/didChange", { textDocument: { uri, version: (version += 1) }, contentChanges: [change] });
      const start = performance.now();
      await ask();
      times.push(performance.now() - start);
    }
    medians[name] = times.sort((a, b) => a - b)[7];
    costs[name] = (computed() - before) / times.length;
  }
  await session.end();
  const shown = Object.entries(medians).map(([name, time]) => `${name} ${time.toFixed(1)} ms (${costs[name].toFixed(1)} of them computing)`);
  console.log(`after an edit in ${lines} lines: ${shown.join(", ")}`);
  assert.ok(Math.max(...Object.values(medians)) < 2000, "an answer that takes seconds has stopped being one");
}

try {
  await features({});
  await features({ lang: "ko", crlf: true });
  await features({ encodings: ["utf-8", "utf-16"], inlayHints: false });
  await mistakes();
  await disk();
  await rapid();
  await garbage();
  await large();
  await speed();
  console.log("the language server answers as it should");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
