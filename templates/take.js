// Takes a figure away: the same graph as programs and as drawings for other tools, and the picture as it is shown.
"use strict";
{
  const words = bpdoc.takeWords;
  const make = (tag, properties = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(properties)) {
      if (key in element) element[key] = value;
      else element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
  };

  const save = (blob, name) => {
    const link = make("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };

  // The picture that is seen, with its looks as attributes, which no style sheet needs to be there for; what a reader has not
  // reached yet is left out.
  const shownSvg = (figure) => [...figure.querySelectorAll("svg.bpgraph")].find((svg) => svg.getClientRects().length > 0);
  const saveSvg = (figure) => {
    const copy = shownSvg(figure).cloneNode(true);
    for (const part of copy.querySelectorAll(".bp-unknown")) part.remove();
    for (const part of [copy, ...copy.querySelectorAll("[tabindex]")]) part.removeAttribute("tabindex");
    const put = (parts, looks) => parts.forEach((part) => Object.entries(looks).forEach(([name, value]) => part.setAttribute(name, value)));
    put([copy], bpdoc.looks.picture);
    for (const [selector, looks] of Object.entries(bpdoc.looks.parts)) put(copy.querySelectorAll(selector), looks);
    put(copy.querySelectorAll("[textLength]"), { lengthAdjust: "spacingAndGlyphs" });
    save(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }), `${figure.id}.svg`);
  };

  // A page with a strict policy may load no picture of its own making: the few shapes of a figure are painted one by one.
  const paintText = (pen, text) => {
    const style = getComputedStyle(text);
    if (style.visibility === "hidden") return;
    for (const node of text.childNodes) {
      const words = node.textContent.trim();
      if (!words) continue;
      const part = node.nodeType === Node.TEXT_NODE ? text : node;
      const own = getComputedStyle(part);
      pen.font = `${own.fontWeight} ${own.fontSize} ${own.fontFamily}`;
      pen.fillStyle = own.fill;
      const number = (name) => Number(part.getAttribute(name) ?? text.getAttribute(name));
      const natural = pen.measureText(words).width;
      const width = Number(part.getAttribute("textLength")) || natural;
      const anchor = { middle: width / 2, end: width }[own.textAnchor] ?? 0;
      pen.save();
      pen.translate(number("x") - anchor, number("y"));
      pen.scale(width / natural || 1, 1);
      pen.fillText(words, 0, 0);
      pen.restore();
    }
  };
  const outline = (shape) => {
    const path = new Path2D(shape.getAttribute("d") ?? undefined);
    const value = (name) => shape[name].baseVal.value;
    if (shape.tagName === "rect") path.roundRect(value("x"), value("y"), value("width"), value("height"), value("rx"));
    if (shape.tagName === "ellipse") path.ellipse(value("cx"), value("cy"), value("rx"), value("ry"), 0, 0, 2 * Math.PI);
    return path;
  };
  const paint = (pen, shape) => {
    const { a, b, c, d, e, f } = shape.ownerSVGElement.getScreenCTM().inverse().multiply(shape.getScreenCTM());
    pen.save();
    pen.transform(a, b, c, d, e, f);
    if (shape.tagName === "text") {
      paintText(pen, shape);
    } else {
      const { fill, fillOpacity, stroke, strokeWidth, strokeDasharray } = getComputedStyle(shape);
      const path = outline(shape);
      pen.globalAlpha = Number(fillOpacity);
      pen.fillStyle = fill;
      if (fill !== "none") pen.fill(path);
      pen.globalAlpha = 1;
      pen.strokeStyle = stroke;
      pen.lineWidth = Number.parseFloat(strokeWidth);
      pen.setLineDash(strokeDasharray === "none" ? [] : strokeDasharray.split(/[ ,]+/).map(Number.parseFloat));
      if (stroke !== "none") pen.stroke(path);
    }
    pen.restore();
  };
  const SCALE = 2;
  const savePng = (figure) => {
    const svg = shownSvg(figure);
    const { width, height } = svg.viewBox.baseVal;
    const canvas = make("canvas", { width: Math.ceil(width * SCALE), height: Math.ceil(height * SCALE) });
    const pen = canvas.getContext("2d");
    pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--raised");
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.scale(SCALE, SCALE);
    for (const shape of svg.querySelectorAll("rect, ellipse, path, text")) paint(pen, shape);
    canvas.toBlob((blob) => save(blob, `${figure.id}.png`));
  };

  const copyOf = (code) => {
    const copy = make("button", { type: "button", className: "copy", textContent: words.copy });
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        copy.textContent = words.copied;
        setTimeout(() => (copy.textContent = words.copy), 1500);
      } catch {
        getSelection().selectAllChildren(code);
      }
    });
    return copy;
  };

  bpdoc.take = (figure) => {
    const forms = bpdoc.forms[figure.id];
    const id = (i) => `${figure.id}-form-${i}`;
    const tabs = forms.map(([name], i) => make("button", { type: "button", role: "tab", id: `${id(i)}-tab`, textContent: name, "aria-controls": id(i) }));
    const panels = forms.map(([, text], i) => {
      const code = make("pre", { className: "code", tabIndex: 0, textContent: text });
      return make("div", { role: "tabpanel", id: id(i), "aria-labelledby": `${id(i)}-tab`, className: "code-box" }, code, copyOf(code));
    });
    const choose = (chosen) => {
      tabs.forEach((tab, i) => {
        tab.ariaSelected = i === chosen ? "true" : "false";
        tab.tabIndex = i === chosen ? 0 : -1;
        panels[i].hidden = i !== chosen;
      });
    };
    tabs.forEach((tab, i) => {
      tab.addEventListener("click", () => choose(i));
      tab.addEventListener("keydown", ({ key }) => {
        const next = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[key];
        const there = tabs[(next + tabs.length) % tabs.length];
        if (next === undefined) return;
        choose(tabs.indexOf(there));
        there.focus();
      });
    });
    choose(0);
    const picture = (name, onclick) => make("button", { type: "button", textContent: name, onclick });
    const pictures = make("p", { className: "bp-tools" }, words.picture, picture("SVG", () => saveSvg(figure)), picture("PNG", () => savePng(figure)));
    const list = make("div", { role: "tablist", ariaLabel: words.take, className: "bp-tabs" }, ...tabs);
    figure.append(make("div", { className: "bp-player bp-take", role: "group", ariaLabel: words.take }, list, ...panels, pictures));
  };
}
