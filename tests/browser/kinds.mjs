// One page of each kind and language of a built site: the smallest, since all of a kind are made alike. With the name of a
// site it prints their paths.
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const kindOf = (path, html) => {
  const language = /<html lang="([^"]+)"/.exec(html)[1];
  if (html.includes('http-equiv="refresh"')) return `${language} redirect`;
  const page = /<article class="(\w+)"/.exec(html)?.[1] ?? path.replace(/^..\//, "").replace(/^tags\/(?!index).*/, "tag");
  return [language, page, ...["bp-training", "bp-states", "listing"].filter((part) => html.includes(part))].join(" ");
};

export const pagesOfEachKind = (site) => {
  const chosen = new Map();
  for (const path of readdirSync(site, { recursive: true }).filter((path) => path.endsWith(".html")).sort()) {
    const html = readFileSync(join(site, path), "utf8");
    const kind = kindOf(path, html);
    if (html.length < (chosen.get(kind)?.size ?? Infinity)) chosen.set(kind, { path, size: html.length });
  }
  return [...chosen.values()].map(({ path }) => path);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const site = resolve(process.argv[2]);
  for (const path of pagesOfEachKind(site)) console.log(join(site, path));
}
