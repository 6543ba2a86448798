// Signing in with a provider of OpenID Connect: a certified one, with its own pages, in a real browser.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, test } from "node:test";

import { Provider } from "oidc-provider";

import { openPage } from "./browser.mjs";
import { accessible, close, fromTemplate, guest, share } from "./people.mjs";
import { browser, serve, server } from "./served.mjs";

const CLIENT = "orrery";
const SECRET = "known to both: a&b c";

let site;
let issuer;

serve(async () => {
  site = createServer();
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  issuer = `http://127.0.0.1:${site.address().port}`;
  const options = ["--oidc-issuer", issuer, "--oidc-client-id", CLIENT, "--oidc-client-secret", SECRET, "--oidc-name", "School"];
  return { server: options };
});

/** Begins the provider. It has to know where people are sent back to, which is known when the server is there. */
function beginProvider() {
  if (site.listenerCount("request") > 0) return;
  const redirect = new URL("/api/sign-in/oidc/callback", server.url).href;
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT, client_secret: SECRET, redirect_uris: [redirect] }],
    claims: { openid: ["sub"], profile: ["name"] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `Dr. ${id}` }) }),
  });
  site.on("request", provider.callback());
}

after(() => {
  site?.close();
  site?.closeAllConnections();
});

/** Somebody who has not come in yet. The provider's pages ask for fonts from elsewhere: they get none. */
async function nobody(options) {
  beginProvider();
  const opened = await openPage(browser, server.url, options);
  const isElsewhere = (url) => url.hostname !== "127.0.0.1";
  await opened.page.context().route(isElsewhere, (route) => route.fulfill({ contentType: "text/css", body: "" }));
  return opened;
}

/** Takes what is not ours out of what went wrong. */
function expected(who) {
  const ours = who.problems.filter((problem) => !problem.startsWith("request to "));
  who.problems.splice(0, Infinity, ...ours);
}

async function goThrough({ page }, login) {
  await page.getByRole("link", { name: "Sign in with School" }).click();
  await page.getByPlaceholder("Enter any login").fill(login);
  await page.getByPlaceholder("and password").fill("anything");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

async function screenshot(page, name) {
  const folder = process.env.ORRERY_SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

for (const colorScheme of ["light", "dark"]) {
  test(`somebody signs in with the provider, is known again, and signs out, in ${colorScheme}`, async () => {
    const kim = await nobody({ colorScheme });
    const { page } = kim;
    await page.getByRole("link", { name: "Sign in with School" }).waitFor();
    await accessible(page);
    await screenshot(page, `sign-in-${colorScheme}`);
    await goThrough(kim, `Kim ${colorScheme}`);
    await page.getByRole("heading", { name: "Your sandboxes" }).waitFor();
    await page.getByText(`Dr. Kim ${colorScheme}`, { exact: true }).waitFor();
    assert.equal(page.url(), new URL("/", server.url).href);
    await fromTemplate(kim, "A counter");
    const sandbox = page.url();
    await page.reload();
    await page.locator(".cm-content").waitFor();
    await page.getByRole("link", { name: "Orrery" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("link", { name: "Sign in with School" }).waitFor();
    // Whoever is known at the provider still is not asked again, and comes back to where they were.
    await page.goto(sandbox);
    await page.getByRole("link", { name: "Sign in with School" }).click();
    await page.locator(".cm-content").waitFor();
    assert.equal(page.url(), sandbox);
    expected(kim);
    await close(kim);
  });
}

test("whoever has a link comes back to it", async () => {
  const owner = await guest(browser, server, "Owner");
  await fromTemplate(owner, "A counter");
  const link = await share(owner, "can edit and run");
  const kim = await nobody();
  await kim.page.goto(link);
  await goThrough(kim, "Kim");
  await kim.page.getByRole("button", { name: "Open it" }).click();
  await kim.page.locator(".cm-content").waitFor();
  expected(kim);
  await close(kim, owner);
});

test("whoever turns back at the provider is told, and can come in otherwise", async () => {
  const kim = await nobody({ viewport: { width: 420, height: 800 } });
  const { page } = kim;
  await page.getByRole("link", { name: "Sign in with School" }).click();
  await page.getByText("Cancel").click();
  await page.getByText(/^You are not signed in: the sign-in was cancelled/).waitFor();
  assert.equal(page.url(), new URL("/", server.url).href);
  await accessible(page);
  await screenshot(page, "sign-in-cancelled");
  await page.getByLabel("Your name").fill("Kim");
  await page.getByRole("button", { name: "Continue as a guest" }).click();
  await page.getByRole("heading", { name: "Your sandboxes" }).waitFor();
  expected(kim);
  await close(kim);
});
