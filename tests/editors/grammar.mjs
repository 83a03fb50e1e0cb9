// The TextMate grammars as Visual Studio Code reads them: which scope each word of a block has, in a fence of its own, in a
// quote and in a list. Usage: node grammar.mjs BPDOC
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import onigurumaModule from "vscode-oniguruma";
import textmateModule from "vscode-textmate";

const { Registry, INITIAL, parseRawGrammar } = textmateModule;
const { loadWASM, OnigScanner, OnigString } = onigurumaModule;
const editor = fileURLToPath(new URL("../../editors/vscode/", import.meta.url));
const manifest = JSON.parse(readFileSync(`${editor}package.json`, "utf8"));

await loadWASM(readFileSync(createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm")));
const paths = new Map(manifest.contributes.grammars.map((grammar) => [grammar.scopeName, editor + grammar.path]));
const registry = new Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new OnigScanner(patterns),
    createOnigString: (text) => new OnigString(text),
  }),
  loadGrammar: async (scope) => {
    if (scope === "text.html.markdown") {
      // What of Markdown matters here: paragraphs are plain, quotes and lists wrap other blocks.
      const quote = { begin: "(^|\\G)[ ]{0,3}(>) ?", while: "(^|\\G)\\s*(>) ?", name: "markup.quote.markdown", patterns: [] };
      return parseRawGrammar(JSON.stringify({ scopeName: scope, patterns: [quote] }), "markdown.json");
    }
    return paths.has(scope) ? parseRawGrammar(readFileSync(paths.get(scope), "utf8"), paths.get(scope)) : null;
  },
  getInjections: (scope) => manifest.contributes.grammars.filter((g) => g.injectTo?.includes(scope)).map((g) => g.scopeName),
});

async function scopes(scopeName, text) {
  const grammar = await registry.loadGrammar(scopeName);
  let state = INITIAL;
  return text.split("\n").flatMap((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    return tokens.map((token) => ({ word: line.slice(token.startIndex, token.endIndex), scopes: token.scopes.join(" ") }));
  });
}

/** `word:scope` pairs: each word is looked for in order, and its innermost scopes must hold the scope. */
async function check(scopeName, text, ...expected) {
  const tokens = await scopes(scopeName, text);
  let at = 0;
  for (const [word, scope] of expected) {
    while (at < tokens.length && tokens[at].word.trim() !== word) at += 1;
    assert.ok(at < tokens.length, `no token \`${word}\` in ${text}: ${JSON.stringify(tokens)}`);
    assert.ok(tokens[at].scopes.includes(scope), `\`${word}\` in \`${text}\` is ${tokens[at].scopes}, not ${scope}`);
    at += 1;
  }
}

const graph = "source.bpdoc.graph";
const ops = execFileSync(process.argv[2], ["ops", "--lang", "en"], { encoding: "utf8" }).split("\n");
const called = ops.map((line) => line.match(/^([a-z_0-9]+)\(/)?.[1]).filter(Boolean);
assert.ok(called.length > 70);
for (const op of called) {
  await check(graph, `결과_1 = 2 + ${op}(가중치)`, ["결과_1", "variable.other.definition"], [op, "support.function.op"], ["가중치", "variable.other"]);
}
for (const operator of ops.map((line) => line.match(/^a (\S+) b /)?.[1]).filter(Boolean)) {
  await check(graph, `y = a ${operator} b`, [operator, "keyword.operator"]);
}
for (const role of ["param", "input", "const"]) {
  await check(graph, `${role} 가중치 = -2.5e-3 # 가중치 | weight`, [role, "storage.modifier"], ["가중치", "variable.other.definition"], ["2.5e-3", "constant.numeric"], ["#", "punctuation.definition.comment"], ["|", "punctuation.separator.language"], ["weight", "comment.line"]);
}
await check(graph, "expect ∂²f/∂x∂y = 5 within 1e-6", ["expect", "keyword.control"], ["∂²", "keyword.operator.derivative"], ["f", "variable.other"], ["=", "keyword.operator"], ["5", "constant.numeric"], ["within", "keyword.control"]);
await check(graph, "expect df/dw = 5", ["d", "keyword.operator.derivative"], ["f", "variable.other"], ["d", "keyword.operator.derivative"], ["w", "variable.other"]);
await check(graph, "output f, g", ["output", "keyword.control"], ["f", "variable.other"]);
await check(graph, "def 뉴런(x, w) = sigmoid(w @ x)", ["def", "keyword.control"], ["뉴런", "entity.name.function"], ["x", "variable.parameter"], ["sigmoid", "support.function.op"]);
await check(graph, "for t in 1..4 { h[t] = w * h[t-1] }", ["for", "keyword.control"], ["t", "variable.parameter"], ["in", "keyword.control"], ["1", "constant.numeric"], ["..", "keyword.operator"], ["h", "variable.other.definition"]);
await check(graph, "group 은닉층 | hidden {", ["group", "keyword.control"], ["은닉층 | hidden", "string.unquoted.label"], ["{", "punctuation.section.block"]);
await check(graph, "y = sum(X, axis=1).T + pi + normal(2, seed=1)", ["axis", "variable.parameter.attribute"], ["T", "transpose"], ["pi", "constant.language"], ["normal", "support.function.tensor"]);
await check(graph, "expect = 2", ["expect", "variable.other.definition"]);
await check(graph, "summary = sumx(x)", ["summary", "variable.other.definition"], ["sumx", "entity.name.function"]);

const train = "source.bpdoc.train";
for (const word of ["minimize", "rate", "steps", "optimizer", "report", "expect"]) {
  await check(train, `${word} 1`, [word, "keyword.control"]);
}
await check(train, "minimize 손실 over W, b # 설명", ["손실", "variable.other"], ["over", "keyword.control"], ["#", "punctuation.definition.comment"]);
for (const optimizer of ["sgd", "momentum", "nesterov", "rmsprop", "adam"]) {
  await check(train, `optimizer ${optimizer}`, [optimizer, "support.function.optimizer"]);
}

for (const prefix of ["", "> ", "   "]) {
  const note = ["글", "```graph #선형 dir=down", "w = sigmoid(2) # 가중치", "expect w = 1", "```", "w = sigmoid(2)"].map((line) => prefix + line);
  await check("text.html.markdown", note.join("\n"), ["graph", "fenced_code.block.language"], ["#선형", "entity.name.tag.id"], ["dir", "attribute-name"], ["down", "string.unquoted"], ["w", "meta.embedded.block.bpdoc.graph"], ["sigmoid", "support.function.op"], ["expect", "keyword.control"], ["```", "punctuation.definition.markdown"]);
  const behind = (await scopes("text.html.markdown", note.join("\n"))).at(-1);
  assert.ok(!behind.scopes.includes("bpdoc"), `the block ends with its fence: ${behind.scopes}`);
}
await check("text.html.markdown", "```train #a of=#b\nrate 0.1\n```", ["of", "attribute-name"], ["rate", "keyword.control"]);
const other = await scopes("text.html.markdown", "```graphviz\nw = 1\n```");
assert.ok(other.every((token) => !token.scopes.includes("bpdoc")), "a fence of another word is not ours");
console.log(`${called.length} ops and all statements have their colours`);
