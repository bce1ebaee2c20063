// Looks at pages in a real browser and prints what is wrong with them as JSON,
// a list of sentences. The plan comes on standard input:
//   {"chromium": PATH, "pages": [URL...], "read": [URL...], "keyboard": [URL...], "foreign": URL, "day": DATE}
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const plan = JSON.parse(readFileSync(0, "utf8"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const wrong = [];
const browser = await chromium.launch({ executablePath: plan.chromium, args: ["--no-sandbox"] });

// open opens a page and notes whatever the browser complains of.
async function open(context, url) {
  const page = await context.newPage();
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && wrong.push(`${url}: the browser says: ${m.text()}`));
  page.on("pageerror", (e) => wrong.push(`${url}: a script failed: ${e}`));
  page.on("dialog", (d) => { wrong.push(`${url}: a dialog opened: ${d.message()}`); d.dismiss(); });
  const response = await page.goto(url);
  if (response.status() !== 200) wrong.push(`${url}: status ${response.status()}`);
  return page;
}

async function judge(page, how) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const result = await page.evaluate((tags) => axe.run(document, { runOnly: tags, resultTypes: ["violations"] }), tags);
  for (const v of result.violations) wrong.push(`${page.url()} (${how}): ${v.id}: ${v.help}: ${v.nodes[0].html}`);
}

// sides chooses the two columns of a redline, if there are any.
async function sides(page) {
  const choice = page.getByLabel("Side by side", { exact: true });
  if (await choice.count() === 0) return;
  await page.emulateMedia({ colorScheme: "light", media: "screen" });
  await page.setViewportSize({ width: 1200, height: 800 });
  await choice.first().check();
  const shown = () => page.evaluate(() => [...document.querySelectorAll("article.redline, article.sides")].map((e) => e.checkVisibility()).join());
  if (await shown() !== "false,true") wrong.push(`${page.url()}: side by side shows ${await shown()}`);
  const outside = await page.evaluate(() => [...document.querySelectorAll(".sides > table > tbody > tr > td")].flatMap((cell) => {
    const edge = cell.getBoundingClientRect().right + 1, walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), range = document.createRange();
    for (let node; (node = walk.nextNode());) {
      range.selectNodeContents(node);
      if (!node.parentElement.closest(".said") && [...range.getClientRects()].some((r) => r.right > edge)) return [node.data.slice(0, 60)];
    }
    return [];
  }));
  if (outside.length > 0) wrong.push(`${page.url()}: side by side, words leave their side: ${outside[0]}`);
  await judge(page, "side by side");
  await page.setViewportSize({ width: 320, height: 800 }); // where both have no room
  if (await shown() !== "true,false" || await choice.first().isVisible()) wrong.push(`${page.url()}: at 320 px it shows ${await shown()}`);
}

// menus opens whatever can be opened: nothing of it is out of reach.
async function menus(page, how) {
  for (const menu of await page.locator("details:visible").all()) {
    await menu.evaluate((e) => { e.open = true; });
    const { name, out } = await menu.evaluate((e) => ({ name: e.querySelector("summary").textContent,
      out: [...e.querySelectorAll("a")].filter((a) => a.getBoundingClientRect().right > innerWidth || a.getBoundingClientRect().left < 0).length }));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (out > 0 || wide > 0) wrong.push(`${page.url()} (${how}): opened, ${JSON.stringify(name)} is ${wide} px too wide`);
    await menu.evaluate((e) => { e.open = false; });
  }
}

// read looks at a long text as somebody who reads it: lines have 60 to 75
// characters, and the table of contents marks the place.
async function read(page) {
  const lines = await page.evaluate(() => {
    const node = [...document.querySelectorAll("article.text p")].map((p) => p.firstChild).find((n) => n.nodeType === 3 && n.length > 400);
    const lines = new Map(), range = document.createRange();
    for (let i = 0; i < node.length; i++) {
      range.setStart(node, i);
      range.setEnd(node, i + 1);
      const top = range.getBoundingClientRect().top;
      lines.set(top, (lines.get(top) ?? 0) + 1);
    }
    return [...lines.values()].slice(0, -1);
  });
  const measure = lines.reduce((a, b) => a + b) / lines.length;
  if (!(measure >= 60 && measure <= 75)) wrong.push(`${page.url()}: a line has ${measure.toFixed(1)} characters`);
  for (const link of (await page.locator(".toc a").all()).slice(1, -2)) {
    const id = (await link.getAttribute("href")).slice(1);
    await page.evaluate((id) => new Promise((done) => {
      document.getElementById(id).scrollIntoView({ behavior: "instant" });
      requestAnimationFrame(() => requestAnimationFrame(done));
    }), id);
    const at = await page.evaluate(() => [...document.querySelectorAll(".toc a")].filter((a) => a.matches(":target-current")).map((a) => a.hash.slice(1) +
      (a.checkVisibility() && getComputedStyle(a).fontWeight === "600" ? "" : " (unmarked)")).join());
    if (at !== id) wrong.push(`${page.url()}: at the section ${id} the table of contents marks ${JSON.stringify(at)}`);
  }
}

