// Every main view, in both themes, wide and narrow: accessible, and nothing to scroll sideways. With a folder in
// ORRERY_SCREENSHOTS they are kept as pictures.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { startBrowser } from "./browser.mjs";
import { accessible, close, fromTemplate, guest } from "./people.mjs";
import { startServer } from "./server.mjs";

let server;
let browser;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const folder = process.env.ORRERY_SCREENSHOTS;

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1440, 420]) {
    test(`the views at ${width} pixels in ${colorScheme}`, async () => {
      const kim = await guest(browser, server, "Kim", { colorScheme, viewport: { width, height: 860 } });
      const { page } = kim;
      const isNarrow = width < 800;
      const look = async (name) => {
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(overflow, 0, `${name} has nothing to scroll sideways`);
        await accessible(page);
        if (!folder) return;
        await mkdir(folder, { recursive: true });
        await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${width}.png`) });
      };
      const place = async (name) => {
        if (isNarrow) await page.locator("#place-" + name).click();
      };
      await page.getByRole("button", { name: "A counter" }).waitFor();
      await look("first");
      await fromTemplate(kim, "Supervised workers");
      await page.getByRole("button", { name: /Run/ }).click();
      await page.getByText("Finished", { exact: true }).waitFor({ timeout: 60_000 });
      await look("code");
      await place("bottom");
      for (const tab of ["console", "problems", "session", "events", "messages", "timeline", "tables", "resources"]) {
        await page.locator(`#bottom-${tab}`).click();
        await look(tab);
      }
      await place("side");
      for (const tab of ["tree", "processes", "inspect", "together"]) {
        await page.locator(`#side-${tab}`).click();
        await look(tab);
      }
      await close(kim);
    });
  }
}
