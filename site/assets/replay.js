// Replays a training: the loss, the parameters and the graph at many of its steps, and over the plane of two inputs what the
// network says there.
"use strict";
{
  const { words, fill, make, display, draw } = bpdoc.player;

  // The plane is computed on a grid of so many points a side.
  const GRID = 36;

  const colours = (element) => {
    const style = getComputedStyle(element);
    const probe = make("span");
    element.append(probe);
    const channels = (name) => {
      probe.style.color = style.getPropertyValue(name);
      return getComputedStyle(probe).color.match(/\d+(\.\d+)?/g).slice(0, 3).map(Number);
    };
    const [low, high] = [channels("--bp-backward"), channels("--bp-forward")];
    probe.remove();
    return (share) => low.map((x, i) => Math.round(x + (high[i] - x) * share));
  };

  const planeOf = (stage, { input, output, target }) => {
    const node = (name) => stage.model.nodes.find((node) => node.id === name);
    const [from, to, wanted] = [node(input), node(output), target && node(target)];
    const examples = Float64Array.from(stage.valueOf(from.value).data);
    const count = examples.length / 2;
    const side = (axis) => {
      const own = Array.from({ length: count }, (_, i) => examples[2 * i + axis]);
      const [low, high] = [Math.min(...own), Math.max(...own)];
      const edge = (high - low || 1) * 0.25;
      return { low: low - edge, reach: high - low + 2 * edge };
    };
    const [across, up] = [side(0), side(1)];
    const canvas = make("canvas", { width: GRID, height: GRID, ariaLabel: words.plane, role: "img" });
    const box = make("div", { className: "bp-plane" }, canvas);
    const marks = draw("svg", { viewBox: "0 0 100 100", "aria-hidden": "true" });
    box.append(marks);
    const place = (i) => [((examples[2 * i] - across.low) / across.reach) * 100, 100 - ((examples[2 * i + 1] - up.low) / up.reach) * 100];
    const given = wanted && Float64Array.from(stage.valueOf(wanted.value).data);
    for (let i = 0; i < count; i += 1) {
      const [cx, cy] = place(i);
      marks.append(draw("circle", { cx, cy, r: 4.5 }));
      if (!given) continue;
      const number = draw("text", { x: cx, y: cy + 2 });
      number.textContent = display(given[i], 2);
      marks.append(number);
    }
    const pen = canvas.getContext("2d");
    const show = () => {
      const { tape } = stage;
      const values = new Float64Array(GRID * GRID);
      for (let start = 0; start < values.length; start += count) {
        for (let i = 0; i < count; i += 1) {
          const at = Math.min(start + i, values.length - 1);
          tape.set(from.value, 2 * i, across.low + (((at % GRID) + 0.5) / GRID) * across.reach);
          tape.set(from.value, 2 * i + 1, up.low + ((GRID - Math.floor(at / GRID) - 0.5) / GRID) * up.reach);
        }
        tape.run();
        const { data } = stage.valueOf(to.value);
        for (let i = 0; i < count && start + i < values.length; i += 1) values[start + i] = data[i];
      }
      examples.forEach((x, i) => tape.set(from.value, i, x));
      tape.run();
      const finite = values.filter(Number.isFinite);
      const [low, high] = [Math.min(0, ...finite), Math.max(1, ...finite)];
      const colour = colours(box);
      const image = pen.createImageData(GRID, GRID);
      values.forEach((value, i) => image.data.set([...colour((value - low) / (high - low)), 150], 4 * i));
      pen.putImageData(image, 0, 0);
    };
    return { box: make("figure", { className: "bp-plane-figure" }, box, make("figcaption", { textContent: words.plane })), show };
  };

  // Where a replay is, if that is not at its end.
  bpdoc.momentOf = (figure) => {
    const slider = figure.querySelector(".bp-replay input[type=range]");
    return slider ? new URLSearchParams(slider.value < slider.max ? { play: figure.id, moment: slider.value } : {}) : undefined;
  };

  bpdoc.replay = (figure, query) => {
    const { figure: id, leaves, moments, plane } = bpdoc.figures[figure.id];
    const own = document.getElementById(id);
    own.closest("details").open = true;
    const stage = bpdoc.stageOf(own) ?? bpdoc.play(own);
    own.querySelector(".bp-play")?.remove();
    const nodes = leaves.map((name) => stage.model.nodes.find((node) => node.id === name));
    const curve = figure.querySelector(".bpcurve");
    const [left, right, last] = curve.dataset.axis.split(" ").map(Number);
    const { height } = curve.viewBox.baseVal;
    const mark = draw("path", { class: "bp-moment" });
    curve.append(mark);
    const heading = own.closest("details").querySelector("summary");
    const slider = make("input", { type: "range", min: 0, max: moments.length - 1, value: moments.length - 1, ariaLabel: words.step });
    if (query.get("play") === figure.id && query.has("moment")) slider.value = query.get("moment");
    const status = make("output", { className: "bp-moment-text" });
    const map = plane && planeOf(stage, plane);
    const show = () => {
      const { step, loss: value, numbers } = moments[slider.value];
      const text = `${words.step} ${step} · ${words.loss} ${display(value, stage.model.precision)}`;
      status.textContent = text;
      slider.setAttribute("aria-valuetext", text);
      heading.textContent = fill(words.at, { step });
      const x = left + (step / last) * (right - left);
      mark.setAttribute("d", `M${x} 20V${height - 46}`);
      stage.setAll(nodes.map((node, i) => [node, numbers[i]]));
      map?.show();
    };
    slider.addEventListener("input", show);
    const player = make("div", { className: "bp-player bp-replay", role: "group", ariaLabel: words.replay }, make("div", { className: "bp-steps-bar" }, slider, status), ...(map ? [map.box] : []));
    figure.append(player);
    show();
  };
}
