// Applies the stored choice between light and dark before the page is painted. The switch is in `site.js`.
try {
  const choice = localStorage.getItem("casebook:theme");
  if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
} catch {
  // The browser keeps no data for this page.
}
