// Small comforts: code can be copied with one press, a switch of language keeps the section, and the contents show
// which one is being read.
"use strict";

const words = document.currentScript.dataset;

// Search engines ask for whole addresses, which a site that is not told where it stands knows only here.
if (location.protocol !== "file:") {
  for (const link of document.querySelectorAll("link[hreflang]")) link.setAttribute("href", link.href);
}

const withCopy = (code) => {
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
};

// The sections of a twin come in the same order: a page that was opened at one of them leads to the same one there.
const aim = () => {
  const headings = [...document.querySelectorAll(".prose :is(h2, h3, h4, h5, h6)[id]")];
  const at = headings.findIndex((heading) => `#${heading.id}` === decodeURIComponent(location.hash));
  for (const link of document.querySelectorAll("a[data-sections]")) {
    const sections = link.dataset.sections.split(" ");
    const section = sections.length === headings.length ? sections[at] : undefined;
    link.hash = section ?? "";
  }
};
addEventListener("hashchange", aim);

// A section is being read once its heading has passed the upper quarter of the window; at the end of the page, the last
// one is, however short it may be.
const followContents = (contents) => {
  const links = [...contents.querySelectorAll("a")];
  const sections = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  const passed = new Set();
  let isAtEnd = false;

  const follow = () => {
    const now = isAtEnd ? links.length - 1 : sections.findLastIndex((section) => passed.has(section));
    links.forEach((link, i) => {
      if (i === now) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    });
    if (now < 0) return;
    const [box, frame] = [links[now].getBoundingClientRect(), contents.getBoundingClientRect()];
    if (box.top < frame.top || box.bottom > frame.bottom) contents.scrollTop += box.top - frame.top - frame.height / 2;
  };

  // The margin reaches above everything, so that a heading that a jump leaves far behind has passed, too.
  const line = new IntersectionObserver(
    (changes) => {
      for (const { target, isIntersecting } of changes) passed[isIntersecting ? "add" : "delete"](target);
      follow();
    },
    { rootMargin: "9999999px 0px -75% 0px" },
  );
  for (const section of sections) if (section) line.observe(section);
  const end = new IntersectionObserver(([{ isIntersecting }]) => {
    isAtEnd = isIntersecting && scrollY > 0;
    follow();
  });
  end.observe(document.querySelector(".site-footer"));
  return () => [line, end].forEach((observer) => observer.disconnect());
};

// A page that is shown while it is written gets parts anew.
let unfollow;
const comfort = (parts) => {
  for (const part of parts) [part, ...part.querySelectorAll("pre.code")].filter((element) => element.matches?.("pre.code")).forEach(withCopy);
  aim();
  unfollow?.();
  const contents = document.querySelector(".toc");
  unfollow = contents ? followContents(contents) : undefined;
};
comfort([document]);
document.addEventListener("bpdoc:changed", ({ detail }) => comfort(detail));
