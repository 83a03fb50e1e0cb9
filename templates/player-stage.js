// A figure that is played with: what its lines show at a position of both passes, with the numbers that its tape computes;
// its table and its derivation, which follow.
"use strict";
{
  const { words, display, mathTensor, listed, filled, sum, withoutRepeats, equation } = bpdoc.player;

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
      if (width > room && element.getAttribute("textLength") !== `${room}`) {
        element.setAttribute("lengthAdjust", "spacingAndGlyphs");
        element.setAttribute("textLength", room);
      } else if (width <= room && element.hasAttribute("textLength")) element.removeAttribute("textLength");
      return Math.min(width, room);
    };
    if (shown.row !== undefined) {
      // The opening bracket is the text's own, the closing one its last cell.
      const cells = [...text.children].slice(0, -1);
      const ends = [text, ...text.children].map((cell) => Number(cell.getAttribute("x")));
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
  const SLICE = 4;

  const zeros = (value) => ({ shape: value.shape, data: new Float64Array(value.data.length) });
  const added = (a, b) => ({ shape: b.shape, data: b.data.map((x, i) => x + (a ? a.data[i] : 0)) });

  const stageOf = (figure) => {
    bpdoc.complete(document);
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
    const writeLine = ({ text, shown, line }) => {
      const isAsked = stage.isHidden(shown);
      const value = isAsked ? undefined : content(shown);
      const isKnown = isAsked || value !== undefined;
      if (isKnown !== line.isKnown) text.classList.toggle("bp-unknown", !isKnown);
      line.isKnown = isKnown;
      if (isAsked) line.ask();
      else if (value) line.show(value);
    };
    let marked = [];
    const showPosition = () => {
      for (const part of marked) part.classList.remove("bp-now");
      marked = [];
      const mark = (part) => part && (part.classList.add("bp-now"), marked.push(part));
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
        if (list) list.textContent = listed(value, precision);
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
    const lines = pictures.flatMap(({ lines }) => lines);
    const passages = new Map([
      ...lines.map((entry) => [entry.text, () => writeLine(entry)]),
      ...rows.map((row, i) => [row, () => writeRow(row, i)]),
      ...items.map((item, i) => [item, () => writeItem(item, i)]),
    ]);
    const outdated = new Set();
    const write = (passage) => {
      passages.get(passage)();
      outdated.delete(passage);
    };
    // What is in sight is written at once: the picture with the change, table and derivation with the next frame. The rest
    // follows little by little, or when it comes into sight, so that the page stays at hand.
    const seen = new Set();
    const watcher = new IntersectionObserver((changes) => {
      for (const { target, isIntersecting } of changes) {
        seen[isIntersecting ? "add" : "delete"](target);
        if (isIntersecting && outdated.has(target)) write(target);
      }
    });
    for (const passage of passages.keys()) watcher.observe(passage);
    const isOpen = (passage) => !passage.closest("details:not([open])");
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
    let isWaiting = false;
    const showTexts = () => {
      isWaiting = false;
      for (const passage of outdated) if (seen.has(passage)) write(passage);
      if (!isWriting) setTimeout(writeOn);
      isWriting = true;
    };
    block.addEventListener("toggle", showTexts, true);
    // What forward mode has computed holds for the page's own numbers alone.
    const tangents = [...block.querySelectorAll(".bp-table")].slice(1);

    stage.isChanged = () => [...given].some(([node, data]) => data.some((x, i) => !Object.is(x, valueOf(node.value).data[i])));
    stage.show = () => {
      for (const passage of passages.keys()) outdated.add(passage);
      block.ariaBusy = "true";
      for (const { text } of lines) if (seen.has(text)) write(text);
      showPosition();
      for (const listener of stage.listeners) listener();
      for (const box of tangents) box.hidden = stage.isChanged();
      if (!isWaiting) requestAnimationFrame(showTexts);
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

  bpdoc.player.stageOf = stageOf;
}
