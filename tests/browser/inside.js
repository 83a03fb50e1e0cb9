// Runs in the page: every text of every figure, and whether it lies inside the box that it belongs to. Defines
// `textsOfFigures`, which returns { counts, faults }; a figure in a closed fold has no boxes, so folds are opened.
globalThis.textsOfFigures = () => {
  // A line's rounding and its anti-aliased rim.
  const TOLERANCE = 0.75;
  const counts = {};
  const faults = [];

  const box = ({ x, y, width, height }) => ({ left: x, top: y, right: x + width, bottom: y + height });

  const isInside = (inner, outer) =>
    inner.left >= outer.left - TOLERANCE && inner.right <= outer.right + TOLERANCE &&
    inner.top >= outer.top - TOLERANCE && inner.bottom <= outer.bottom + TOLERANCE;

  // What a text belongs to: its kind, and a test of the text's box.
  const room = (text) => {
    const label = text.closest(".label");
    if (label) {
      const [x, y, width, height] = label.dataset.box.split(" ").map(Number);
      return ["label", (found) => isInside(found, box({ x, y, width, height }))];
    }
    const frame = text.closest(".group")?.querySelector(".frame");
    if (frame) return ["frame", (found) => isInside(found, box(frame.getBBox()))];
    const outline = text.closest(".node")?.querySelector(".outline");
    if (outline?.localName === "ellipse") return ["ellipse", (found) => isInsideEllipse(found, outline, text)];
    if (outline) return ["node", (found) => isInside(found, box(outline.getBBox()))];
    if (text.closest(".bpcurve")) return ["curve", (found) => isInside(found, box(text.ownerSVGElement.viewBox.baseVal))];
    return ["stray", () => false];
  };

  // The corners of a text's box are empty: what must lie inside an ellipse is the ink, from the baseline to the
  // height of the digits.
  const isInsideEllipse = (found, { cx, cy, rx, ry }, text) => {
    const [x, y, w, h] = [cx, cy, rx, ry].map((length) => length.baseVal.value);
    const baseline = text.y.baseVal[0].value;
    const top = baseline - 0.72 * parseFloat(getComputedStyle(text).fontSize);
    const corners = [found.left, found.right].flatMap((left) => [[left, baseline], [left, top]]);
    return corners.every(([left, height]) => ((left - x) / (w + TOLERANCE)) ** 2 + ((height - y) / (h + TOLERANCE)) ** 2 <= 1);
  };

  for (const fold of document.querySelectorAll("details")) {
    // Of folds with one name, only one is open at a time.
    fold.removeAttribute("name");
    fold.open = true;
  }
  // What is for paper alone repeats what stands in the text.
  for (const text of document.querySelectorAll(":is(.bpgraph, .bpcurve) text:not([hidden] *)")) {
    const [kind, fits] = room(text);
    counts[kind] = (counts[kind] ?? 0) + 1;
    const found = box(text.getBBox());
    if (!(found.right > found.left) || !fits(found)) {
      const figure = text.ownerSVGElement.dataset.graph ?? "curve";
      faults.push({ kind, figure, text: text.textContent, found });
    }
  }
  return { counts, faults, figures: document.querySelectorAll("svg:is(.bpgraph, .bpcurve)").length };
};
