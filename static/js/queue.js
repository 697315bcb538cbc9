// Keys for moderators: one for each decision, off by a setting, never while somebody types. Without this all is buttons.

const OFF = "queue-keys-off";
const dialog = document.querySelector("[data-keys]");
const setting = document.querySelector("[data-keys-on]");
const rows = [...document.querySelectorAll("[data-rows] > li > a")];

function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

function press(key) {
  const found = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!found) return false;
  if (found instanceof HTMLDetailsElement) {
    found.open = true;
    found.querySelector(key === "r" ? "textarea" : "[data-number]")?.focus();
  } else {
    found.click();
  }
  return true;
}

function walk(step) {
  const at = rows.indexOf(document.activeElement);
  rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.focus();
}

function refuse(number) {
  const form = document.querySelector("details[data-key=x][open]");
  form?.querySelector(`[data-number="${number}"]`)?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "?") {
    if (dialog.open) dialog.close();
    else dialog.showModal();
    return;
  }
  if (dialog.open || localStorage.getItem(OFF)) return;
  if (/^[0-9]$/.test(event.key)) refuse(event.key);
  else if (rows.length && event.key === "j") walk(1);
  else if (rows.length && event.key === "k") walk(-1);
  else if (/^[jkarxdu]$/.test(event.key) && press(event.key)) event.preventDefault();
});

if (dialog && setting) {
  setting.checked = !localStorage.getItem(OFF);
  setting.addEventListener("change", () => {
    if (setting.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
  const open = document.querySelector("[data-keys-open]");
  open.hidden = false;
  open.addEventListener("click", () => dialog.showModal());
  dialog.querySelector("[data-keys-close]").addEventListener("click", () => dialog.close());
}

const undo = document.querySelector("[data-undo]");
if (undo) setTimeout(() => undo.remove(), Number(undo.dataset.seconds) * 1000);
