// The whole way with the keyboard alone: come in, open, write, run, look, interfere, go back in time, share.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage } from "./browser.mjs";
import { close, output, shows, tree } from "./people.mjs";
import { browser, serve, server } from "./served.mjs";

serve();

const FAR = 120;

/** Presses Tab until this has the focus. Whoever cannot see where they are is lost, so every stop has to show it. */
async function tabTo(page, locator) {
  for (let n = 0; n < FAR; n += 1) {
    const there = await locator.evaluateAll((all) => all.some((one) => one === document.activeElement));
    if (there) {
      // The editor shows it around all of itself, a moment after it has it.
      const outline = page.waitForFunction(() => {
        const one = document.activeElement.closest(".cm-editor") ?? document.activeElement;
        const style = getComputedStyle(one);
        return style.outlineStyle !== "none" || style.boxShadow !== "none";
      });
      const where = await page.evaluate(() => document.activeElement.outerHTML.slice(0, 120));
      await outline.catch(() => assert.fail(`the focus is not seen on ${where}`));
      return;
    }
    // Tab belongs to whoever writes, until Escape.
    if (await page.evaluate(() => Boolean(document.activeElement.closest(".cm-editor")))) await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
  }
  assert.fail(`${locator} cannot be reached with Tab`);
}

const PROGRAM = `{:ok, _} = Crew.start_link([])
IO.puts("ready")
Process.sleep(:infinity)`;

test("the whole way can be gone with the keyboard", async () => {
  const { page, problems } = await openPage(browser, server.url);
  const kim = { page, problems };
  await page.getByLabel("Your name").waitFor();
  await tabTo(page, page.getByLabel("Your name"));
  await page.keyboard.type("Kim");
  await page.keyboard.press("Enter");
  const template = page.getByRole("button", { name: "Supervised workers" });
  await template.waitFor();
  await tabTo(page, template);
  await page.keyboard.press("Enter");
  await page.getByText("Saved", { exact: true }).waitFor();
  const editor = page.locator(".cm-content");
  await editor.waitFor();
  // Writing, and out again: Tab belongs to the editor until Escape.
  await tabTo(page, editor);
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(PROGRAM);
  await shows(kim, (text) => text === PROGRAM, "the program");
  await page.keyboard.press("Control+Enter");
  await output(kim).getByText("ready").waitFor();
  await page.keyboard.press("Escape");
  const alice = tree(kim, "alice");
  await alice.waitFor();
  const rows = page.getByRole("tree").locator("[tabindex='0']");
  await tabTo(page, rows);
  for (let n = 0; n < FAR && !(await alice.evaluate((one) => one === document.activeElement)); n += 1) {
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Enter");
  // The palette leads everywhere.
  const palette = async (words) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Command, file or process" }).waitFor();
    await page.keyboard.type(words);
    await page.keyboard.press("Enter");
  };
  await palette("look into the chosen");
  const kill = page.getByRole("button", { name: "Kill", exact: true });
  await kill.waitFor();
  await tabTo(page, kill);
  await page.keyboard.press("Enter");
  await palette("supervision tree");
  await page.getByRole("treeitem", { name: /^:alice\b.*restarted 1 times/ }).waitFor();
  await palette("show the events");
  const events = page.getByRole("grid", { name: "Events" });
  await tabTo(page, events);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.getByText(/^You look at the past/).waitFor();
  await palette("go back to now");
  await page.getByText(/^You look at the past/).waitFor({ state: "detached" });
  await palette("talk to the program");
  const iex = page.getByRole("textbox", { name: "Elixir", exact: true });
  await tabTo(page, iex);
  await page.keyboard.type("6 * 7");
  await page.keyboard.press("Enter");
  await page.getByRole("log", { name: "Session" }).getByText("42").waitFor();
  await palette("show the timeline");
  await tabTo(page, page.getByRole("img", { name: /^Lives of/ }));
  for (const key of ["w", "d", "a", "s", "f"]) await page.keyboard.press(key);
  await palette("main.exs");
  await tabTo(page, editor);
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("F9");
  await page.getByText(/^Breakpoint at line 1/).waitFor();
  await page.keyboard.press("Escape");
  // The sheet of keys, and back to where one was.
  const stop = page.getByRole("button", { name: "Stop" });
  await tabTo(page, stop);
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "detached" });
  const share = page.getByRole("button", { name: "Share" });
  await tabTo(page, share);
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "Make a link" }));
  await page.keyboard.press("Enter");
  await page.getByLabel("Shown this once").waitFor();
  await page.keyboard.press("Escape");
  await tabTo(page, stop);
  await page.keyboard.press("Enter");
  await page.getByText("Stopped", { exact: true }).waitFor();
  await close(kim);
});
