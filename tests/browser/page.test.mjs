// The page of a real server in a real browser.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { openPage } from "./browser.mjs";
import { accessible, close, fromTemplate, guest, openFile, shows, typeAt } from "./people.mjs";
import { browser, serve, server } from "./served.mjs";

serve();

async function screenshot(page, name) {
  const folder = process.env.ORRERY_SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

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

  test(`the editor highlights both languages in ${colorScheme}`, async () => {
    const kim = await guest(browser, server, "Kim", { colorScheme });
    const keyword = (text) => kim.page.locator(".cm-line span").getByText(text, { exact: true }).first();
    const plain = await kim.page.locator("body").evaluate((body) => getComputedStyle(body).color);
    const colourOf = (locator) => locator.evaluate((element) => getComputedStyle(element).color);
    await fromTemplate(kim, "A counter");
    await openFile(kim, "lib/counter.ex");
    await keyword("defmodule").waitFor();
    assert.notEqual(await colourOf(keyword("defmodule")), plain);
    await screenshot(kim.page, `editor-${colorScheme}`);
    await kim.page.getByRole("link", { name: "Orrery" }).click();
    await fromTemplate(kim, "A state machine");
    await openFile(kim, "src/turnstile.erl");
    await keyword("locked").waitFor();
    assert.notEqual(await colourOf(keyword("locked")), plain);
    await close(kim);
  });
}

test("the editor is loaded only where somebody edits", async () => {
  const kim = await guest(browser, server, "Kim");
  const scripts = [];
  kim.page.on("request", (request) => scripts.push(new URL(request.url()).pathname));
  await kim.page.reload();
  await kim.page.getByText("Up", { exact: true }).waitFor();
  assert.deepEqual(scripts.filter((path) => path.startsWith("/editor/")), []);
  await fromTemplate(kim, "A counter");
  assert.ok(scripts.includes("/editor/editor.js"));
  assert.equal(scripts.filter((path) => path.includes("erlang")).length, 0);
  await close(kim);
});

test("what was typed stays when the editor changes to a plain text field and back", async () => {
  const kim = await guest(browser, server, "Kim");
  await fromTemplate(kim, "A counter");
  await typeAt(kim, "end", "# mine 🪐");
  await kim.page.getByRole("checkbox", { name: "Plain text field" }).check();
  const field = kim.page.locator("textarea");
  assert.match(await field.inputValue(), /# mine 🪐$/);
  await field.press("Control+End");
  await kim.page.keyboard.type(" and this");
  await kim.page.getByRole("checkbox", { name: "Plain text field" }).uncheck();
  await shows(kim, (text) => text.endsWith("# mine 🪐 and this"), "what was typed in the field");
  await close(kim);
});

test("sandboxes are renamed and deleted, and come back when it was a mistake", async () => {
  const kim = await guest(browser, server, "Kim");
  await fromTemplate(kim, "A counter");
  await kim.page.getByRole("link", { name: "Orrery" }).click();
  await kim.page.getByRole("button", { name: "Rename A counter" }).click();
  await kim.page.getByLabel("New name").fill("My counter");
  await kim.page.getByLabel("New name").press("Enter");
  await kim.page.getByRole("link", { name: "My counter" }).waitFor();
  await kim.page.getByRole("button", { name: "Delete My counter" }).click();
  await kim.page.getByRole("link", { name: "My counter" }).waitFor({ state: "detached" });
  await kim.page.getByRole("button", { name: "Undo", exact: true }).click();
  await kim.page.getByRole("link", { name: "My counter" }).waitFor();
  await kim.page.getByRole("button", { name: "Delete My counter" }).click();
  // A page that is left takes requests back that are on their way.
  const deleted = kim.page.waitForResponse((response) => response.request().method() === "DELETE");
  await kim.page.getByRole("button", { name: "Close this message" }).click();
  await kim.page.getByText("You have none yet.").waitFor();
  await deleted;
  await kim.page.reload();
  await kim.page.getByText("You have none yet.").waitFor();
  await close(kim);
});

test("an account can be made, left, and come back to", async () => {
  const { page, problems } = await openPage(browser, server.url);
  await page.getByRole("radio", { name: "New account" }).check();
  await page.getByLabel("Your name").fill("Grace");
  await page.getByLabel("Login").fill("grace");
  await page.getByLabel("Password").fill("compiler!");
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByRole("heading", { name: "Your sandboxes" }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("radio", { name: "Sign in" }).check();
  await page.getByLabel("Login").fill("grace");
  await page.getByLabel("Password").fill("compiler!");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Grace").waitFor();
  await close({ page, problems });
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

test("whoever has only a keyboard comes in, opens a sandbox, writes, and gets out of the editor again", async () => {
  const { page, problems } = await openPage(browser, server.url);
  await page.getByText("Up", { exact: true }).waitFor();
  const focused = () => page.evaluate(() => document.activeElement.textContent || document.activeElement.value);
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  assert.equal(new URL(page.url()).pathname, "/");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Kim");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Your sandboxes" }).waitFor();
  const template = page.getByRole("button", { name: "A counter" });
  await template.waitFor();
  for (let n = 0; n < 20 && !(await template.evaluate((it) => it === document.activeElement)); n++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const editor = page.locator(".cm-content");
  await editor.waitFor();
  for (let n = 0; n < 40 && !(await editor.evaluate((it) => it === document.activeElement)); n++) await page.keyboard.press("Tab");
  await page.keyboard.type("# by hand");
  // The first one may close suggestions that are about to come.
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  assert.ok(!(await editor.evaluate((it) => it === document.activeElement)));
  await close({ page, problems });
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
