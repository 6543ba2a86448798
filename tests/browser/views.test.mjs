// Every main view, in both themes, wide and narrow: accessible, and nothing to scroll sideways. With a folder in
// ORRERY_SCREENSHOTS they are kept as pictures.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { accessible, close, fromTemplate, guest, rewrite, run, tree } from "./people.mjs";
import { browser, serve, server } from "./served.mjs";

serve();

const STAYS = `{:ok, _crew} = Crew.start_link([])
for n <- 1..6, do: Worker.work(:alice, {n * 84, 2})
Process.sleep(:infinity)
`;

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
      await page.getByText("Finished", { exact: true }).waitFor();
      await look("code");
      await place("bottom");
      for (const tab of ["console", "problems", "events", "messages", "timeline", "tables"]) {
        await page.locator(`#bottom-${tab}`).click();
        await look(tab);
      }
      for (const tab of ["session", "resources"]) {
        await page.locator(`#bottom-${tab}`).click();
        await look(`${tab}-without-program`);
      }
      await place("side");
      for (const tab of ["tree", "processes", "together"]) {
        await page.locator(`#side-${tab}`).click();
        await look(tab);
      }
      await page.locator("#side-inspect").click();
      await look("inspect-without-process");
      // What can be looked into only while something runs.
      await place("code");
      await rewrite(kim, STAYS);
      await run(kim);
      await place("side");
      await page.locator("#side-tree").click();
      await tree(kim, "alice").click();
      await page.locator("#side-inspect").click();
      const state = page.getByRole("region", { name: "State" });
      await state.getByText("6", { exact: true }).waitFor();
      await place("bottom");
      await page.locator("#bottom-session").click();
      const typed = page.getByRole("textbox", { name: "Elixir", exact: true });
      const said = page.getByRole("log", { name: "Session" });
      for (const [line, answer] of [["Worker.jobs(:alice)", "6"], ["Worker.work(:alice, {84, 4})", "21"], ["Process.info(Process.whereis(:alice), [:links, :status])", "status: :waiting"]]) {
        await typed.fill(line);
        await typed.press("Enter");
        await said.getByText(answer).waitFor();
      }
      await look("session");
      await page.locator("#bottom-resources").click();
      await page.getByRole("meter", { name: "Processes" }).waitFor();
      await look("resources");
      await place("side");
      await state.getByText(/^2 of 2 since/).waitFor();
      await look("inspect");
      await close(kim);
    });
  }
}
