// Loads the page again when a source has changed, and lets the address of the
// window follow the page in the frame.
"use strict";
const frames = [...document.querySelectorAll("iframe")];
new EventSource("/~stage/events").onmessage = () => {
  if (frames.length === 0) location.reload();
  for (const f of frames) f.contentWindow.location.reload();
};
if (frames.length === 1) {
  frames[0].addEventListener("load", () => {
    document.title = frames[0].contentDocument.title;
    const at = frames[0].contentWindow.location;
    history.replaceState(null, "", at.pathname + at.hash);
  });
}
