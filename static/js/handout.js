// Print, share and copy a handout, where the browser can; the text can always be selected by hand.

const text = document.querySelector("#text");

function offer(selector, isPossible, act) {
  const button = document.querySelector(selector);
  if (!button || !isPossible) return;
  button.hidden = false;
  button.addEventListener("click", act);
}

offer("[data-print]", true, () => window.print());

offer("[data-share-text]", Boolean(text && navigator.share), () => {
  navigator.share({ text: text.value }).catch((error) => {
    if (error.name !== "AbortError") throw error;
  });
});

offer("[data-copy-text]", Boolean(text && navigator.clipboard), async () => {
  const told = document.querySelector("[data-copied]");
  try {
    await navigator.clipboard.writeText(text.value);
    told.textContent = told.dataset.copied;
  } catch {
    text.focus();
    text.select();
  }
});
