// The session of a sandbox: bounded, ended and begun again by who leads, and what it means to the others.
import assert from "node:assert/strict";
import { test } from "node:test";

import { accessible, close, fromTemplate, guest, join, share, shows, typeAt } from "./people.mjs";
import { browser, serve, server } from "./served.mjs";

serve();

// What the browser itself says when the server does not open a socket, or answers that something may not be.
const expected = (who) => {
  const ours = who.problems.filter((problem) => !/WebSocket connection|status of 403/.test(problem));
  who.problems.splice(0, Infinity, ...ours);
};

const together = ({ page }) => page.getByRole("tab", { name: "Together" }).click();

const bounds = async (who) => {
  await together(who);
  const { page } = who;
  if (!(await page.getByRole("form", { name: "Session" }).isVisible())) await page.getByText("Bound or end it").click();
  return page.getByRole("form", { name: "Session" });
};

for (const colorScheme of ["light", "dark"]) {
  test(`a session is bounded, ends, and begins again, in ${colorScheme}`, async () => {
    const options = { colorScheme };
    const [kim, ada] = [await guest(browser, server, "Kim", options), await guest(browser, server, "Ada", options)];
    await fromTemplate(kim, "A counter");
    await join(ada, await share(kim, "can edit and run"));
    await ada.page.locator(".cm-content").waitFor();
    // Whoever does not lead sees how it is, and changes nothing.
    await together(ada);
    await ada.page.getByText("It goes on until somebody who leads ends it.").waitFor();
    assert.equal(await ada.page.getByText("Bound or end it").count(), 0);
    const form = await bounds(kim);
    await form.getByLabel("Minutes it lasts").fill("0");
    await form.getByRole("button", { name: "Set the bounds" }).click();
    await kim.page.getByText(/^A bound is a whole number from 1 on/).waitFor();
    await form.getByLabel("Minutes it lasts").fill("30");
    await form.getByLabel("People at most").fill("3");
    await accessible(kim.page);
    await form.getByRole("button", { name: "Set the bounds" }).click();
    for (const who of [kim, ada]) {
      await who.page.getByText("Ends in 30 minutes", { exact: true }).waitFor();
      await who.page.getByText(/^It ends in 30 minutes\. No more than 3 people/).waitFor();
    }
    await accessible(ada.page);
    // Over: everybody is out but those who lead.
    const again = await bounds(kim);
    await again.getByRole("button", { name: "End the session" }).click();
    await ada.page.getByRole("heading", { name: "This session is over" }).waitFor();
    await accessible(ada.page);
    await kim.page.getByText("The session is over", { exact: true }).first().waitFor();
    await typeAt(kim, "start", "# after the end\n");
    await accessible(kim.page);
    // Whoever comes now sees the same, and all are in when another begins.
    await ada.page.reload();
    await ada.page.getByRole("heading", { name: "This session is over" }).waitFor();
    await kim.page.getByRole("form", { name: "Session" }).getByRole("button", { name: "Begin a session" }).click();
    await shows(ada, (text) => text.startsWith("# after the end"), "what was written meanwhile");
    await ada.page.getByRole("heading", { name: "This session is over" }).waitFor({ state: "detached" });
    [kim, ada].forEach(expected);
    await close(kim, ada);
  });
}

test("a session that was ended by mistake goes on", async () => {
  const kim = await guest(browser, server, "Kim");
  await fromTemplate(kim, "A counter");
  await (await bounds(kim)).getByRole("button", { name: "End the session" }).click();
  await kim.page.getByText("It is over: until another begins").waitFor();
  await kim.page.getByRole("button", { name: "Undo", exact: true }).click();
  await kim.page.getByText("It goes on until somebody who leads ends it.").waitFor();
  await close(kim);
});

test("whoever finds a sandbox full is told, and comes in when there is room", async () => {
  const people = [];
  for (const name of ["Kim", "Ada", "Bob"]) people.push(await guest(browser, server, name));
  const [kim, ada, bob] = people;
  await fromTemplate(kim, "A counter");
  const link = await share(kim, "can edit and run");
  await join(ada, link);
  await (await bounds(kim)).getByLabel("People at most").fill("1");
  await kim.page.getByRole("button", { name: "Set the bounds" }).click();
  await kim.page.getByText(/No more than 1 person/).waitFor();
  await bob.page.goto(link);
  await bob.page.getByRole("button", { name: "Open it" }).click();
  await bob.page.getByRole("heading", { name: "This sandbox is full" }).waitFor();
  await accessible(bob.page);
  await ada.page.context().close();
  await bob.page.getByText("Saved", { exact: true }).waitFor();
  await bob.page.locator(".cm-content").waitFor();
  await close(kim, bob);
});

test("a sandbox that is not there is said not to be", async () => {
  const kim = await guest(browser, server, "Kim");
  await kim.page.goto(new URL("/sandboxes/sandbox-0000000000000000", server.url).href);
  await kim.page.getByRole("heading", { name: "This sandbox cannot be opened" }).waitFor();
  await accessible(kim.page);
  kim.problems.splice(0, Infinity, ...kim.problems.filter((problem) => !/WebSocket connection|status of 404/.test(problem)));
  await close(kim);
});
