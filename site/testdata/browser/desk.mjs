// Reviews a draft at the desk as a lawyer does, first without scripts and by
// mouse, then by keyboard, and prints what is wrong as JSON, a list of sentences.
// The plan comes on standard input:
//   {"chromium": PATH, "url": of the desk, "draft": path of its folder, "shots": folder or ""}
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const plan = JSON.parse(readFileSync(0, "utf8"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const wrong = [];
const expect = (holds, what) => { if (!holds) wrong.push(what); };
process.on("uncaughtException", (e) => { // what cannot be found is wrong, too
  console.log(JSON.stringify([...wrong, `${e}`], null, 1));
  process.exit(0);
});
const browser = await chromium.launch({ executablePath: plan.chromium, args: ["--no-sandbox"] });
const review = `${plan.url}desk/privacy@draft/review`;

async function open(context, url) {
  const page = await context.newPage();
  page.setDefaultTimeout(60000);
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && wrong.push(`${page.url()}: the browser says: ${m.text()}`));
  page.on("pageerror", (e) => wrong.push(`${page.url()}: a script failed: ${e}`));
  await page.goto(url);
  return page;
}

// Everybody can use every page: in light, in dark and on a narrow screen.
async function judge(url, name) {
  const page = await open(free, url);
  await page.evaluate(axe);
  for (const [how, width, media] of [["light", 1280, { colorScheme: "light" }], ["dark", 1280, { colorScheme: "dark" }], ["320 px", 320, { colorScheme: "light" }]]) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia(media);
    const result = await page.evaluate((tags) => axe.run({ exclude: [["iframe"]] }, { runOnly: tags, resultTypes: ["violations"] }), tags);
    for (const v of result.violations) wrong.push(`${url} (${how}): ${v.id}: ${v.help}: ${v.nodes[0].html}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide <= 0, `${url} (${how}): the page scrolls sideways by ${wide} px`);
    if (plan.shots) await page.screenshot({ path: `${plan.shots}/${name}-${how.replace(" ", "")}.png`, fullPage: true });
  }
  await page.close();
}

// The keyboard reaches everything, and one sees where one is.
async function walk(url) {
  const page = await open(context, url);
  const stops = await page.evaluate(() => [...document.querySelectorAll("a[href], summary, button, input:not([type=hidden]), select, textarea, iframe, [tabindex='0']")]
    .filter((e) => e.checkVisibility({ contentVisibilityAuto: true })).length);
  let seen = 0;
  for (; seen <= 3 * stops; seen++) { // a date has several stops
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
      return { body: e === document.body, frame: e.tagName === "IFRAME", name: e.outerHTML.slice(0, 80), skip: e.classList.contains("skip"),
        marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2, there: box.width > 0 && box.bottom > 0 && box.top < innerHeight };
    });
    if (at.body || at.frame) break; // what is in a frame is another page
    if (seen === 0) expect(at.skip, `${url}: the first stop is ${at.name}`);
    expect(at.marked && at.there, `${url}: it cannot be seen that one is at ${at.name}`);
  }
  expect(seen >= 5, `${url}: only ${seen} stops were reached`);
  await page.close();
}

const free = await browser.newContext({ bypassCSP: true, reducedMotion: "reduce" });
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
const plain = await browser.newContext({ javaScriptEnabled: false });

// What there is to see, before anything is decided.
const pages = { home: plan.url, review, words: review.replace("review", "words"), mail: review.replace("review", "mail"),
  refused: review.replace("review", "release?effective=2027-01-15"), findings: `${plan.url}findings`,
  source: `${plan.url}source?file=content/privacy/draft/en.md&line=53#L53` };
for (const [name, url] of Object.entries(pages)) await judge(url, name);
for (const name of ["home", "review", "words", "findings"]) await walk(pages[name]);

// Without scripts: from the first page to the first decision.
let page = await open(plain, plan.url);
await page.getByRole("link", { name: "Review privacy@draft" }).click();
const open1 = page.locator(".matter", { has: page.locator("h2 .verdict.review") });
expect(await open1.count() === 2, `${await open1.count()} sections wait for a decision`);
let matter = open1.first();
await matter.getByLabel("Reason").fill("nobody reads it otherwise");
await matter.getByLabel("Your name").fill("Ada Counsel");
await matter.getByRole("button", { name: "Editorial" }).click();
expect((await page.getByRole("status").first().textContent()).includes("Sections left to decide: 1"), "the decision is not told");
await page.close();

// By keyboard: the second one. The page beside the redline is the draft's.
page = await open(context, review);
expect(page.frames().length === 2 && (await page.frames()[1].textContent("body")).includes("This is a draft"), "the page does not stand beside the redline");
matter = page.locator(".matter", { has: page.locator("h2 .verdict.review") }).first();
await matter.getByLabel("Reason").focus();
await page.keyboard.type("it must be told");
await page.keyboard.press("Tab");
await page.keyboard.type("Ada Counsel");
await page.keyboard.press("Tab");
await page.keyboard.press("Enter"); // material comes first
await page.getByText("Sections left to decide: 0").waitFor();
expect(await page.locator("h2 .verdict.review").count() === 0, "a section still waits for a decision");

// A file that is edited is shown at once; words that were typed stay.
const file = `${plan.draft}/en.md`, before = readFileSync(file, "utf8");
writeFileSync(file, before.replace("## Children", "## Nightingales {#nightingales}\n\nWe keep them for 14 days.\n\n## Children"));
await page.locator("#on-nightingales").waitFor();
await page.locator("#on-nightingales").getByLabel("Reason").fill("half a sen");
writeFileSync(file, before);
await page.getByText("The files have changed").waitFor();
expect(await page.locator("#on-nightingales").getByLabel("Reason").inputValue() === "half a sen", "what was typed is gone");
await page.reload();
expect(await page.locator("#on-nightingales").count() === 0, "the page is not as the files are");

// The words for readers, in place.
await page.getByRole("link", { name: "Words for readers" }).click();
await page.getByRole("group", { name: "Summary" }).getByLabel("en").fill("We keep logs of our web servers for 60 days.");
await page.getByRole("group", { name: "Summary" }).getByLabel("de").fill("Wir bewahren Protokolle <60> Tage auf.");
await page.getByRole("button", { name: "Save" }).click();
await page.getByText("Written: content/privacy/draft/changes.yaml").waitFor();

// The mail, as a holder gets it.
await page.getByRole("link", { name: "Mail", exact: true }).click();
await page.getByLabel("Locale").selectOption("de");
await page.getByRole("checkbox", { name: "snapkeep" }).check();
await page.getByRole("button", { name: "Show" }).click();
const text = await page.locator(".letter pre").first().textContent();
expect(text.includes("Wir bewahren Protokolle <60> Tage auf."), "the text of the mail lacks the summary");
const letter = await page.frameLocator(".letter iframe").locator("body").textContent();
expect(letter.includes("Wir bewahren Protokolle <60> Tage auf."), "the HTML of the mail lacks the summary");
expect(await page.locator(".letter iframe").getAttribute("sandbox") === "", "the mail has rights");
await judge(page.url(), "mail-chosen");

// A finding, at its line.
await page.getByRole("link", { name: "Findings" }).click();
await page.getByRole("link", { name: "content/privacy/draft/changes.yaml:6:3" }).click();
const wanted = page.locator("li.wanted");
expect((await wanted.textContent()).includes("is void") === true, "the finding is not at its line");
expect(await wanted.evaluate((e) => e.getBoundingClientRect().top < innerHeight), "the line is not in sight");

// The release, on the earliest date.
await page.goto(review.replace("review", "release"));
await page.getByText("The earliest lawful date is 2027-01-21.").waitFor();
await page.getByRole("button", { name: "What stands against it?" }).click();
await judge(page.url(), "confirm");
await page.getByRole("checkbox", { name: "I release privacy@draft for 2027-01-21." }).check();
await page.getByRole("button", { name: "Release", exact: true }).click();
await page.getByText("privacy@2027-01-21 is released and takes effect on 21 January 2027.").waitFor();
await judge(plan.url, "released");
await browser.close();
console.log(JSON.stringify(wrong, null, 1));
