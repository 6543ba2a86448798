// The page of a real server in a real browser.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import axe from "axe-core";

import { openPage, startBrowser } from "./browser.mjs";
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

async function screenshot(page, name) {
  const folder = process.env.ORRERY_SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

const accessible = async (page) => {
  await page.evaluate(axe.source);
  const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations, passes } = await page.evaluate((runOnly) => window.axe.run(document, { runOnly }), runOnly);
  assert.ok(passes.length > 10, "axe has looked at the page");
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
};

const health = async () => (await fetch(new URL("/api/health", server.url))).json();

for (const colorScheme of ["light", "dark"]) {
  test(`the first page shows what the server is made of, and is accessible, in ${colorScheme}`, async () => {
    const { page, problems } = await openPage(browser, server.url, { colorScheme });
    const status = page.getByRole("region", { name: "This server" });
    await status.getByText("Up", { exact: true }).waitFor();
    const { library } = await health();
    await status.getByText(library.elixir, { exact: true }).waitFor();
    await status.getByText(library.otp, { exact: true }).waitFor();
    await accessible(page);
    await screenshot(page, `start-${colorScheme}`);
    assert.deepEqual(problems, []);
    await page.context().close();
  });

  test(`the editor highlights both languages, and is accessible, in ${colorScheme}`, async () => {
    const { page, problems } = await openPage(browser, new URL("/lab", server.url).href, { colorScheme });
    const keyword = (text) => page.locator(".cm-line span").getByText(text, { exact: true }).first();
    const plain = await page.locator("body").evaluate((body) => getComputedStyle(body).color);
    const colourOf = (locator) => locator.evaluate((element) => getComputedStyle(element).color);
    await page.getByRole("textbox", { name: "Elixir code" }).waitFor();
    assert.notEqual(await colourOf(keyword("defmodule")), plain);
    await screenshot(page, `editor-${colorScheme}`);
    await accessible(page);
    await page.getByRole("combobox", { name: "Language" }).selectOption("erlang");
    await page.getByRole("textbox", { name: "Erlang code" }).waitFor();
    assert.notEqual(await colourOf(keyword("ok")), plain);
    await accessible(page);
    assert.deepEqual(problems, []);
    await page.context().close();
  });
}

test("the editor is loaded only where somebody edits", async () => {
  const { page } = await openPage(browser, "about:blank");
  const scripts = [];
  page.on("request", (request) => scripts.push(new URL(request.url()).pathname));
  await page.goto(server.url);
  await page.getByText("Up", { exact: true }).waitFor();
  assert.deepEqual(scripts.filter((path) => path.startsWith("/editor/")), []);
  await page.getByRole("link", { name: "Open the editor" }).click();
  await page.getByRole("textbox", { name: "Elixir code" }).waitFor();
  assert.ok(scripts.includes("/editor/editor.js"));
  assert.equal(scripts.filter((path) => path.includes("erlang")).length, 0);
  await page.context().close();
});

test("what was typed stays when the editor changes to a plain text field and back", async () => {
  const { page, problems } = await openPage(browser, new URL("/lab", server.url).href);
  const editor = page.getByRole("textbox", { name: "Elixir code" });
  await editor.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("# mine 🪐");
  await page.getByRole("checkbox", { name: "Plain text field" }).check();
  const field = page.locator("textarea");
  assert.match(await field.inputValue(), /# mine 🪐$/);
  await field.press("Control+End");
  await page.keyboard.type(" and this");
  await page.getByRole("checkbox", { name: "Plain text field" }).uncheck();
  await page.locator(".cm-content").getByText("# mine 🪐 and this").waitFor();
  assert.deepEqual(problems, []);
  await page.context().close();
});

test("a chosen theme wins over the system's, and is remembered before the first paint", async () => {
  const { page, problems } = await openPage(browser, server.url, { colorScheme: "light" });
  const background = () => page.locator("body").evaluate((body) => getComputedStyle(body).backgroundColor);
  const light = await background();
  await page.getByRole("radio", { name: "Dark" }).check();
  const dark = await background();
  assert.notEqual(dark, light);
  // Without the program: only the script in the page can know the choice.
  await page.route("**/*.wasm", (route) => route.abort());
  await page.reload({ waitUntil: "domcontentloaded" });
  assert.equal(await background(), dark);
  await page.unroute("**/*.wasm");
  await page.reload();
  assert.ok(await page.getByRole("radio", { name: "Dark" }).isChecked());
  await page.getByRole("radio", { name: "System" }).check();
  assert.equal(await background(), light);
  assert.deepEqual(problems.filter((problem) => !/wasm|ERR_FAILED|Failed to fetch|fetch/i.test(problem)), []);
  await page.context().close();
});

test("the whole page can be reached with the keyboard alone", async () => {
  const { page, problems } = await openPage(browser, server.url);
  await page.getByText("Up", { exact: true }).waitFor();
  const focused = () => page.evaluate(() => document.activeElement.textContent || document.activeElement.value);
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  assert.equal(new URL(page.url()).pathname, "/");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Open the editor");
  await page.keyboard.press("Enter");
  const editor = page.getByRole("textbox", { name: "Elixir code" });
  await editor.focus();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  assert.ok(!(await editor.evaluate((element) => element === document.activeElement)));
  assert.deepEqual(problems, []);
  await page.context().close();
});

test("a server that does not answer is said to, and can be asked again", async () => {
  const { page } = await openPage(browser, "about:blank");
  await page.route("**/api/health", (route) => route.abort());
  await page.goto(server.url);
  await page.getByText("The server cannot be reached").waitFor();
  await accessible(page);
  await page.unroute("**/api/health");
  await page.getByRole("button", { name: "Ask again" }).click();
  await page.getByText("Up", { exact: true }).waitFor();
  await page.context().close();
});

test("an address that nothing has says so and leads back", async () => {
  const { page, problems } = await openPage(browser, new URL("/nowhere", server.url).href);
  await page.getByRole("heading", { name: "There is nothing at this address" }).waitFor();
  await accessible(page);
  await page.getByRole("link", { name: "Go to the first page" }).click();
  await page.getByRole("heading", { name: "A clockwork for processes" }).waitFor();
  assert.deepEqual(problems, []);
  await page.context().close();
});

test("a narrow window needs no sideways scrolling", async () => {
  const { page } = await openPage(browser, server.url, { viewport: { width: 320, height: 640 } });
  await page.getByText("Up", { exact: true }).waitFor();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(overflow, 0);
  await screenshot(page, "start-narrow");
  await page.context().close();
});
