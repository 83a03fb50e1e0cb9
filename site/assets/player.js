// Plays with a figure: step by step through both passes, with other numbers at the leaves, and with a small change of one
// of them. The numbers come from the tape of the gradient graph that the site was built with. A page is complete without.
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
    return `<mrow><mo>[</mo><mtable displaystyle="false">${rows}</mtable><mo>]</mo></mrow>`;
  };
  // A tensor as a nested list in full.
  const listed = ({ shape, data }) => {
    const part = (axis, start, length) => {
      if (axis === shape.length) return plain(data[start], 17);
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
  const sum = (shares) =>
    shares
      .map((share, i) => (i > 0 && startsNegative(share) ? `<mrow><mo>(</mo>${share}<mo>)</mo></mrow>` : share))
      .join("<mo>+</mo>");
  const withoutRepeats = (forms) => forms.filter((form, i) => form !== "" && textOf(form) !== textOf(forms[i - 1] ?? ""));
  const equation = (forms) =>
    withoutRepeats(forms).map((form, i) => `<span><math display="block">${i ? '<mo lspace="0">=</mo>' : ""}${form}</math></span> `).join("");

  // ---- Lines of text in the picture.

  // Figures have no kerning: the width of a text is that of its characters. Each is measured once.
  const ruler = document.createElement("canvas").getContext("2d");
  const advances = new Map();
  const measureFor = (element) => {
    const { fontWeight, fontSize, fontFamily } = getComputedStyle(element);
    const font = `${fontWeight} ${fontSize} ${fontFamily}`;
    if (!advances.has(font)) advances.set(font, new Map());
    const known = advances.get(font);
    return (text) => {
      let width = 0;
      for (const character of text) {
        let advance = known.get(character);
        if (advance === undefined) {
          ruler.font = font;
          advance = ruler.measureText(character).width;
          known.set(character, advance);
        }
        width += advance;
      }
      return width;
    };
  };
  const TIGHTEST = 0.8;
  const CLEARANCE = 5;

  // What a line can do: show a number, or leave it out. The box stays as it is: a number that is too wide for it loses
  // digits, at last it is pressed together.
  const lineOf = (text, shown, precision) => {
    const box = text.closest(".node")?.querySelector(".outline").getBBox();
    const label = text.closest(".label")?.dataset.box.split(" ");
    const room = (box ? box.width : Number(label[2])) - 2 * CLEARANCE + (label ? 6 : 0);
    const widthOf = measureFor(text.lastElementChild ?? text);
    let last;
    const fitted = (full, textAt, room, element) => {
      let shownText = full;
      let width = widthOf(full);
      for (let digits = precision - 1; digits >= 2 && width * TIGHTEST > room; digits -= 1) {
        shownText = textAt(digits);
        width = widthOf(shownText);
      }
      element.firstChild.data = shownText;
      if (width > room && element.getAttribute("textLength") !== `${room}`) element.setAttribute("textLength", room);
      else if (width <= room && element.hasAttribute("textLength")) element.removeAttribute("textLength");
      return Math.min(width, room);
    };
    if (shown.row !== undefined) {
      const cells = [...text.children].slice(1, -1);
      const ends = [...text.children].map((cell) => Number(cell.getAttribute("x")));
      const rooms = cells.map((_, i) => ends[i + 1] - ends[i] - (i ? 4 : 1));
      const before = [];
      const write = (wordingOf) =>
        cells.forEach((cell, i) => {
          const full = wordingOf(i, precision);
          if (full === before[i]) return;
          before[i] = full;
          fitted(full, (digits) => wordingOf(i, digits), rooms[i], cell);
        });
      const show = ({ data }) => write((i, digits) => display(data[shown.row * cells.length + i], digits));
      return { show, ask: () => write(() => "?") };
    }
    const spans = [...text.children];
    const end = spans.at(-1) ?? text;
    const prefix = /^.*= /.exec(end.textContent)?.[0] ?? "";
    const before = spans.slice(0, -1);
    const starts = spans.map((span) => Number(span.getAttribute("x")));
    const fixed = before.length ? starts.at(-1) - starts[0] : 0;
    const middle = spans.length ? starts[0] + (fixed + Number(end.getAttribute("textLength"))) / 2 : 0;
    let shiftNow = 0;
    const write = (wording) => {
      const full = wording(precision);
      if (full === last) return;
      last = full;
      const width = fitted(full, wording, room - fixed, end);
      // A text of several parts starts at a place of its own, and is moved so that it stays in the middle.
      const shift = spans.length ? Math.round(middle - (fixed + width) / 2 - starts[0]) : 0;
      if (shift !== shiftNow) text.setAttribute("transform", `translate(${shift})`);
      shiftNow = shift;
    };
    const show = ({ shape, data }) => {
      const numbers = (digits) => Array.from(data, (x) => display(x, digits)).join(", ");
      write((digits) => prefix + (shape.length ? `[${numbers(digits)}]` : display(data[0], digits)));
    };
    return { show, ask: () => write(() => `${prefix}?`) };
  };

  // ---- A figure that is played with.

  // Milliseconds of work at a time.
  const SLICE = 8;

  const zeros = (value) => ({ shape: value.shape, data: new Float64Array(value.data.length) });
  const added = (a, b) => ({ shape: b.shape, data: b.data.map((x, i) => x + (a ? a.data[i] : 0)) });

  const stageOf = (figure) => {
    const model = bpdoc.figures[figure.id];
    const { nodes, steps, precision } = model;
    const tape = bpdoc.tape(model.tape);
    const valueOf = (slot) => tape.value(slot);
    const given = new Map(nodes.filter((node) => node.leaf).map((node) => [node, Float64Array.from(valueOf(node.value).data)]));
    const forward = nodes.filter((node) => node.operation);
    const rank = new Map(forward.map((node, i) => [node, i]));
    const length = forward.length + (steps.length ? 1 + steps.length : 0);
    const block = figure.closest(".bp-block");
    const stage = { figure, block, model, tape, valueOf, given, forward, length, position: length, listeners: [] };

    const pictures = [...figure.querySelectorAll("svg.bpgraph")].map((svg, state) => {
      const texts = [...svg.querySelectorAll("text")];
      const lines = model.lines[state].flatMap((shown, i) => (shown ? [{ text: texts[i], shown, line: lineOf(texts[i], shown, precision) }] : []));
      const parts = new Map([...svg.querySelectorAll(".node")].map((node) => [node.dataset.id, node]));
      const edges = new Map([...svg.querySelectorAll(".edge")].map((edge) => [edge.dataset.id, edge]));
      return { svg, lines, parts, edges };
    });

    const stepsDone = () => Math.max(0, stage.position - forward.length - 1);
    const isComplete = () => stage.position >= length;
    const gradient = (place) => {
      const node = nodes[place];
      if (isComplete()) return node.grad === undefined ? zeros(valueOf(node.value)) : valueOf(node.grad);
      if (place === model.output) return stage.position > forward.length ? valueOf(node.grad) : undefined;
      let total;
      for (const step of steps.slice(0, stepsDone())) if (step.operand === place) total = added(total, valueOf(step.product));
      return total;
    };
    const isComputed = (place) => !rank.has(nodes[place]) || rank.get(nodes[place]) < stage.position;
    // What a line shows at the present position; nothing where that is not known yet.
    const content = (shown) => {
      if (shown.grad !== undefined) return gradient(shown.grad);
      if (shown.value !== undefined && !isComputed(shown.value)) return undefined;
      const isPassed = (step) => isComplete() || step < stepsDone();
      if (shown.steps?.length && !shown.steps.some(isPassed)) return undefined;
      if (shown.slot !== undefined) return shown.steps?.length === 0 && !isComplete() ? undefined : valueOf(shown.slot);
      let total;
      for (const step of shown.steps.filter(isPassed)) total = added(total, valueOf(steps[step].product));
      return total;
    };

    const currentStep = () => (isComplete() ? undefined : steps[stage.position - forward.length - 2]);
    const edgeOf = (step) => `${nodes[step.operand].id}->${nodes[step.gate].id}.${step.place}`;
    // What an exercise asks for.
    stage.isHidden = () => false;
    stage.sum = sum;
    // What is in sight is written at once, the rest before the next frame is painted.
    const seen = new Set();
    const watcher = new IntersectionObserver((changes) => {
      for (const { target, isIntersecting } of changes) seen[isIntersecting ? "add" : "delete"](target);
    });
    for (const { lines } of pictures) for (const { text } of lines) watcher.observe(text);
    const showLines = (isWanted) => {
      for (const { text, shown, line } of pictures.flatMap(({ lines }) => lines)) {
        if (!isWanted(text)) continue;
        const isAsked = stage.isHidden(shown);
        const value = isAsked ? undefined : content(shown);
        const isKnown = isAsked || value !== undefined;
        if (isKnown !== line.isKnown) text.classList.toggle("bp-unknown", !isKnown);
        line.isKnown = isKnown;
        if (isAsked) line.ask();
        else if (value) line.show(value);
      }
    };
    let marked = [];
    const showPictures = () => {
      for (const part of marked) part.classList.remove("bp-now");
      marked = [];
      const mark = (part) => part && (part.classList.add("bp-now"), marked.push(part));
      showLines((text) => seen.has(text));
      for (const { parts, edges } of pictures) {
        if (stage.position === 0 || isComplete()) continue;
        const node = forward[stage.position - 1] ?? nodes[currentStep()?.operand ?? model.output];
        mark(parts.get(node.id));
        const step = currentStep();
        if (step) mark(edges.get(edgeOf(step)));
      }
    };

    // The table and the derivation hold the numbers of both passes; they follow when they can be seen.
    const [tableBox] = block.querySelectorAll(".bp-table");
    const stepsBox = block.querySelector(".bp-steps");
    const rows = [...(tableBox?.querySelectorAll("tbody > tr") ?? [])];
    const derived = nodes.map((node, place) => ({ node, place })).filter(({ node }) => node.grad !== undefined).reverse();
    const ways = derived.map(({ place }) => steps.filter((step) => step.operand === place));
    const items = [...(stepsBox?.querySelectorAll("ol > li") ?? [])];
    const replaceMath = (math, inner) => math && (math.innerHTML = inner);
    const fillIn = (template) => filled(template, valueOf, precision);
    stage.fillIn = fillIn;
    const writeRow = (row, i) => {
      const values = [valueOf(nodes[i].value)];
      if (nodes[i].partial) values.push(nodes[i].grad === undefined ? zeros(values[0]) : valueOf(nodes[i].grad));
      const cells = row.querySelectorAll("td.number");
      values.forEach((value, k) => {
        if (!cells[k]) return;
        replaceMath(cells[k].querySelector("math"), mathTensor(value, precision));
        const list = cells[k].querySelector("details code");
        if (list) list.textContent = listed(value);
      });
    };
    const writeItem = (item, i) => {
      const { node } = derived[i];
      const shares = (form) => (ways[i].some((step) => !step[form]) ? "" : sum(ways[i].map((step) => fillIn(step[form]))));
      const paragraphs = item.querySelectorAll(":scope > p");
      ways[i].forEach((step, k) => {
        if (!step.partial) return;
        const forms = withoutRepeats(step.partial.map(fillIn));
        replaceMath(paragraphs[k].querySelectorAll("math")[1], forms.join("<mo>=</mo>"));
      });
      const forms = [node.partial, ...(ways[i].length ? ["chain", "symbolic", "numeric"].map(shares) : []), mathTensor(valueOf(node.grad), precision)];
      paragraphs[paragraphs.length - 1].innerHTML = equation(forms);
    };
    const passages = new Map([
      ...rows.map((row, i) => [row, () => writeRow(row, i)]),
      ...items.map((item, i) => [item, () => writeItem(item, i)]),
    ]);
    for (const passage of passages.keys()) watcher.observe(passage);
    const outdated = new Set();
    const write = (passage) => {
      passages.get(passage)();
      outdated.delete(passage);
    };
    const isOpen = (passage) => !passage.closest("details:not([open])");
    // What is open and out of sight follows little by little, so that the page stays at hand.
    let isWriting = false;
    const writeOn = () => {
      const start = performance.now();
      for (const passage of outdated) {
        if (performance.now() - start > SLICE) break;
        if (isOpen(passage)) write(passage);
      }
      isWriting = [...outdated].some(isOpen);
      block.ariaBusy = isWriting ? "true" : "false";
      if (isWriting) setTimeout(writeOn);
    };
    const showTexts = () => {
      for (const passage of outdated) if (seen.has(passage) && isOpen(passage)) write(passage);
      if (!isWriting) setTimeout(writeOn);
      isWriting = true;
    };
    let isWaiting = false;
    const showRest = () => {
      isWaiting = false;
      showLines((text) => !seen.has(text));
      for (const passage of passages.keys()) outdated.add(passage);
      block.ariaBusy = "true";
      showTexts();
    };
    block.addEventListener("toggle", showTexts, true);
    // What forward mode has computed holds for the page's own numbers alone.
    const tangents = [...block.querySelectorAll(".bp-table")].slice(1);

    stage.isChanged = () => [...given].some(([node, data]) => data.some((x, i) => !Object.is(x, valueOf(node.value).data[i])));
    stage.show = () => {
      showPictures();
      for (const listener of stage.listeners) listener();
      for (const box of tangents) box.hidden = stage.isChanged();
      if (!isWaiting) requestAnimationFrame(showRest);
      isWaiting = true;
    };
    stage.go = (position) => {
      stage.position = Math.max(0, Math.min(length, position));
      // Every node can be seen where all groups are open.
      const whole = figure.querySelector("details.bp-whole");
      if (whole && !isComplete()) whole.open = true;
      stage.show();
    };
    stage.set = (node, element, x) => {
      tape.set(node.value, element, x);
      tape.run();
      stage.show();
    };
    stage.setAll = (changes) => {
      for (const [node, data] of changes) data.forEach((x, i) => tape.set(node.value, i, x));
      tape.run();
      stage.show();
    };
    // The output's value, summed over its elements, with one leaf changed.
    stage.outputWith = (node, element, x) => {
      const before = valueOf(node.value).data[element];
      tape.set(node.value, element, x);
      tape.run();
      const total = valueOf(nodes[model.output].value).data.reduce((a, b) => a + b, 0);
      tape.set(node.value, element, before);
      return total;
    };
    stage.restore = () => tape.run();
    // What happens at the present position, as formulas.
    stage.story = () => {
      if (stage.position === 0) return { pass: "", text: words.ready, forms: [] };
      const node = forward[stage.position - 1];
      if (node) {
        const value = mathTensor(valueOf(node.value), precision);
        return { pass: words.pass_forward, text: node.caption ?? "", forms: [node.name, ...node.operation.map(fillIn), value] };
      }
      const seed = nodes[model.output];
      const step = stage.position === forward.length + 1 ? undefined : steps[stage.position - forward.length - 2];
      if (!step) return { pass: words.pass_backward, text: words.seed, forms: [seed.partial, mathTensor(valueOf(seed.grad), precision)] };
      const product = mathTensor(valueOf(step.product), precision);
      const operand = nodes[step.operand];
      const earlier = steps.slice(0, steps.indexOf(step)).filter((other) => other.operand === step.operand);
      const forms = [...["chain", "symbolic", "numeric"].map((form) => fillIn(step[form] ?? "")), product];
      if (!earlier.length) return { pass: words.pass_backward, text: operand.caption ?? "", forms: [operand.partial, ...forms] };
      const before = earlier.reduce((total, other) => added(total, valueOf(other.product)), undefined);
      const both = added(before, valueOf(step.product));
      const total = [sum([mathTensor(before, precision), product]), mathTensor(both, precision)];
      return { pass: words.pass_backward, text: operand.caption ?? "", forms, total };
    };
    return stage;
  };

  // ---- The controls.

  const PACE = 1400;
  const ICONS = {
    start: "M3 3v10M13 3L6 8l7 5z",
    back: "M11 3L4 8l7 5z",
    run: "M4 2l9 6-9 6z",
    pause: "M5 3v10M11 3v10",
    forward: "M5 3l7 5-7 5z",
    end: "M3 3l7 5-7 5zM13 3v10",
  };
  const icon = (name) => draw("svg", { viewBox: "0 0 16 16", class: "bp-icon", "aria-hidden": "true" }, draw("path", { d: ICONS[name] }));
  const stepper = (stage) => {
    const now = make("div", { className: "bp-now-line", role: "status" });
    const slider = make("input", { type: "range", min: 0, max: stage.length, value: stage.length, ariaLabel: words.controls });
    let timer;
    const stop = () => {
      clearInterval(timer);
      timer = undefined;
      run.replaceChildren(icon("run"));
      run.ariaLabel = run.title = words.run;
    };
    const start = () => {
      if (stage.position >= stage.length) stage.go(0);
      timer = setInterval(() => (stage.position < stage.length ? stage.go(stage.position + 1) : stop()), PACE);
      run.replaceChildren(icon("pause"));
      run.ariaLabel = run.title = words.pause;
    };
    const named = (name, onclick) => {
      const press = button("", onclick, { ariaLabel: words[name], title: words[name] });
      press.append(icon(name));
      return press;
    };
    const move = (position) => () => (stop(), stage.go(position()));
    const run = named("run", () => (timer ? stop() : start()));
    // Who wants less motion steps by hand.
    run.hidden = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const bar = make(
      "div",
      { className: "bp-steps-bar" },
      named("start", move(() => 0)),
      named("back", move(() => stage.position - 1)),
      run,
      named("forward", move(() => stage.position + 1)),
      named("end", move(() => stage.length)),
      slider,
    );
    slider.addEventListener("input", move(() => Number(slider.value)));
    stage.listeners.push(() => {
      slider.value = stage.position;
      slider.setAttribute("aria-valuetext", fill(words.position, { position: stage.position, all: stage.length }));
      const { pass, text, forms, total } = stage.story();
      now.innerHTML = "";
      now.append(make("p", {}, make("strong", { textContent: pass }), pass && text ? " · " : "", text));
      const line = (forms, lead) => {
        const p = make("p", { className: "bp-equation" });
        p.innerHTML = (lead ? `<span>${lead}: </span>` : "") + equation(forms);
        now.append(p);
      };
      if (forms.length) line(forms);
      if (total) line(total, words.so_far);
    });
    return make("div", { className: "bp-stepper" }, bar, now);
  };

  // Whole numbers on both sides of the value, wide enough to change its sign.
  const rangeOf = (x) => {
    const reach = Math.max(1, 10 ** Math.ceil(Math.log10(Math.abs(x) || 1)));
    return { min: -reach, max: reach, step: reach / 200 };
  };
  const elementName = (node, shape, element) => {
    const index = [];
    for (let axis = shape.length - 1, rest = element; axis >= 0; rest = Math.floor(rest / shape[axis]), axis -= 1) index.unshift(rest % shape[axis]);
    return node.id + (index.length ? `[${index.join(",")}]` : "");
  };
  const MOST_FIELDS = 64;
  const leaves = (stage) => {
    const list = make("div", { className: "bp-leaves" });
    for (const [node, first] of stage.given) {
      const { shape } = stage.valueOf(node.value);
      if (first.length > MOST_FIELDS) continue;
      const fields = Array.from(first, (x, element) => {
        const field = make("input", { type: "number", step: "any", ariaLabel: elementName(node, shape, element) });
        field.addEventListener("input", () => Number.isFinite(field.valueAsNumber) && stage.set(node, element, field.valueAsNumber));
        return field;
      });
      const slider = shape.length ? undefined : make("input", { type: "range", ...rangeOf(first[0]), ariaLabel: fill(words.slider, { name: node.id }) });
      slider?.addEventListener("input", () => stage.set(node, 0, Number(slider.value)));
      const label = make("span", { className: "bp-leaf-name" }, shownMath(node.name), node.caption ? ` ${node.caption}` : "");
      const grid = make("span", { className: "bp-fields" }, ...fields);
      if (shape.length) grid.dataset.columns = shape.at(-1);
      grid.style.setProperty("--columns", shape.at(-1) ?? 1);
      list.append(make("div", { className: shape.length ? "bp-leaf bp-tensor" : "bp-leaf" }, label, ...(slider ? [slider] : []), grid));
      stage.listeners.push(() => {
        const { data } = stage.valueOf(node.value);
        fields.forEach((field, i) => document.activeElement !== field && (field.value = plain(data[i], 6)));
        if (slider) slider.value = data[0];
      });
    }
    return list;
  };

  const nudge = (stage) => {
    const box = make("details", { className: "bp-nudge" }, make("summary", { textContent: words.nudge }));
    const choices = [...stage.given].flatMap(([node, data]) => {
      const { shape } = stage.valueOf(node.value);
      return data.length > MOST_FIELDS ? [] : Array.from(data, (_, element) => ({ node, element, name: elementName(node, shape, element) }));
    });
    if (!choices.length || !stage.model.steps.length) return undefined;
    const select = make("select", {}, ...choices.map(({ name }, i) => make("option", { value: i, textContent: name })));
    const size = make("input", { type: "number", step: "any", value: 0.1 });
    const cells = [words.nudge_actual, words.nudge_linear, words.nudge_error].map((word) => [make("dt", { textContent: word }), make("dd")]);
    const plot = make("div", { className: "bp-plot" });
    box.append(
      make("p", {}, make("label", {}, `${words.nudge_leaf} `, select), " ", make("label", {}, `${words.nudge_step} `, size)),
      make("dl", {}, ...cells.flat()),
      plot,
    );
    const show = () => {
      if (!box.open) return;
      const { node, element, name } = choices[select.value];
      const h = size.valueAsNumber;
      const x = stage.valueOf(node.value).data[element];
      const slope = node.grad === undefined ? 0 : stage.valueOf(node.grad).data[element];
      const y = stage.outputWith(node, element, x);
      const actual = stage.outputWith(node, element, x + h) - y;
      const numbers = [actual, h * slope, actual - h * slope];
      cells.forEach(([, value], i) => (value.textContent = display(numbers[i], 6)));
      plot.replaceChildren(curve(stage, { node, element, name, x, y, slope, h }));
      stage.restore();
    };
    for (const element of [select, size]) element.addEventListener("input", show);
    box.addEventListener("toggle", show);
    stage.listeners.push(show);
    return box;
  };

  const POINTS = 120;
  // The output over one leaf, with its tangent, and where both are after the step h.
  const curve = (stage, { node, element, name, x, y, slope, h }) => {
    const [width, height, edge] = [360, 200, 12];
    const reach = Math.max(1, Math.abs(x), 2 * Math.abs(h) || 0);
    const points = Array.from({ length: POINTS + 1 }, (_, i) => x - reach + (2 * reach * i) / POINTS).map((at) => [at, stage.outputWith(node, element, at)]);
    const heights = points.map(([, value]) => value).filter(Number.isFinite);
    const [low, high] = [Math.min(y, ...heights), Math.max(y, ...heights)];
    const gap = (high - low || 1) * 0.1;
    const px = (at) => edge + ((at - x + reach) / (2 * reach)) * (width - 2 * edge);
    const py = (value) => height - edge - ((value - low + gap) / (high - low + 2 * gap || 1)) * (height - 2 * edge);
    const path = (points) => {
      let d = "";
      let pen = "M";
      for (const [at, value] of points) {
        if (Number.isFinite(value)) d += `${pen}${px(at).toFixed(1)} ${py(value).toFixed(1)}`;
        pen = Number.isFinite(value) ? "L" : "M";
      }
      return d;
    };
    const output = stage.model.nodes[stage.model.output].id;
    const title = fill(words.plot, { output, leaf: name });
    const line = (className, ends) => draw("path", { class: className, d: path(ends) });
    const tangent = [x - reach, x + reach].map((at) => [at, y + slope * (at - x)]);
    const clip = draw("clipPath", { id: `${stage.figure.id}-plot` }, draw("rect", { x: edge / 2, y: edge / 2, width: width - edge, height: height - edge }));
    const inner = draw("g", { "clip-path": `url(#${stage.figure.id}-plot)` }, line("bp-tangent", tangent), line("bp-curve", points), line("bp-step-h", [[x + h, y], [x + h, y + slope * h]]));
    const dot = (className, at, value) => draw("circle", { class: className, cx: px(at), cy: py(value), r: 4 });
    inner.append(dot("bp-point", x, y), dot("bp-point-h", x + h, stage.outputWith(node, element, x + h)));
    const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title }, clip, draw("rect", { class: "bp-plot-frame", x: edge / 2, y: edge / 2, width: width - edge, height: height - edge }), inner);
    const caption = make("p", { className: "bp-plot-caption", textContent: title });
    const box = document.createDocumentFragment();
    box.append(svg, caption);
    return box;
  };

  // A link that opens the figure in its present state.
  const linkTo = (stage) => {
    const query = new URLSearchParams({ play: stage.figure.id });
    if (stage.position < stage.length) query.set("step", stage.position);
    for (const [node, first] of stage.given) {
      const { data } = stage.valueOf(node.value);
      if (data.some((x, i) => !Object.is(x, first[i]))) query.set(`leaf.${node.id}`, Array.from(data).join(" "));
    }
    const url = new URL(location.href);
    url.search = query;
    url.hash = stage.figure.id;
    return url.href;
  };
  const recall = (stage) => {
    const query = new URLSearchParams(location.search);
    if (query.get("play") !== stage.figure.id) return;
    const changes = [...stage.given.keys()].flatMap((node) => {
      const numbers = query.get(`leaf.${node.id}`)?.split(" ").map(Number) ?? [];
      const fits = numbers.length === stage.valueOf(node.value).data.length && numbers.every((x) => !Number.isNaN(x));
      return fits ? [[node, numbers]] : [];
    });
    stage.setAll(changes);
    if (query.has("step")) stage.go(Number.parseInt(query.get("step"), 10) || 0);
  };

  const tools = (stage) => {
    const address = make("input", { type: "text", readOnly: true, hidden: true, ariaLabel: words.link });
    const share = button(words.share, async () => {
      address.value = linkTo(stage);
      // A page from a folder may have no clipboard: then the address is shown, ready to be copied.
      try {
        await navigator.clipboard.writeText(address.value);
        share.textContent = words.shared;
        setTimeout(() => (share.textContent = words.share), 1500);
      } catch {
        address.hidden = false;
        address.select();
      }
    });
    const reset = button(words.reset, () => {
      stage.setAll(stage.given);
      stage.go(stage.length);
    });
    return make("div", { className: "bp-tools" }, reset, share, address);
  };

  const keys = (stage, player) =>
    player.addEventListener("keydown", (event) => {
      if (event.target.closest("input, select, summary") || event.ctrlKey || event.metaKey || event.altKey) return;
      const move = { ArrowRight: 1, ArrowLeft: -1, Home: -stage.length, End: stage.length }[event.key];
      if (move === undefined) return;
      event.preventDefault();
      stage.go(stage.position + move);
    });

  const stages = new WeakMap();
  bpdoc.stageOf = (figure) => stages.get(figure);
  bpdoc.player = { words, fill, make, button, shownMath, display, plain, elementName, draw };

  bpdoc.play = (figure) => {
    if ("replay" in figure.dataset) return bpdoc.replay(figure);
    const stage = stageOf(figure);
    stages.set(figure, stage);
    const playing = () => [stepper(stage), leaves(stage), nudge(stage), tools(stage)];
    const parts = (stage.model.quiz ? [bpdoc.quiz(stage)] : playing()).filter(Boolean);
    const player = make("div", { className: "bp-player", role: "group", ariaLabel: words.controls }, ...parts);
    keys(stage, player);
    figure.append(player);
    stage.show();
    recall(stage);
    return stage;
  };
}
