// Chooses the colours before the first paint, which is why the page waits for this script.
{
  let chosen = null;
  try {
    chosen = localStorage.getItem("anabranch.theme");
  } catch {
    // Storage is switched off: the system's choice it is.
  }
  if (chosen !== "light" && chosen !== "dark") {
    chosen = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  document.documentElement.dataset.theme = chosen;
}
