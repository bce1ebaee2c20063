// Takes pictures of pages for docs/. The plan comes on standard input:
//   {"chromium": PATH, "shots": [{"url": URL, "file": PNG, "height": in px}]}
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const plan = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({ executablePath: plan.chromium, args: ["--no-sandbox", "--host-resolver-rules=MAP *.localhost 127.0.0.1"] });
for (const { url, file, height } of plan.shots) {
  const page = await browser.newPage({ viewport: { width: 1000, height }, colorScheme: "light", reducedMotion: "reduce" });
  const answer = await page.goto(url);
  if (!answer.ok()) throw new Error(`${url}: ${answer.status()}`);
  await page.screenshot({ path: file });
  await page.close();
}
await browser.close();
