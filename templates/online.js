// Before the page is drawn: from a server, fonts that come late wait for the next page (see site.css). They are fetched once the
// page has been drawn, so that they do not delay it; what has been fetched is remembered.
"use strict";
{
  const fonts = { sans: ["1em 'bpdoc Sans Kept'", "bold 1em 'bpdoc Sans Kept'"], formulas: ["1em 'STIX Two Math Kept'"] };
  const root = document.documentElement.classList;
  const shelf = (name) => `bpdoc:font:${name}`;
  const keep = (name) =>
    Promise.all(fonts[name].map((font) => document.fonts.load(font))).then((faces) => {
      if (faces.flat().length > 0) localStorage.setItem(shelf(name), "kept");
    });

  if (location.protocol !== "file:") {
    root.add("online");
    let late = [];
    try {
      late = Object.keys(fonts).filter((name) => !localStorage.getItem(shelf(name)));
    } catch {
      // Where nothing may be remembered, the page asks for its fonts itself.
    }
    for (const name of Object.keys(fonts)) if (!late.includes(name)) root.add(`has-${name}`);
    // A page may have been loaded before it is drawn.
    const drawn = new Promise((done) => {
      const isDrawn = (list) => list.getEntriesByName("first-contentful-paint").length > 0 && done();
      new PerformanceObserver(isDrawn).observe({ type: "paint", buffered: true });
    });
    addEventListener("load", async () => {
      await drawn;
      for (const name of late) if (name === "sans" || document.querySelector("math")) keep(name).catch(() => {});
    });
  }
}
