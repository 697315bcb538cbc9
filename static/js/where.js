// "Near me": asks the browser where it is, once, on a tap. Without this a town or postal code is typed.

for (const form of document.querySelectorAll("[data-where]")) {
  const button = form.querySelector("[data-near-me]");
  const status = form.querySelector("[role=status]");
  if (!button || !("geolocation" in navigator)) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    status.textContent = button.dataset.waiting;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const query = new URLSearchParams(new FormData(form));
        query.delete("q");
        // A kilometre is near enough, and tells less of who asks.
        query.set("near", `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`);
        window.location.assign(`${form.getAttribute("action")}?${query}`);
      },
      () => { status.textContent = button.dataset.refused; form.querySelector("[name=q]").focus(); },
      { timeout: 10000, maximumAge: 600000 },
    );
  });
}
