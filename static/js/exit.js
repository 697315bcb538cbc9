// Away at once: the page empties, and its place in the history is taken by one that names nothing.
// Filters change a page in place: whether it has a way out is asked when somebody wants it.

const WITHIN_MS = 1500;
let pressedAt = -Infinity;

function leave() {
  const link = document.querySelector("[data-exit]");
  if (!link) return;
  document.documentElement.hidden = true;
  document.title = "";
  window.location.replace(link.href);
}

function tell() {
  for (const hint of document.querySelectorAll(".exit-key")) hint.hidden = false;
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-exit]")) return;
  event.preventDefault();
  leave();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.repeat) return;
  if (event.timeStamp - pressedAt < WITHIN_MS) leave();
  pressedAt = event.timeStamp;
});
window.addEventListener("strip", tell);
tell();
