// Shows the page anew when a file has changed; where words were typed that are
// not saved yet, it says so instead.
"use strict";
const typed = () => [...document.querySelectorAll("form[method=post] :is(input, textarea)")]
  .some((e) => e.type === "checkbox" ? e.checked !== e.defaultChecked : e.value !== e.defaultValue);
let leaving = false;
addEventListener("submit", () => { leaving = true; });
new EventSource("/~stage/events").onmessage = () => {
  if (leaving) return;
  if (!typed()) { location.reload(); return; }
  const note = document.querySelector(".changed");
  note.hidden = false;
  note.textContent = note.dataset.said;
};
