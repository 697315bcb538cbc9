// Results in place: a changed filter or a followed page replaces the list; without this the form works by itself.

const root = document.querySelector("[data-results]");
root?.setAttribute("data-live", "");
let shown = window.location.pathname + window.location.search;

function prepare(results) {
  const details = results.querySelector("[data-filters]");
  const wide = window.matchMedia("(min-width: 60rem)");
  const open = () => { if (details && wide.matches) details.open = true; };
  open();
  wide.addEventListener("change", open);
  const form = results.querySelector("[data-filters-form]");
  if (!form) return;
  // On a phone the filters are a sheet over the list: its foot says what is found so far, and closes it.
  form.querySelector("[data-filters-close]")?.addEventListener("click", (event) => {
    if (wide.matches || !details.open) return;
    event.preventDefault();
    details.open = false;
    results.querySelector("h1")?.scrollIntoView({ block: "start" });
  });
  results.querySelector(".filters-link")?.addEventListener("click", (event) => {
    event.preventDefault();
    details.open = true;
    form.querySelector("input:not([type=hidden])")?.focus();
  });
  form.addEventListener("change", () => {
    const query = new URLSearchParams(new FormData(form));
    show(`${form.getAttribute("action")}?${query}`, true, document.activeElement);
  });
}

function pick(event) {
  const link = event.target.closest("a[data-pick]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  show(link.href, true, link);
}

async function show(address, isNew, focused) {
  const results = document.querySelector("[data-results]");
  results.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[data-results]");
    if (!fresh) { window.location.assign(address); return; }
    const wasOpen = results.querySelector("[data-filters]")?.open ?? false;
    const box = document.querySelector(".band .wrap");
    const freshBox = page.querySelector(".band .wrap");
    const strip = document.querySelector("[data-strip]");
    const freshStrip = page.querySelector("[data-strip]");
    if (strip && freshStrip) strip.replaceWith(document.adoptNode(freshStrip));
    window.dispatchEvent(new Event("strip"));
    if (box && freshBox) box.replaceWith(document.adoptNode(freshBox));
    const before = focused?.getBoundingClientRect().top;
    fresh.setAttribute("data-live", "");
    results.replaceWith(document.adoptNode(fresh));
    document.title = page.title;
    if (isNew) {
      window.history.pushState({}, "", address);
      shown = window.location.pathname + window.location.search;
    }
    const details = fresh.querySelector("[data-filters]");
    if (details) details.open = wasOpen;
    prepare(fresh);
    keepFocus(fresh, focused, before);
  } catch {
    window.location.assign(address);
  }
}

function keepFocus(results, focused, before) {
  if (focused?.matches("[data-pick]")) {
    const same = results.querySelector(`#${CSS.escape(focused.id)}`);
    if (!same) return;
    window.scrollBy(0, same.getBoundingClientRect().top - before);
    same.focus({ preventScroll: true });
    return;
  }
  if (!focused || !focused.name) return;
  const twin = results.querySelector(`[name="${focused.name}"][value="${CSS.escape(focused.value)}"]`);
  if (!twin) return;
  twin.closest("details.more")?.setAttribute("open", "");
  twin.focus();
}

if (root) {
  prepare(root);
  document.addEventListener("click", pick);
  document.addEventListener("keydown", (event) => {
    const details = document.querySelector("[data-filters]");
    if (event.key === "Escape" && details?.open && !window.matchMedia("(min-width: 60rem)").matches) details.open = false;
  });
  window.addEventListener("popstate", () => {
    // A jump within the page is no other search.
    const asked = window.location.pathname + window.location.search;
    if (asked === shown) return;
    shown = asked;
    show(window.location.href, false, null);
  });
}
