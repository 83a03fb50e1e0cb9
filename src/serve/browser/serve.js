// Keeps an open page up to date while its notes are written, and shows what is wrong with them. Only `bpdoc serve` adds it.
"use strict";
{
  const { desk } = bpdoc;
  const own = document.currentScript;
  const words = JSON.parse(own.dataset.words);
  const [run, version] = own.dataset.version.split(".");
  // The versions of what the page is made of.
  const have = { page: Number(version), styles: Number(version), scripts: Number(version), pictures: Number(version), overlay: -1 };
  const path = () => location.pathname;

  // ---- What it shows.

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const host = make("bpdoc-serve", {});
  const shadow = host.attachShadow({ mode: "open" });
  const title = make("strong", {});
  const kept = make("span", { textContent: words.kept });
  const close = make("button", { type: "button" }, `${words.close} `, make("kbd", { textContent: "Esc" }));
  const items = make("div", { className: "items", tabIndex: 0, role: "group" });
  const panel = make("section", { className: "panel", hidden: true }, make("header", {}, title, kept, close), items);
  const badge = make("button", { type: "button", className: "badge", hidden: true });
  const notice = make("p", { className: "notice", role: "status", hidden: true });
  const said = make("p", { className: "said", role: "status" });
  const looks = make("link", { rel: "stylesheet", href: "/_bpdoc/serve.css" });
  shadow.append(looks, panel, badge, notice, said);
  document.documentElement.append(host);

  // The page may have been opened anew since the panel was closed.
  const CLOSED = "bpdoc-serve-closed";
  const remember = (key, value) => {
    try {
      sessionStorage.setItem(key, value);
    } catch {
      // A browser that keeps nothing opens it again.
    }
  };
  const recall = (key) => {
    try {
      return sessionStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const mark = () => `${run}.${have.overlay}`;
  const open = () => ([panel.hidden, badge.hidden] = [false, true]);
  const shut = () => {
    if (panel.hidden) return;
    [panel.hidden, badge.hidden] = [true, false];
    remember(CLOSED, mark());
  };
  close.addEventListener("click", shut);
  badge.addEventListener("click", () => (open(), items.focus()));
  addEventListener("keydown", (event) => event.key === "Escape" && !document.querySelector("dialog[open]") && shut(), true);

  // A character that takes two columns in a terminal takes two here.
  const set = (pieces) =>
    make("pre", {}, ...pieces.flatMap((piece) => (typeof piece === "string" ? [piece] : piece.map((wide) => make("i", { textContent: wide })))));

  const showOverlay = async ({ errors, warnings, overlay }) => {
    if (overlay === have.overlay) return;
    if (!errors && !warnings) {
      have.overlay = overlay;
      [panel.hidden, badge.hidden] = [true, true];
      said.textContent = "";
      return;
    }
    const found = await (await fetch("/_bpdoc/overlay.json", { cache: "no-store" })).json();
    have.overlay = overlay;
    panel.lang = badge.lang = said.lang = found.lang;
    title.textContent = badge.textContent = found.title;
    panel.ariaLabel = found.title;
    items.ariaLabel = found.title;
    items.replaceChildren(...found.items.map(({ pieces }) => set(pieces)));
    if (found.more) items.append(make("p", { textContent: words.more.replace("{count}", found.more) }));
    items.scrollTop = 0;
    kept.hidden = !errors || !!document.querySelector("[data-waiting]");
    panel.classList.toggle("warnings", !errors);
    badge.classList.toggle("errors", errors > 0);
    // Errors show themselves, warnings wait to be looked at.
    if (errors && recall(CLOSED) !== mark()) open();
    else [panel.hidden, badge.hidden] = [true, false];
    if (errors) said.textContent = `${found.title}. ${items.firstChild.textContent.split("\n")[0]}`;
  };

  const say = (text) => {
    notice.textContent = text;
    notice.hidden = !text;
  };

  // ---- What it does.

  const AGAIN = 1000;
  const PLACE = "bpdoc-serve-place";
  const folds = () => [...document.querySelectorAll("main details")];
  const reload = () => {
    remember(PLACE, JSON.stringify({ path: path(), top: scrollY, open: folds().map((fold) => fold.open) }));
    location.reload();
  };
  const comeBack = () => {
    const place = JSON.parse(recall(PLACE) ?? "null");
    remember(PLACE, "null");
    if (place?.path !== path()) return;
    const now = folds();
    if (now.length === place.open.length) now.forEach((fold, i) => (fold.open = place.open[i]));
    scrollTo({ top: place.top, behavior: "instant" });
  };

  const swapStyles = () => {
    for (const link of document.querySelectorAll("link[rel=stylesheet]")) {
      const url = new URL(link.href);
      if (url.origin !== location.origin) continue;
      url.searchParams.set("bpdoc", have.styles);
      // The old one holds until the new one is there.
      const next = link.cloneNode();
      next.href = url;
      const done = () => desk.exchange(link, next);
      next.addEventListener("load", done);
      next.addEventListener("error", done);
      link.after(next);
    }
  };
  const swapPictures = (pictures) => {
    const newest = Math.max(have.pictures, ...Object.values(pictures));
    for (const picture of document.images) {
      const url = new URL(picture.src, location.href);
      if (!(pictures[url.pathname] > have.pictures)) continue;
      url.searchParams.set("bpdoc", pictures[url.pathname]);
      picture.src = url;
    }
    have.pictures = newest;
  };

  // What figures are played with, if that has been asked for.
  const loadFigures = (newest) => async () => {
    const stem = document.querySelector("script[data-players]")?.dataset.players;
    if (!stem || !bpdoc.figures) return;
    await new Promise((done) => {
      const script = make("script", { src: `${stem}.figures.js?bpdoc=${newest}`, onload: done, onerror: done });
      document.head.append(script);
    });
  };

  const update = async ({ version: newest }) => {
    const answer = await fetch(location.pathname + location.search, { cache: "no-cache" });
    if (answer.status === 404 && !document.querySelector("base")) return say(words.gone);
    const html = await answer.text();
    const found = /data-version="[^".]*\.(\d+)"/.exec(html);
    // It is being made: there will be word of it again.
    if (answer.status >= 500 || !found) return;
    if (!answer.ok || document.querySelector("base, [data-waiting]") || !(await desk.morph(html, loadFigures(newest)))) return reload();
    say("");
    have.page = Number(found[1]);
  };

  const take = async (message) => {
    if (document.querySelector("[data-waiting]")) {
      // Where there is a site already, it is only being refreshed.
      if (message.ready) return message.version > have.page ? reload() : void setTimeout(reload, AGAIN);
      return showOverlay(message);
    }
    if (message.run !== run) return message.ready && reload();
    if (message.scripts > have.scripts) return reload();
    if (message.styles > have.styles) {
      have.styles = message.styles;
      swapStyles();
    }
    swapPictures(message.pictures);
    if (message.page > have.page) await update(message);
    await showOverlay(message);
  };

  // One message after the other; of those that have come in the meantime, the last says all.
  let latest;
  let isBusy = false;
  const receive = async (message) => {
    latest = message;
    if (isBusy) return;
    isBusy = true;
    try {
      while (latest) {
        const next = latest;
        latest = undefined;
        await take(next);
      }
    } catch {
      // The server went away in the middle of it; it will say everything again.
    } finally {
      isBusy = false;
    }
  };

  // A page that is not seen holds no connection: a browser has only six of them for all of a site's pages.
  let channel;
  let lost;
  const listen = () => {
    if (channel || document.visibilityState === "hidden") return;
    channel = new EventSource(`/_bpdoc/events?page=${encodeURIComponent(path())}`);
    channel.addEventListener("open", () => {
      clearTimeout(lost);
      lost = undefined;
      say("");
    });
    channel.addEventListener("message", ({ data }) => receive(JSON.parse(data)));
    channel.addEventListener("error", () => {
      lost ??= setTimeout(() => say(words.lost), AGAIN);
      // The browser tries again by itself, unless it was refused.
      if (channel?.readyState !== EventSource.CLOSED) return;
      channel = undefined;
      setTimeout(listen, AGAIN);
    });
  };
  const leave = () => {
    channel?.close();
    channel = undefined;
  };
  document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? leave() : listen()));
  addEventListener("pagehide", leave);
  addEventListener("pageshow", listen);
  comeBack();
  listen();
}
