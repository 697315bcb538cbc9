// Registering: likely duplicates while the name is typed, towns as suggestions. Without this the form works by itself.

const PAUSE_MS = 350;
const form = document.querySelector("[data-register]");

function later(run) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, PAUSE_MS);
  };
}

function lookForSimilar(name, box) {
  let last = 0;
  const look = async () => {
    const asked = ++last;
    const query = new URLSearchParams({ name: name.value, country: form.elements.country?.value ?? "" });
    const response = await fetch(`${box.dataset.url}?${query}`);
    if (response.ok && asked === last) box.replaceChildren(...parsed(await response.text()));
  };
  name.addEventListener("input", later(look));
  form.elements.country?.addEventListener("change", look);
}

function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html").body.childNodes;
}

function suggestTowns(city) {
  const list = document.getElementById(city.getAttribute("list"));
  const ask = async () => {
    const country = form.elements.country?.value;
    if (!country || city.value.length < 2) return;
    const response = await fetch(`${city.dataset.towns}?${new URLSearchParams({ country, q: city.value })}`);
    if (!response.ok) return;
    list.replaceChildren(...(await response.json()).map((name) => Object.assign(document.createElement("option"), { value: name })));
  };
  city.addEventListener("input", later(ask));
}

if (form) {
  const name = form.querySelector("[data-name]");
  const box = form.querySelector("[data-similar]");
  if (name && box) lookForSimilar(name, box);
  const city = form.querySelector("[data-towns]");
  if (city) suggestTowns(city);
  document.querySelector(".error-summary")?.focus();
}
