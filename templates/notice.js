// A banner for any page of the company, while a change of a policy is announced:
//   <script src="https://DOMAIN/notice.js" async></script>
// It asks no other address, sets no cookie and counts nothing. What a reader
// has closed is remembered in the reader's own browser. On the day of the
// change it is gone, even from an old copy. lang="de" on the script tag chooses
// the language; else the page's own is taken.
(function (notices, script) {
  "use strict";
  function closed(id, now) {
    try {
      if (now) localStorage.setItem(id, "closed");
      return localStorage.getItem(id) === "closed";
    } catch (e) { return false; }
  }
  function make(name, text, to) {
    var e = document.createElement(name);
    e.textContent = text;
    to.append(e, " ");
    return e;
  }
  function show() {
    var want = (script && script.lang) || document.documentElement.lang || "";
    notices.forEach(function (n) {
      var id = "notice:" + n.policy + "@" + n.version;
      if (Date.now() >= Date.parse(n.until) || closed(id)) return;
      var locale = [want, want.split("-")[0], n.first].find(function (l) { return n.in[l]; });
      var words = n.in[locale], host = document.createElement("div"), root = host.attachShadow({ mode: "open" });
      var sheet = new CSSStyleSheet();
      sheet.replaceSync("section{display:flex;gap:1em;align-items:start;justify-content:space-between;padding:.8em 1.25em;" +
        "background:#fff6dc;color:#4d3800;border-bottom:1px solid #d9b44a;font:1rem/1.5 system-ui,sans-serif}p{margin:0}a{color:inherit}" +
        "button{min-width:2em;min-height:2em;border:1px solid;border-radius:4px;background:none;color:inherit;font:inherit;cursor:pointer}" +
        ":focus-visible{outline:3px solid;outline-offset:2px}@media print{section{display:none}}");
      root.adoptedStyleSheets = [sheet];
      var box = document.createElement("section"), line = make("p", "", box);
      box.lang = locale;
      box.dir = words.dir;
      box.setAttribute("aria-label", words.label);
      make("strong", words.title, line);
      make("span", words.text, line);
      make("a", words.link, line).href = words.url;
      var close = make("button", "\u00d7", box);
      close.type = "button";
      close.setAttribute("aria-label", words.close);
      close.onclick = function () { closed(id, true); host.remove(); };
      root.append(box);
      document.body.prepend(host);
    });
  }
  if (document.body) show(); else document.addEventListener("DOMContentLoaded", show);
})([/* notices */], document.currentScript);
