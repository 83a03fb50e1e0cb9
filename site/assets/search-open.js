// Shows the button of the search and opens its dialog. The search itself is fetched when it is opened first.
"use strict";
{
  const button = document.querySelector(".search-button");
  const dialog = document.querySelector("dialog.search");

  const fetchSearch = () => {
    const script = document.createElement("script");
    script.src = `${dialog.dataset.root}assets/search.js`;
    script.addEventListener("error", () => {
      dialog.querySelector("[role=status]").textContent = dialog.dataset.failed;
      script.remove();
      delete dialog.dataset.asked;
    });
    document.head.append(script);
  };

  const open = () => {
    if (dialog.open) return;
    dialog.showModal();
    if (!dialog.dataset.asked) fetchSearch();
    dialog.dataset.asked = "yes";
  };

  if (button && dialog) {
    button.hidden = false;
    button.addEventListener("click", open);
    document.addEventListener("keydown", (event) => {
      const isTyping = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
      event.preventDefault();
      open();
    });
  }
}
