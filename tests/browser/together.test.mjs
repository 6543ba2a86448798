// A sandbox and several people in it, each with a browser of their own.
import assert from "node:assert/strict";
import { test } from "node:test";

import { accessible, close, fromTemplate, guest, join, openFile, share, shown, shows, typeAt } from "./people.mjs";
import { browser, serve, server } from "./served.mjs";

serve();

const two = async (gives) => {
  const [kim, ada] = [await guest(browser, server, "Kim"), await guest(browser, server, "Ada")];
  await fromTemplate(kim, "A counter");
  await join(ada, await share(kim, gives));
  await ada.page.locator(".cm-content").waitFor();
  return [kim, ada];
};

test("two people type at once, see each other, and have the same in the end", async () => {
  const [kim, ada] = await two("can edit and run");
  await Promise.all([typeAt(kim, "start", "# kim was here 🪐\n"), typeAt(ada, "end", "\n# ada was here é")]);
  const both = (text) => text.includes("# kim was here 🪐\n") && text.includes("# ada was here é");
  const texts = await Promise.all([kim, ada].map((who) => shows(who, both, "what both wrote")));
  assert.equal(texts[0], texts[1]);
  // Each sees the other's caret with its name, and where they are.
  await kim.page.locator(".cm-other-name", { hasText: "Ada" }).waitFor();
  await ada.page.locator(".cm-other-name", { hasText: "Kim" }).waitFor();
  await kim.page.getByText(/in main\.exs/).first().waitFor();
  // Undo takes back only what one has written oneself.
  await kim.page.locator(".cm-content").press("Control+z");
  await shows(ada, (text) => !text.includes("kim was here") && text.includes("ada was here"), "what Kim took back");
  await kim.page.locator(".cm-content").press("Control+y");
  await shows(ada, both, "what Kim did again");
  await close(kim, ada);
});

test("what is written offline is kept and merged", async () => {
  const [kim, ada] = await two("can edit and run");
  await kim.page.context().setOffline(true);
  await kim.page.getByText("Offline", { exact: true }).waitFor();
  await typeAt(kim, "start", "# on a train\n");
  await kim.page.getByText("Offline: your edits are kept").waitFor();
  await typeAt(ada, "end", "\n# at home");
  await kim.page.context().setOffline(false);
  await kim.page.getByText("Saved", { exact: true }).waitFor();
  const both = (text) => text.includes("# on a train\n") && text.includes("# at home");
  const texts = await Promise.all([kim, ada].map((who) => shows(who, both, "what both wrote")));
  assert.equal(texts[0], texts[1]);
  // What the browser itself says about lost connections is no problem of ours.
  kim.problems.splice(0, Infinity, ...kim.problems.filter((problem) => !/ERR_INTERNET_DISCONNECTED|WebSocket/.test(problem)));
  await close(kim, ada);
});

test("a viewer follows and cannot edit", async () => {
  const [kim, ada] = await two("can look");
  await ada.page.getByText("Read only").waitFor();
  const before = await shown(ada);
  await ada.page.locator(".cm-content").click();
  await ada.page.keyboard.type("never");
  await typeAt(kim, "start", "# from Kim\n");
  await shows(ada, (text) => text === `# from Kim\n${before}`, "what Kim wrote, and nothing else");
  assert.equal(await ada.page.getByRole("button", { name: "New file" }).count(), 0);
  // Once they may, they can, without loading the page again.
  await kim.page.getByRole("button", { name: "Share" }).click();
  await kim.page.getByLabel("What Ada is").selectOption("editor");
  await kim.page.getByRole("button", { name: "Close", exact: true }).click();
  await ada.page.getByText("Read only").waitFor({ state: "detached" });
  await typeAt(ada, "start", "# from Ada\n");
  await shows(kim, (text) => text.startsWith("# from Ada"), "what Ada wrote");
  await close(kim, ada);
});

test("a revoked link ends the access of those who came by it", async () => {
  const [kim, ada] = await two("can edit and run");
  await kim.page.getByRole("button", { name: "Share" }).click();
  await kim.page.getByRole("button", { name: "Revoke" }).click();
  await kim.page.getByText("There is no link to this sandbox.").waitFor();
  await ada.page.locator(".status.failed").waitFor();
  await kim.page.getByRole("button", { name: "Close", exact: true }).click();
  await kim.page.context().close();
  await ada.page.context().close();
});

