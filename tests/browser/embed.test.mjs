// A sandbox in a page of another site, in a browser that gives frames of other sites no cookies.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, test } from "node:test";

import { close, fromTemplate, guest, share, shows, typeAt } from "./people.mjs";
import { browser, serve, server } from "./served.mjs";

let site;
let article = "";

serve(async () => {
  site = createServer((_, answer) => answer.setHeader("content-type", "text/html").end(article));
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  // Another host name is another site, though it is the same machine.
  site.origin = `http://localhost:${site.address().port}`;
  return { server: ["--embed-origin", site.origin], browser: ["--test-third-party-cookie-phaseout"] };
});

after(() => site?.close());

test("a sandbox can be read and written in a page of another site", async () => {
  const kim = await guest(browser, server, "Kim");
  await fromTemplate(kim, "A counter");
  const link = await share(kim, "can edit and run");
  article = `<!doctype html><html lang="en"><title>An article</title><h1>An article</h1>
    <script src="${new URL("/embed.js", server.url)}" data-link="${link}" data-height="420" data-theme="dark" data-panels="code"></script>`;
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(site.origin);
  const element = page.locator("iframe");
  assert.equal((await element.boundingBox()).height, 422);
  const frame = page.frameLocator("iframe");
  await frame.locator(".cm-content[contenteditable=true]").waitFor();
  assert.equal(await frame.locator(".file-list").isVisible(), false);
  assert.equal(await frame.locator("html").getAttribute("data-theme"), "dark");
  await frame.locator(".cm-content").click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("# from an article\n");
  await shows(kim, (text) => text.startsWith("# from an article"), "what was written in the frame");
  await typeAt(kim, "start", "# from Kim\n");
  await frame.locator(".cm-line", { hasText: "# from Kim" }).waitFor();
  assert.deepEqual(await context.cookies(server.url), []);
  await context.close();
  await close(kim);
});

test("a link that has ended shows why instead of a sandbox", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(new URL("/embed/nothing", server.url).href);
  await page.getByRole("heading", { name: "This sandbox cannot be shown" }).waitFor();
  await context.close();
});
