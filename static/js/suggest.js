// Suggestions under the search box: an ARIA 1.2 combobox over /api/v1/suggest. Without this the form works by itself.

const WAIT_MS = 80;
const LEAST_TYPED = 2;
const ICONS = { area: "handshake", population: "users", place: "map-pin", organization: "house", consulate: "landmark" };

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const wordsOf = (text) => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function icon(sprite, kind) {
  const [svg, use] = ["svg", "use"].map((name) => document.createElementNS("http://www.w3.org/2000/svg", name));
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${sprite}#${ICONS[kind]}`);
  svg.append(use);
  return svg;
}

// The text as nodes, the beginnings that were typed in bold.
function marked(text, typed) {
  return text.split(/([\p{L}\p{N}\p{M}]+)/u).flatMap((part) => {
    const folded = fold(part);
    const longest = Math.max(0, ...typed.filter((word) => folded.startsWith(word)).map((word) => word.length));
    if (!longest) return [part];
    let end = 0;
    const signs = [...part];
    while (end < signs.length && fold(signs.slice(0, end).join("")).length < longest) end += 1;
    while (end < signs.length && /\p{M}/u.test(signs[end])) end += 1;
    return [element("b", {}, signs.slice(0, end).join("")), signs.slice(end).join("")];
  });
}

function enhance(box) {
  const input = box.querySelector("input[type=search]");
  const texts = box.dataset;
  const list = element("ul", { id: "suggestions", class: "suggestions", role: "listbox", "aria-label": texts.title });
  const status = element("p", { class: "visually-hidden", role: "status" });
  box.append(list, status);
  const roles = { role: "combobox", "aria-autocomplete": "list", "aria-controls": "suggestions" };
  for (const [name, value] of Object.entries(roles)) input.setAttribute(name, value);

  let found = [];
  let active = -1;
  let timer = 0;
  let asking = null;

  function point(number) {
    active = number;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === number)));
    if (number < 0) { input.removeAttribute("aria-activedescendant"); return; }
    input.setAttribute("aria-activedescendant", list.children[number].id);
    list.children[number].scrollIntoView({ block: "nearest" });
  }

  function open(isOpen) {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) point(-1);
  }

  // Also refuses what is still on its way.
  function close() {
    clearTimeout(timer);
    asking?.abort();
    status.textContent = "";
    open(false);
  }

  function option(item, number, typed) {
    const label = element("span", { class: "suggestion-label" }, ...marked(item.label, typed));
    const kind = element("span", { class: "suggestion-kind" }, texts[item.kind]);
    const detail = element("span", { class: "suggestion-detail" }, item.detail ?? "");
    // Blanks between the parts keep them apart where the whole is read aloud.
    const more = element("span", { class: "suggestion-more" }, kind, " ", detail);
    const attributes = { id: `suggestion-${number}`, role: "option", "aria-selected": "false", class: "suggestion" };
    return element("li", attributes, icon(texts.icons, item.kind), label, " ", more);
  }

  function show(items, typed) {
    found = items;
    list.replaceChildren(...items.map((item, number) => option(item, number, typed)));
    open(items.length > 0);
    const told = items.length === 1 ? texts.one : items.length ? texts.many : texts.none;
    status.textContent = told.replace("#", items.length);
  }

  async function ask() {
    asking?.abort();
    const typed = input.value.trim();
    if (typed.length < LEAST_TYPED) { close(); return; }
    const mine = new AbortController();
    asking = mine;
    try {
      const address = new URL(texts.suggest, window.location.href);
      address.searchParams.set("q", typed);
      const response = await fetch(address, { signal: mine.signal });
      const items = response.ok ? (await response.json()).suggestions : [];
      if (!mine.signal.aborted && document.activeElement === input) show(items, wordsOf(typed));
    } catch {
      if (!mine.signal.aborted) close();
    }
  }

  function follow(item) {
    const there = new URL(item.url);
    // What was picked for a hand-out stays picked.
    if (there.pathname.endsWith("/search")) {
      for (const kept of box.querySelectorAll("input[name=pick]")) there.searchParams.append("pick", kept.value);
    }
    close();
    window.location.assign(there.pathname + there.search);
  }

  function later(event) {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, WAIT_MS);
  }

  open(false);
  for (const name of ["input", "compositionend"]) input.addEventListener(name, later);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      if (list.hidden) { ask(); return; }
      point(active < 0 && step < 0 ? found.length - 1 : (active + step + found.length) % found.length);
    } else if (event.key === "Enter") {
      if (active < 0) { close(); return; }
      event.preventDefault();
      follow(found[active]);
    } else if (event.key === "Escape") {
      event.preventDefault(); // a browser would clear what was typed
      close();
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const chosen = event.target.closest("[role=option]");
    if (chosen) follow(found[[...list.children].indexOf(chosen)]);
  });
}

function prepare(box) {
  if (box && !box.querySelector("[role=listbox]")) enhance(box);
}

prepare(document.querySelector("[data-suggest]"));
// Results in place bring a new box with them: it is prepared when it is first used.
document.addEventListener("focusin", (event) => prepare(event.target.closest("[data-suggest]")));
