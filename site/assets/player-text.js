// What the player writes: words, numbers and formulas, as the build writes them.
"use strict";
{
  const words = bpdoc.words;
  const fill = (word, values) => word.replace(/\{(\w+)\}/g, (_, key) => values[key]);

  const make = (tag, properties = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(properties)) {
      if (key in element) element[key] = value;
      else element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
  };
  const button = (text, onclick, properties) => make("button", { type: "button", textContent: text, onclick, ...properties });
  const SVG = "http://www.w3.org/2000/svg";
  const draw = (tag, attributes, ...children) => {
    const element = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const shownMath = (inner) => {
    const span = make("span");
    span.innerHTML = `<math>${inner}</math>`;
    return span;
  };

  // ---- Numbers as the build writes them.

  // The digits and the exponent of a number rounded to so many digits, ties to even.
  const rounded = (x, precision) => {
    const size = Math.abs(x);
    const parts = (digits) => {
      const text = size.toExponential(digits);
      const at = text.indexOf("e");
      return [text[0] + text.slice(2, at), Number(text.slice(at + 1))];
    };
    // A number that lies in the middle is itself the shortest that reads back as it, and has one digit more.
    const shortest = parts();
    if (shortest[0].length <= precision) return shortest;
    if (shortest[0].length === precision + 1 && shortest[0].endsWith("5")) {
      const [digits, exponent] = parts(100);
      const isTie = /^50*$/.test(digits.slice(precision));
      if (isTie && Number(digits[precision - 1]) % 2 === 0) return [digits.slice(0, precision), exponent];
    }
    return parts(precision - 1);
  };
  const trimmed = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  // At most so many significant digits; with 17, as many as tell the number from every other.
  const plain = (x, precision) => {
    if (Number.isNaN(x)) return "NaN";
    if (!Number.isFinite(x)) return x > 0 ? "∞" : "-∞";
    if (x === 0) return "0";
    const sign = x < 0 ? "-" : "";
    const [digits, exponent] = rounded(x, precision);
    if (exponent < -5 || exponent >= Math.max(9, precision)) {
      return `${sign}${trimmed(`${digits[0]}.${digits.slice(1)}`)}e${exponent}`;
    }
    if (Number.isInteger(x) && Math.abs(x) < 1e9) return x.toFixed(0);
    if (exponent < 0) return `${sign}${trimmed(`0.${"0".repeat(-exponent - 1)}${digits}`)}`;
    const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
    return `${sign}${trimmed(`${whole}.${digits.slice(exponent + 1)}`)}`;
  };
  const display = (x, precision) => plain(x, precision).replaceAll("-", "−");

  const minus = '<mo lspace="0" rspace="0">−</mo>';
  const mathNumber = (x, precision) => {
    const text = plain(x, precision);
    const sign = text.startsWith("-") ? minus : "";
    const size = text.replace("-", "");
    if (size === "NaN") return "<mi>NaN</mi>";
    if (size === "∞") return `${sign}<mi>∞</mi>`;
    const [mantissa, exponent] = size.split("e");
    if (exponent === undefined) return `${sign}<mn>${mantissa}</mn>`;
    const power = exponent.startsWith("-") ? `<mrow>${minus}<mn>${exponent.slice(1)}</mn></mrow>` : `<mn>${exponent}</mn>`;
    return `${sign}<mn>${mantissa}</mn><mo>×</mo><msup><mn>10</mn>${power}</msup>`;
  };
  const isLarge = ([m, n, ...more]) => more.length > 0 || (n === undefined ? m > 8 : m > 6 || n > 6);
  const mathTensor = ({ shape, data }, precision) => {
    if (shape.length === 0) return mathNumber(data[0], precision);
    if (isLarge(shape)) {
      return `<mrow><mo>[</mo>${shape.map((n) => `<mn>${n}</mn>`).join("<mo>×</mo>")}<mo>]</mo></mrow>`;
    }
    const columns = shape[shape.length - 1];
    let rows = "";
    for (let start = 0; start < data.length; start += columns) {
      const cells = Array.from(data.subarray(start, start + columns), (x) => `<mtd>${mathNumber(x, precision)}</mtd>`);
      rows += `<mtr>${cells.join("")}</mtr>`;
    }
    return `<mrow><mo>[</mo><mtable>${rows}</mtable><mo>]</mo></mrow>`;
  };
  // A tensor as a nested list with all its numbers, as the build writes it (LIST_DIGITS in figure/derivation.rs).
  const listed = ({ shape, data }, precision) => {
    const part = (axis, start, length) => {
      if (axis === shape.length) return plain(data[start], Math.max(6, precision));
      const inner = length / shape[axis];
      return `[${Array.from({ length: shape[axis] }, (_, i) => part(axis + 1, start + i * inner, inner)).join(", ")}]`;
    };
    return part(0, 0, data.length);
  };

  // ---- Formulas with blanks: what the build leaves open is filled in.

  const piece = (name) => `<mtext>@${name}@</mtext>`;
  const inside = "((?:(?!<mtext>@[?[(])[^])*?)";
  const choice = new RegExp(`${piece("\\?(\\d+)")}${inside}${piece(":")}${inside}${piece(";")}`);
  const brackets = new RegExp(`${piece("([[(])")}${inside}${piece("[\\])]")}`);
  const blank = new RegExp(piece("(\\d+)"), "g");
  const loneBlank = new RegExp(`^${piece("(\\d+)")}$`);

  const filled = (template, valueOf, precision) => {
    let formula = template;
    for (let found; (found = choice.exec(formula)); ) {
      const [whole, slot, first, second] = found;
      formula = formula.replace(whole, () => (valueOf(slot).data[0] === 0 ? second : first));
    }
    for (let found; (found = brackets.exec(formula)); ) {
      const [whole, kind, content] = found;
      const lone = loneBlank.exec(content);
      const value = lone && valueOf(lone[1]);
      const isNegative = value?.shape.length === 0 && value.data[0] < 0;
      const hasPower = value?.shape.length === 0 && kind === "(" && plain(value.data[0], precision).includes("e");
      const isBracketed = !lone || isNegative || hasPower;
      formula = formula.replace(whole, () => (isBracketed ? `<mrow><mo>(</mo>${content}<mo>)</mo></mrow>` : content));
    }
    return formula.replace(blank, (_, slot) => mathTensor(valueOf(slot), precision));
  };
  const textOf = (formula) => formula.replace(/<[^>]*>/g, "");
  const startsNegative = (formula) => textOf(formula).startsWith("−");
  // Many terms are written in brief, as the build does.
  const inBrief = (terms) => (terms.length > 12 ? [...terms.slice(0, 3), "<mi>⋯</mi>", terms.at(-1)] : terms);
  const sum = (shares) =>
    inBrief(shares.map((share, i) => (i > 0 && startsNegative(share) ? `<mrow><mo>(</mo>${share}<mo>)</mo></mrow>` : share)))
      .join("<mo>+</mo>");
  const withoutRepeats = (forms) => forms.filter((form, i) => form !== "" && textOf(form) !== textOf(forms[i - 1] ?? ""));
  const equation = (forms) =>
    withoutRepeats(forms).map((form, i) => `<span><math display="block">${i ? '<mo lspace="0">=</mo>' : ""}${form}</math></span> `).join("");

  bpdoc.player = {
    words, fill, make, button, shownMath, draw,
    plain, display, mathTensor, listed,
    filled, sum, withoutRepeats, equation,
  };
}
