// What people do on the pages, in their own words.
import assert from "node:assert/strict";

import axe from "axe-core";

import { PATIENCE_MILLIS, openPage } from "./browser.mjs";

/** Somebody with a browser of their own, who has come in as a guest. */
export async function guest(browser, server, name, options) {
  const opened = await openPage(browser, server.url, options);
  const { page } = opened;
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Continue as a guest" }).click();
  await page.getByRole("heading", { name: "Your sandboxes" }).waitFor();
  return { ...opened, name };
}

/** Opens a new sandbox that begins as this template. */
export async function fromTemplate({ page }, title) {
  await page.getByRole("button", { name: title }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.locator(".cm-content").waitFor();
}

/** Makes a link that gives this, and gives its address. */
export async function share({ page }, gives) {
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByLabel("Whoever opens the link").selectOption({ label: gives });
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.getByLabel("Shown this once").inputValue();
  await page.getByRole("button", { name: "Close", exact: true }).click();
  return link;
}

/** Comes into a sandbox by a link. */
export async function join({ page }, link) {
  await page.goto(link);
  await page.getByRole("button", { name: "Open it" }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
}

export const openFile = ({ page }, path) => page.getByRole("button", { name: path, exact: true }).click();

/** What the editor shows. */
export const shown = ({ page }) => page.locator(".cm-content").evaluate((content) => {
  const lines = [...content.querySelectorAll(".cm-line")].map((line) => {
    const copy = line.cloneNode(true);
    copy.querySelectorAll(".cm-other-caret, .cm-widgetBuffer").forEach((one) => one.remove());
    return copy.textContent;
  });
  return lines.join("\n");
});

/** Waits until the editor shows this. */
export async function shows(who, holds, what) {
  const deadline = Date.now() + PATIENCE_MILLIS;
  let text;
  do {
    text = await shown(who);
    if (holds(text)) return text;
    await who.page.evaluate(() => new Promise(requestAnimationFrame));
  } while (Date.now() < deadline);
  assert.fail(`${what} never came; the editor shows:\n${text}`);
}

export async function typeAt({ page }, where, text) {
  await page.locator(".cm-content").click();
  await page.keyboard.press(where === "start" ? "Control+Home" : "Control+End");
  await page.keyboard.type(text);
}

export const run = ({ page }) => page.getByRole("button", { name: /^(▶ )?Run/ }).click();

/** What the program has written. */
export const output = ({ page }) => page.getByRole("log", { name: "Output" });

/** A process with a name, in the supervision tree. */
export const tree = ({ page }, name) => page.getByRole("treeitem", { name: new RegExp(`^:${name}\\b`) });

/** Puts this text in the place of the whole file that is open. */
export async function rewrite(who, text) {
  await who.page.locator(".cm-content").click();
  await who.page.keyboard.press("Control+a");
  await who.page.keyboard.press("Delete");
  await who.page.keyboard.insertText(text);
  await shows(who, (shown) => shown === text, "the new text");
}

export async function accessible(page) {
  await page.evaluate(axe.source);
  const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations, passes } = await page.evaluate((runOnly) => window.axe.run(document, { runOnly }), runOnly);
  assert.ok(passes.length > 10, "axe has looked at the page");
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])]), []);
}

export async function close(...people) {
  for (const { page, problems } of people) {
    assert.deepEqual(problems, []);
    await page.context().close();
  }
}