// Every page in light, dark and print, and on a narrow screen, where nothing may be cut off or scroll sideways.
const looks = [["light", 1200, { colorScheme: "light" }], ["dark", 1200, { colorScheme: "dark" }],
  ["320 px", 320, { colorScheme: "light" }], ["print", 1200, { colorScheme: "light", media: "print" }]];
const free = await browser.newContext({ bypassCSP: true });
for (const url of plan.pages) {
  const page = await open(free, url);
  const scripts = await page.evaluate(() => [...document.scripts].filter((s) => s.type !== "application/ld+json").length);
  if (scripts > 0) wrong.push(`${url}: the page has ${scripts} scripts`);
  for (const [how, width, media] of looks) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia(media);
    await judge(page, how);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) wrong.push(`${url} (${how}): the page scrolls sideways by ${wide} px`);
    if (media.media !== "print") await menus(page, how);
    const clickable = await page.evaluate(() => [...document.querySelectorAll("nav a, summary, input, .skip")].filter((e) => e.checkVisibility()).length);
    if (media.media === "print" && clickable > 0) wrong.push(`${url}: ${clickable} links of the frame would be printed`);
  }
  if (plan.read.includes(url)) {
    await page.emulateMedia({ colorScheme: "light", media: "screen" });
    await page.setViewportSize({ width: 1200, height: 800 });
    await read(page);
  }
  await sides(page);
  await page.close();
}

// By keyboard: the first stop skips to the text, every stop can be seen, and the end is reached.
const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, reducedMotion: "reduce" });
for (const url of plan.keyboard) {
  const page = await open(context, url);
  const stops = await page.evaluate(() => [...document.querySelectorAll("a[href], summary, button, input:checked, [tabindex='0']")]
    .filter((e) => e.checkVisibility({ contentVisibilityAuto: true })).length);
  let seen = 0;
  for (; seen <= stops; seen++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
      return { body: e === document.body, name: e.outerHTML.slice(0, 80), skip: e.classList.contains("skip"),
        marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        there: box.width > 0 && box.bottom > 0 && box.top < innerHeight };
    });
    if (at.body) break;
    if (seen === 0 && !at.skip) wrong.push(`${url}: the first stop is ${at.name}`);
    if (!at.marked || !at.there) wrong.push(`${url}: it cannot be seen that one is at ${at.name}`);
  }
  if (seen < 5 || seen > stops) wrong.push(`${url}: ${seen} stops of ${stops} were reached`);
  await page.close();
}

// On a page of somebody else, on a day on which a change is announced, with the strictest policy that lets the script in.
await context.clock.setFixedTime(plan.day);
const page = await open(context, plan.foreign);
const banner = () => page.evaluate(() => [...document.body.children].map((e) => e.shadowRoot?.querySelector("section")?.textContent ?? "").join(""));
if (!(await banner()).includes("1 September 2026")) wrong.push(`the foreign page shows ${JSON.stringify(await banner())}`);
const cookies = await context.cookies();
if (cookies.length > 0) wrong.push(`the banner set cookies: ${JSON.stringify(cookies)}`);
await page.getByRole("button", { name: "Close this announcement" }).press("Enter", { timeout: 5000 });
if (await banner() !== "") wrong.push("the banner cannot be closed");
await page.reload();
if (await banner() !== "") wrong.push("a closed banner comes back");
await context.close();
await free.clock.setFixedTime(plan.day);
await judge(await open(free, plan.foreign), "with the banner");
await browser.close();
console.log(JSON.stringify(wrong, null, 1));
