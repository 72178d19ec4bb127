// The button "Run this page" loads run.js, and with it everything else. Nothing is loaded before the click.
document.querySelector(".run-page button")?.addEventListener("click", function load({currentTarget: button}) {
  button.removeEventListener("click", load);
  const script = document.createElement("script");
  script.src = button.dataset.script;
  script.onerror = () => {
    button.nextElementSibling.textContent = button.dataset.failed;
    button.addEventListener("click", load);
  };
  document.head.append(script);
});
