// Debian's Chromium, without anything that it would do on its own.
import { chromium } from "playwright-core";

export function startBrowser(more = []) {
  return chromium.launch({
    executablePath: process.env.ORRERY_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--force-device-scale-factor=1",
      "--hide-scrollbars",
      ...more,
    ],
  });
}

/** How long a test waits for what has to come. */
export const PATIENCE_MILLIS = 90_000;

// Opens a page that fails the test when anything goes wrong in it, and that reaches no other server than `url`'s.
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 720 }, ...options });
  // Long enough for a machine that is busy with other things; what is well comes much sooner.
  context.setDefaultTimeout(PATIENCE_MILLIS);
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const target = new URL(request.url());
    if (target.protocol.startsWith("http") && target.origin !== new URL(url).origin) problems.push(`request to ${target}`);
  });
  await page.goto(url);
  return { page, problems };
}