test("files come, go, and come back", async () => {
  const [kim, ada] = await two("can edit and run");
  const files = (who) => who.page.locator(".file-name").allTextContents();
  await kim.page.getByRole("button", { name: "New file" }).click();
  await kim.page.getByLabel("Path of the new file").fill("lib/extra.ex");
  await kim.page.keyboard.press("Enter");
  await typeAt(kim, "end", "defmodule Extra do\n");
  await openFile(ada, "lib/extra.ex");
  await shows(ada, (text) => text.startsWith("defmodule Extra"), "the new file");
  await kim.page.getByRole("button", { name: "Rename lib/extra.ex" }).click();
  await kim.page.getByLabel("New path").fill("lib/more.ex");
  await kim.page.keyboard.press("Enter");
  await ada.page.getByText("lib/extra.ex is not there any more.").waitFor();
  await openFile(ada, "lib/more.ex");
  // Put elsewhere, for everybody: with the mouse and with the keyboard.
  const named = (who, ...paths) => who.page.waitForFunction(
    (paths) => [...document.querySelectorAll(".file-path")].slice(0, paths.length).every((one, at) => one.textContent === paths[at]),
    paths,
  );
  await kim.page.getByRole("button", { name: "Move lib/more.ex up" }).click();
  await named(ada, "main.exs", "lib/more.ex", "lib/counter.ex");
  await kim.page.getByRole("button", { name: "lib/more.ex", exact: true }).press("Alt+ArrowUp");
  await named(ada, "lib/more.ex", "main.exs", "lib/counter.ex");
  await kim.page.keyboard.press("Alt+ArrowDown");
  await named(ada, "main.exs", "lib/more.ex", "lib/counter.ex");
  await kim.page.getByRole("button", { name: "Delete lib/more.ex" }).click();
  await kim.page.getByText("Deleted lib/more.ex").waitFor();
  assert.ok(!(await files(kim)).includes("lib/more.ex"));
  await kim.page.getByRole("button", { name: "Undo", exact: true }).click();
  await openFile(kim, "lib/more.ex");
  await shows(kim, (text) => text.startsWith("defmodule Extra"), "the file that came back");
  await kim.page.getByRole("button", { name: "New file" }).click();
  await kim.page.getByLabel("Path of the new file").fill("../outside");
  await kim.page.keyboard.press("Enter");
  await kim.page.getByText("is no path of a file").waitFor();
  await close(kim, ada);
});

test("what is said is heard, and who goes is seen to have gone", async () => {
  const [kim, ada] = await two("can look");
  for (const who of [kim, ada]) await who.page.getByRole("tab", { name: "Together" }).click();
  await ada.page.getByRole("textbox", { name: "Message" }).fill("Hello <b>you</b> 👋");
  await ada.page.keyboard.press("Enter");
  await kim.page.getByRole("log", { name: "Chat" }).getByText("Hello <b>you</b> 👋").waitFor();
  await kim.page.locator(".person-name", { hasText: "Ada" }).waitFor();
  await ada.page.context().close();
  await kim.page.locator(".person-name", { hasText: "Ada" }).waitFor({ state: "detached" });
  await close(kim);
});

test("a restart of the server is survived with everything that was written", async () => {
  const [kim, ada] = await two("can edit and run");
  await server.restart(async () => {
    await kim.page.getByText(/^Offline/).waitFor();
    await typeAt(kim, "start", "# while it was away\n");
  });
  await shows(ada, (text) => text.startsWith("# while it was away"), "what was written meanwhile");
  await kim.page.getByText("Saved", { exact: true }).waitFor();
  await kim.page.context().close();
  await ada.page.context().close();
});

for (const colorScheme of ["light", "dark"]) {
  test(`a sandbox and its dialogs are accessible in ${colorScheme}`, async () => {
    const kim = await guest(browser, server, "Kim", { colorScheme });
    await accessible(kim.page);
    await fromTemplate(kim, "Supervised workers");
    await accessible(kim.page);
    await kim.page.getByRole("button", { name: "Share" }).click();
    await kim.page.getByRole("button", { name: "Make a link" }).click();
    await kim.page.getByLabel("Shown this once").waitFor();
    await accessible(kim.page);
    await close(kim);
  });
}

test("a narrow window shows one part at a time and needs no sideways scrolling", async () => {
  const kim = await guest(browser, server, "Kim", { viewport: { width: 360, height: 700 } });
  await fromTemplate(kim, "A counter");
  const overflow = () => kim.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(await overflow(), 0);
  await kim.page.getByRole("tab", { name: "Files" }).click();
  await kim.page.getByRole("button", { name: "New file" }).waitFor();
  assert.equal(await kim.page.locator(".cm-content").isVisible(), false);
  assert.equal(await overflow(), 0);
  await close(kim);
});
