// Plays with a figure: step by step through both passes, with other numbers at the leaves, and with a small change of one
// of them. The numbers come from the tape of the gradient graph that the site was built with. A page is complete without.
"use strict";
{
  const { words, fill, make, button, shownMath, draw, display, plain, equation, stageOf } = bpdoc.player;

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

  // The present state of a figure, as a query that opens it so.
  const stateOf = (stage) => {
    const query = new URLSearchParams({ play: stage.figure.id });
    if (stage.position < stage.length) query.set("step", stage.position);
    for (const [node, first] of stage.given) {
      const { data } = stage.valueOf(node.value);
      if (data.some((x, i) => !Object.is(x, first[i]))) query.set(`leaf.${node.id}`, Array.from(data).join(" "));
    }
    return query;
  };
  const linkTo = (stage) => {
    const url = new URL(location.href);
    url.search = stateOf(stage);
    url.hash = stage.figure.id;
    return url.href;
  };
  const recall = (stage, query) => {
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
  bpdoc.stateOf = (figure) => {
    if ("replay" in figure.dataset) return bpdoc.momentOf(figure);
    return stages.has(figure) ? stateOf(stages.get(figure)) : undefined;
  };
  bpdoc.player.elementName = elementName;

  bpdoc.play = (figure, query = new URLSearchParams(location.search)) => {
    if ("replay" in figure.dataset) return bpdoc.replay(figure, query);
    const stage = stageOf(figure);
    stages.set(figure, stage);
    const playing = () => [stepper(stage), leaves(stage), nudge(stage), tools(stage)];
    const parts = (stage.model.quiz ? [bpdoc.quiz(stage)] : playing()).filter(Boolean);
    const player = make("div", { className: "bp-player", role: "group", ariaLabel: words.controls }, ...parts);
    keys(stage, player);
    figure.append(player);
    stage.show();
    recall(stage, query);
    return stage;
  };
}
