// Away at once: the page empties, and its place in the history is taken by one that names nothing.

const link = document.querySelector("[data-exit]");
const WITHIN_MS = 1500;
let pressedAt = -Infinity;

function leave() {
  document.documentElement.hidden = true;
  document.title = "";
  window.location.replace(link.href);
}

link.addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.repeat) return;
  if (event.timeStamp - pressedAt < WITHIN_MS) leave();
  pressedAt = event.timeStamp;
});
for (const hint of document.querySelectorAll(".exit-key")) hint.hidden = false;
