// Starts `bpdoc lsp` for Markdown files. Without the program, colours and snippets still work.
"use strict";

const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

async function activate() {
  const settings = workspace.getConfiguration("bpdoc");
  const lang = settings.get("lang");
  const server = { command: settings.get("path"), args: lang ? ["lsp", "--lang", lang] : ["lsp"] };
  client = new LanguageClient("bpdoc", "bpdoc", server, {
    documentSelector: [{ language: "markdown" }],
    initializationOptions: { inlayHints: settings.get("inlayHints") },
    synchronize: {
      configurationSection: "bpdoc",
      fileEvents: workspace.createFileSystemWatcher("**/{bpdoc.toml,*.md,*.tsv}"),
    },
  });
  await client.start();
}

async function deactivate() {
  await client?.stop();
}

module.exports = { activate, deactivate };
