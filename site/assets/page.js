// Small comforts: code can be copied with one press, and a switch of language keeps the section.
"use strict";

const words = document.currentScript.dataset;

for (const code of document.querySelectorAll("pre.code")) {
  const box = document.createElement("div");
  box.className = "code-box";
  code.replaceWith(box);
  const copy = document.createElement("button");
  copy.type = "button";
  copy.className = "copy";
  copy.textContent = words.copy;
  copy.addEventListener("click", async () => {
    // A page from a folder may have no clipboard: then the code is selected, ready for the keyboard.
    try {
      await navigator.clipboard.writeText(code.textContent);
      copy.textContent = words.copied;
      setTimeout(() => (copy.textContent = words.copy), 1500);
    } catch {
      getSelection().selectAllChildren(code);
    }
  });
  box.append(code, copy);
}

// The sections of a twin come in the same order: a page that was opened at one of them leads to the same one there.
const headings = [...document.querySelectorAll(".prose :is(h2, h3, h4, h5, h6)[id]")];
const aim = () => {
  const at = headings.findIndex((heading) => `#${heading.id}` === decodeURIComponent(location.hash));
  for (const link of document.querySelectorAll("a[data-sections]")) {
    const sections = link.dataset.sections.split(" ");
    const section = sections.length === headings.length ? sections[at] : undefined;
    link.hash = section ?? "";
  }
};
addEventListener("hashchange", aim);
aim();
