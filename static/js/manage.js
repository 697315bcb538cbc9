// Once it is said how it stands, the days come into view. Without this they are simply below.

const form = document.querySelector("[data-availability]");

form?.addEventListener("change", (event) => {
  if (event.target.name !== "state") return;
  form.querySelector("[data-until]")?.scrollIntoView({ block: "nearest", behavior: "smooth" });
});
