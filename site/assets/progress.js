// Which notes have been read. Only this browser knows, and only what its reader has ticked; without JavaScript, or where
// a browser keeps nothing, none of it shows.
"use strict";
{
  const { root, read } = document.currentScript.dataset;
  const site = new URL(root || "./", location.href).href;
  const shelf = `bpdoc-read ${site}`;
  // A note goes by its address without the language: who has read it in one has read it in all.
  const nameOf = (address) => address.split(/[?#]/)[0].slice(site.length).replace(/^[^/]*\//, "");

  const load = () => {
    try {
      const names = JSON.parse(localStorage.getItem(shelf));
      return new Set(Array.isArray(names) ? names : []);
    } catch {
      return new Set();
    }
  };

  const mark = document.querySelector(".read-mark");
  const counts = [...document.querySelectorAll(".read-count")];
  const listed = (count) => [...count.closest(".series").querySelectorAll(".note-list a")];

  const show = () => {
    const names = load();
    if (mark) mark.querySelector("input").checked = names.has(nameOf(location.href));
    for (const link of document.querySelectorAll(".series .note-list a, .neighbours a")) {
      const isRead = names.has(nameOf(link.href));
      const sign = link.querySelector(".read");
      if (sign && !isRead) sign.remove();
      if (!isRead || sign) continue;
      const added = document.createElement("span");
      added.className = "read";
      added.lang = document.documentElement.lang;
      added.textContent = read;
      link.append(" ", added);
    }
    for (const count of counts) {
      const notes = listed(count);
      const done = notes.filter((link) => names.has(nameOf(link.href))).length;
      count.hidden = done === 0;
      count.querySelector("span").textContent = count.dataset.count.replace("{read}", done).replace("{all}", notes.length);
    }
  };

  const change = (isRead, changed) => {
    const names = load();
    for (const name of changed) names[isRead ? "add" : "delete"](name);
    if (names.size > 0) localStorage.setItem(shelf, JSON.stringify([...names]));
    else localStorage.removeItem(shelf);
    show();
  };

  const keeps = () => {
    try {
      localStorage.getItem(shelf);
      return true;
    } catch {
      return false;
    }
  };

  if (keeps()) {
    if (mark) {
      mark.hidden = false;
      mark.addEventListener("change", ({ target }) => change(target.checked, [nameOf(location.href)]));
    }
    for (const count of counts) {
      count.querySelector("button").addEventListener("click", () => {
        const notes = listed(count);
        // The button is about to go.
        notes[0].focus();
        change(false, notes.map((link) => nameOf(link.href)));
      });
    }
    // Also in other windows, when one comes back to this page, and when it gets parts anew while it is written.
    addEventListener("storage", show);
    addEventListener("pageshow", show);
    document.addEventListener("bpdoc:changed", show);
  }
}
