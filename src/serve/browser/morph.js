// Brings an open page up to date in place. A copy of the page as the server sent it is kept beside the page that is shown;
// what differs between the copy and a newer page is changed in both. So what a reader or a script has done to the page since
// (an open fold, a slider, a button that was added) stays as it is wherever the text around it stays.
"use strict";
{
  // What is too different, or not ours to change, calls for the page to be opened anew.
  class Unlike extends Error {}

  // The node that is shown for each node of the copy, and the other way round.
  const shown = new WeakMap();
  const copied = new WeakMap();
  const join = (kept, node) => {
    shown.set(kept, node);
    copied.set(node, kept);
  };
  const pair = (kept, node) => {
    join(kept, node);
    kept.childNodes.forEach((child, i) => pair(child, node.childNodes[i]));
  };
  const copy = document.documentElement.cloneNode(true);
  pair(copy, document.documentElement);

  const isBlank = (node) => node.nodeType === Node.TEXT_NODE && !node.data.trim();
  const isElement = (node) => node.nodeType === Node.ELEMENT_NODE;
  const isAlike = (a, b) => a.nodeName === b.nodeName && (a.id ?? "") === (b.id ?? "");
  // What scripts take over as a whole is changed as a whole.
  const isWhole = (node) => isElement(node) && node.matches(".bp-block, pre, svg, math, dialog, script, noscript");

  // What is shown for a node of the copy, with what a script may have put around it.
  const place = (kept) => {
    const inside = shown.get(kept.parentNode);
    let node = shown.get(kept);
    while (node && node.parentNode !== inside) node = node.parentNode;
    if (!node) throw new Unlike("a script has moved a part of the page");
    return node;
  };

  let added = [];
  let restored = [];
  const made = (fresh) => {
    const [kept, node] = [fresh.cloneNode(true), document.importNode(fresh, true)];
    pair(kept, node);
    if (isElement(node)) added.push(node);
    return [kept, node];
  };
  const insert = (parent, before, fresh) => {
    const [kept, node] = made(fresh);
    if (before) {
      place(before).after(node);
      before.after(kept);
    } else {
      shown.get(parent).prepend(node);
      parent.prepend(kept);
    }
    return kept;
  };
  const remove = (kept) => {
    place(kept).remove();
    kept.remove();
  };
  const replace = (kept, fresh) => {
    const [next, node] = made(fresh);
    const old = place(kept);
    if (isElement(old) && isElement(node)) restored.push(remembered(old, node));
    old.replaceWith(node);
    kept.replaceWith(next);
    return next;
  };

  // What a reader has done inside a part that is about to be replaced: folds, focus, and figures that are played with.
  const FOCUSABLE = "a, button, input, select, summary, [tabindex]";
  const remembered = (old, node) => {
    const folds = [...old.querySelectorAll("details")].map((fold) => fold.open);
    const at = [...old.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
    const played = [...old.querySelectorAll("figure[id]")].flatMap((figure) => {
      const state = globalThis.bpdoc?.stateOf?.(figure);
      return state ? [[figure.id, state]] : [];
    });
    return async () => {
      const now = [...node.querySelectorAll("details")];
      if (now.length === folds.length) now.forEach((fold, i) => (fold.open = folds[i]));
      for (const [id, state] of played) {
        const figure = node.querySelector(`#${CSS.escape(id)}`);
        if (!figure || !bpdoc.figures[id]) continue;
        figure.querySelector(".bp-play")?.remove();
        bpdoc.play(figure, state);
      }
      if (at >= 0) [...node.querySelectorAll(FOCUSABLE)][at]?.focus({ preventScroll: true });
    };
  };

  const changeAttributes = (kept, fresh) => {
    // The class of the root says what scripts have found out.
    const isOurs = (name) => kept !== copy || name !== "class";
    for (const { name, value } of fresh.attributes) {
      if (kept.getAttribute(name) === value || !isOurs(name)) continue;
      for (const node of [kept, shown.get(kept)]) node.setAttribute(name, value);
    }
    for (const { name } of [...kept.attributes]) {
      if (fresh.hasAttribute(name) || !isOurs(name)) continue;
      for (const node of [kept, shown.get(kept)]) node.removeAttribute(name);
    }
  };

  // Children that are equal keep their places. Between them, each new one takes over the next old one of its kind.
  const REACH = 40;
  const changeChildren = (parent, fresh) => {
    const old = [...parent.childNodes];
    let at = 0;
    let last = null;
    const wanted = [...fresh.childNodes];
    const equalTo = (node) => {
      if (isBlank(node)) return at < old.length && old[at].isEqualNode(node) ? at : -1;
      for (let i = at; i < Math.min(old.length, at + REACH); i += 1) if (old[i].isEqualNode(node)) return i;
      return -1;
    };
    const alike = (node, following) => {
      for (let i = at; i < Math.min(old.length, at + REACH); i += 1) {
        // What stays as it is further on is not taken from there.
        if (following.some((other) => !isBlank(other) && other.isEqualNode(old[i]))) return -1;
        if (isAlike(old[i], node) && !isBlank(old[i])) return i;
      }
      return -1;
    };
    wanted.forEach((node, k) => {
      const equal = equalTo(node);
      const found = equal >= 0 || isBlank(node) ? equal : alike(node, wanted.slice(k + 1, k + REACH));
      if (found < 0) {
        last = insert(parent, last, node);
        return;
      }
      for (; at < found; at += 1) remove(old[at]);
      last = equal >= 0 ? old[found] : change(old[found], node);
      at = found + 1;
    });
    for (; at < old.length; at += 1) remove(old[at]);
  };

  // The node of the copy that is in the place of `kept` afterwards.
  const change = (kept, fresh) => {
    const isOurs = isElement(kept) && kept.matches("script[data-version]");
    if (isOurs || kept.isEqualNode(fresh)) return kept;
    if (!isAlike(kept, fresh) || isWhole(kept)) return replace(kept, fresh);
    if (!isElement(kept)) {
      kept.data = shown.get(kept).data = fresh.data;
      return kept;
    }
    changeAttributes(kept, fresh);
    changeChildren(kept, fresh);
    return kept;
  };

  // Around the text, scripts hold on to the elements: only words and attributes may differ there.
  const requireShape = (kept, fresh) => {
    if (kept.isEqualNode(fresh)) return;
    const isSame = isAlike(kept, fresh) && kept.childNodes.length === fresh.childNodes.length;
    if (!isSame || isWhole(kept)) throw new Unlike("the page around the text has changed");
    kept.childNodes.forEach((child, i) => requireShape(child, fresh.childNodes[i]));
  };
  const scriptsOf = (root) => [...root.querySelectorAll("head > script[src]:not([data-version])")].map((script) => script.outerHTML).join();

  // The text that the reader looks at stays where it is in the window.
  const holdingScroll = (run) => {
    const parts = [...document.querySelectorAll("main :is(h1, h2, h3, h4, p, li, figure, pre, tr, summary)")];
    const tops = parts.map((part) => [part, part.getBoundingClientRect().top]);
    const inSight = tops.filter(([, top]) => top >= 0).slice(0, 20);
    const before = scrollY;
    // The browser must not move it a second time.
    document.documentElement.style.overflowAnchor = "none";
    run();
    const stays = before > 0 && inSight.find(([part]) => part.isConnected && part.getClientRects().length);
    if (stays) scrollBy({ top: stays[0].getBoundingClientRect().top - stays[1], behavior: "instant" });
    requestAnimationFrame(() => requestAnimationFrame(() => (document.documentElement.style.overflowAnchor = "")));
  };

  const desk = ((globalThis.bpdoc ??= {}).desk = {});

  // Another node is shown from now on.
  desk.exchange = (node, next) => {
    if (copied.has(node)) join(copied.get(node), next);
    node.remove();
  };

  // Changes the page into one that has just been fetched. False if that cannot be done in place.
  desk.morph = async (html, loadFigures) => {
    const fresh = new DOMParser().parseFromString(html, "text/html").documentElement;
    const [body, next] = [copy.querySelector("body"), fresh.querySelector("body")];
    const [main, text] = [body.querySelector("main"), next.querySelector("main")];
    try {
      if (scriptsOf(copy) !== scriptsOf(fresh) || !main !== !text) throw new Unlike("other scripts");
      const outside = (root, inner) => [...root.childNodes].filter((node) => node !== inner);
      if (main) {
        const [around, newer] = [outside(body, main), outside(next, text)];
        if (around.length !== newer.length) throw new Unlike("the page around the text has changed");
        around.forEach((node, i) => requireShape(node, newer[i]));
      }
      [added, restored] = [[], []];
      holdingScroll(() => {
        change(copy.querySelector("head"), fresh.querySelector("head"));
        changeAttributes(copy, fresh);
        change(body, next);
        document.dispatchEvent(new CustomEvent("bpdoc:changed", { detail: added }));
      });
      await loadFigures();
      for (const restore of restored) await restore();
      return true;
    } catch (error) {
      if (error instanceof Unlike) return false;
      throw error;
    }
  };
}
