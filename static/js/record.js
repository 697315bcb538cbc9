// Print and share, where the browser can.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.share({ title: document.querySelector("h1").textContent, url: window.location.href }).catch((error) => {
      if (error.name !== "AbortError") throw error;
    });
  });
}
