// Shows the way of the chain rule: from the node or edge under the pointer, or chosen with the keyboard, to the output.
// A page is complete without it.
"use strict";

const own = document.currentScript.dataset;

// What the pictures of a training's steps have in common stands in one of them, and the others show it from there. To be lit, or
// to stay as they are when that one is played with, they need parts of their own.
const complete = (part) => {
  for (const use of part.querySelectorAll(".bpgraph > use")) {
    const own = document.getElementById(use.getAttribute("href").slice(1)).cloneNode(true);
    own.removeAttribute("id");
    use.replaceWith(own);
  }
};
(globalThis.bpdoc ??= {}).complete = complete;

const paths = (svg) => {
  const nodes = new Map([...svg.querySelectorAll(".node")].map((node) => [node.dataset.id, node]));
  const edges = [...svg.querySelectorAll(".edge")];
  const labels = new Map([...svg.querySelectorAll(".label")].map((label) => [label.dataset.edge, label]));
  const leaving = new Map();
  for (const edge of edges) leaving.set(edge.dataset.from, [...(leaving.get(edge.dataset.from) ?? []), edge]);

  const clear = () => {
    svg.classList.remove("traced");
    for (const part of svg.querySelectorAll(".lit")) part.classList.remove("lit");
  };

  // Lights what lies between a part and the output.
  const show = (part) => {
    clear();
    if (!part) return;
    svg.classList.add("traced");
    const start = part.closest(".label") ? edges.find((edge) => edge.dataset.id === part.dataset.edge) : part;
    const waiting = [start];
    for (let next; (next = waiting.pop()); ) {
      if (next.classList.contains("lit")) continue;
      next.classList.add("lit");
      if (next.matches(".edge")) {
        labels.get(next.dataset.id)?.classList.add("lit");
        waiting.push(nodes.get(next.dataset.to));
      } else {
        waiting.push(...(leaving.get(next.dataset.id) ?? []));
      }
    }
    if (start.matches(".edge")) nodes.get(start.dataset.from).classList.add("lit");
  };

  // A closed group stands in its link.
  const partAt = (target) => target.closest?.(".node, .edge, .label") ?? target.querySelector?.(".node");
  const focused = () => svg.querySelector(".node:focus, a:focus > .node");
  svg.addEventListener("pointerover", (event) => show(partAt(event.target)));
  svg.addEventListener("pointerleave", () => show(focused()));

  // One stop of the tab key for each figure; the arrow keys go from node to node.
  const middle = (node) => {
    const { x, y, width, height } = node.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  };
  const nearest = (from, dx, dy) => {
    const at = middle(from);
    let best;
    for (const node of nodes.values()) {
      const to = middle(node);
      const along = (to.x - at.x) * dx + (to.y - at.y) * dy;
      const aside = Math.abs((to.x - at.x) * dy) + Math.abs((to.y - at.y) * dx);
      if (along > 1 && (!best || along + 2 * aside < best.far)) best = { node, far: along + 2 * aside };
    }
    return best?.node;
  };
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const canvas = svg.closest(".bp-canvas");
  if (!canvas) return;
  svg.setAttribute("role", "group");
  for (const node of nodes.values()) {
    if (node.closest("a")) continue;
    node.setAttribute("tabindex", "-1");
    node.setAttribute("role", "img");
    node.setAttribute("aria-label", [...node.querySelectorAll("text")].map((text) => text.textContent).join(", "));
  }
  canvas.addEventListener("keydown", (event) => {
    const here = focused();
    const go = (node) => (node?.closest("a") ?? node)?.focus();
    if (event.key === "Escape") {
      canvas.focus();
    } else if (event.key === "Enter" && event.target === canvas) {
      go(nodes.values().next().value);
    } else if (here && ways[event.key]) {
      go(nearest(here, ...ways[event.key]));
    } else {
      return;
    }
    event.preventDefault();
  });
  svg.addEventListener("focusin", (event) => show(partAt(event.target)));
  svg.addEventListener("focusout", clear);
};

// Playing with figures: what that needs is fetched when a reader asks for it first.
let offers = () => {};
if (own.players) {
  const load = (src) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = src;
      script.addEventListener("load", resolve);
      script.addEventListener("error", () => (script.remove(), reject(new Error(src))));
      document.head.append(script);
    });
  const assets = (...names) => names.map((name) => `${own.root}assets/${name}`);
  const loaded = new Map();
  const loadAll = (sources) => {
    const key = sources.join();
    if (!loaded.has(key)) loaded.set(key, sources.reduce((before, src) => before.then(() => load(src)), Promise.resolve()));
    return loaded.get(key).catch((error) => (loaded.delete(key), Promise.reject(error)));
  };
  const player = [...assets("kernels.js"), `${own.players}.figures.js`, ...assets("player-text.js", "player-stage.js", "player.js", "quiz.js", "replay.js")];
  const takers = [`${own.players}.forms.js`, ...assets("looks.js", "take.js")];
  const asked = new URLSearchParams(location.search).get("play");

  offers = (figure) => {
    const row = document.createElement("p");
    row.className = "bp-offers";
    figure.append(row);
    const offer = (text, sources, begin) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      button.addEventListener("click", async () => {
        button.disabled = true;
        try {
          await loadAll(sources);
          button.remove();
          begin(figure);
        } catch {
          button.disabled = false;
          button.textContent = own.failed;
        }
      });
      row.append(button);
      return button;
    };
    const isReplay = "replay" in figure.dataset;
    const play = offer(isReplay ? own.replay : figure.dataset.quiz ? own.quiz : own.play, player, (figure) => bpdoc.play(figure));
    play.className = "bp-play";
    // A training is taken away with its graph; an exercise would give its answers away.
    if (!isReplay && !figure.dataset.quiz) offer(own.take, takers, (figure) => bpdoc.take(figure));
    if (figure.id === asked) play.click();
  };
}

// A long note has many figures, most of which are out of sight or closed at first: each is given its paths when it comes near.
const near = new IntersectionObserver(
  (changes) => {
    for (const { target, isIntersecting } of changes) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      complete(target.parentElement);
      paths(target);
    }
  },
  { rootMargin: "50%" },
);

const enliven = (part) => {
  for (const graph of part.querySelectorAll("svg.bpgraph")) near.observe(graph);
  part.querySelectorAll(":is([data-playable], [data-replay]):not([hidden] *)").forEach(offers);
};
enliven(document);
// A page that is shown while it is written gets parts anew.
document.addEventListener("bpdoc:changed", ({ detail }) => detail.forEach(enliven));
