// Programs: running them, watching them, and interfering.
import assert from "node:assert/strict";
import { test } from "node:test";

import { accessible, close, fromTemplate, guest, join, openFile, output, rewrite, run, share, tree as worker } from "./people.mjs";
import { browser, serve, server } from "./served.mjs";

serve();

const STAYS = `{:ok, _} = Crew.start_link([])
IO.puts("ready")
Process.sleep(:infinity)`;

test("a program runs, its tree is seen, a worker is killed and started again", async () => {
  const kim = await guest(browser, server, "Kim");
  await fromTemplate(kim, "Supervised workers");
  await rewrite(kim, STAYS);
  await run(kim);
  await output(kim).getByText("ready").waitFor();
  await worker(kim, "alice").waitFor();
  await worker(kim, "bob").click();
  await kim.page.getByRole("button", { name: "Kill :bob" }).click();
  await kim.page.getByRole("treeitem", { name: /^:bob\b.*restarted 1 times/ }).waitFor();
  assert.equal(await kim.page.locator(".tree-row .restarts").count(), 1);
  await accessible(kim.page);
  // The same in the other panels.
  await kim.page.getByRole("tab", { name: "Events" }).click();
  await kim.page.getByRole("searchbox", { name: "Show only events with" }).fill("ends: ");
  await kim.page.getByRole("grid", { name: "Events" }).getByText("ends: :killed").first().waitFor();
  await kim.page.getByRole("tab", { name: "Messages" }).click();
  await kim.page.getByRole("region", { name: "Sequence of messages" }).waitFor();
  await kim.page.getByRole("tab", { name: "Timeline" }).click();
  await kim.page.getByRole("img", { name: /^Lives of/ }).waitFor();
  await accessible(kim.page);
  await kim.page.getByRole("button", { name: "Stop" }).click();
  await kim.page.getByText("Stopped", { exact: true }).waitFor();
  await close(kim);
});

test("what runs is what is written, also where that is slow on its way to the server", async () => {
  const kim = await guest(browser, server, "Kim");
  const held = [];
  let isSlow = false;
  await kim.page.routeWebSocket(/\/docs\/code/, (socket) => {
    const there = socket.connectToServer();
    socket.onMessage((frame) => (isSlow ? held.push(() => there.send(frame)) : there.send(frame)));
  });
  await fromTemplate(kim, "A counter");
  isSlow = true;
  await rewrite(kim, 'IO.puts("as it is written")\n');
  await run(kim);
  assert.ok(held.length > 0, "the server has not been told");
  await kim.page.getByText("Saving…", { exact: true }).waitFor();
  // Time enough for a page that does not wait.
  for (let n = 0; n < 60; n += 1) await kim.page.evaluate(() => new Promise(requestAnimationFrame));
  isSlow = false;
  for (const send of held) send();
  await output(kim).getByText("as it is written").waitFor();
  await kim.page.getByText("Saved", { exact: true }).waitFor();
  // What is only deleted has to be told as well.
  isSlow = true;
  held.length = 0;
  await kim.page.locator(".cm-content").click();
  await kim.page.keyboard.press("Backspace");
  await kim.page.getByText("Saving…", { exact: true }).waitFor();
  isSlow = false;
  for (const send of held) send();
  await kim.page.getByText("Saved", { exact: true }).waitFor();
  await close(kim);
});

test("a syntax error is shown at its line and goes when it is mended", async () => {
  const kim = await guest(browser, server, "Kim");
  await fromTemplate(kim, "A counter");
  await openFile(kim, "lib/counter.ex");
  await rewrite(kim, "defmodule Counter do\n  def broken(]\nend\n");
  await run(kim);
  await kim.page.getByText("Did not compile").waitFor();
  await kim.page.locator(".cm-lintRange-error").first().waitFor();
  await kim.page.getByRole("tab", { name: /^Problems/ }).click();
  await kim.page.getByRole("button", { name: /^lib\/counter\.ex:2/ }).first().click();
  await rewrite(kim, 'defmodule Counter do\nend\nIO.puts("mended")\n');
  await openFile(kim, "main.exs");
  await rewrite(kim, 'IO.puts("works")\n');
  await kim.page.keyboard.press("Control+Enter");
  await kim.page.getByRole("tab", { name: "Console" }).click();
  await output(kim).getByText("works").waitFor();
  await openFile(kim, "lib/counter.ex");
  await kim.page.locator(".cm-line", { hasText: "mended" }).waitFor();
  assert.equal(await kim.page.locator(".cm-lintRange-error").count(), 0);
  await close(kim);
});

test("a viewer watches what others run, and cannot interfere", async () => {
  const [kim, ada] = [await guest(browser, server, "Kim"), await guest(browser, server, "Ada")];
  await fromTemplate(kim, "Supervised workers");
  await join(ada, await share(kim, "can look"));
  await rewrite(kim, STAYS);
  await run(kim);
  await worker(ada, "alice").waitFor();
  await output(ada).getByText("ready").waitFor();
  assert.equal(await ada.page.getByRole("button", { name: /Run|Stop|Kill/ }).count(), 0);
  await close(kim, ada);
});

test("a moment of the past is shown by all panels, and now again", async () => {
  const kim = await guest(browser, server, "Kim");
  await fromTemplate(kim, "Supervised workers");
  await rewrite(kim, STAYS);
  await run(kim);
  await worker(kim, "carol").waitFor();
  await kim.page.getByRole("tab", { name: "Events" }).click();
  await kim.page.getByLabel("Show only events with").fill("is now :alice");
  await kim.page.getByRole("grid", { name: "Events" }).getByRole("row").first().click();
  await kim.page.getByText(/^You look at the past/).waitFor();
  await worker(kim, "alice").waitFor();
  await worker(kim, "carol").waitFor({ state: "detached" });
  assert.match(kim.page.url(), /[?&]at=\d+/);
  await kim.page.getByRole("button", { name: "Back to now" }).click();
  await worker(kim, "carol").waitFor();
  await close(kim);
});

test("a fault that depends on the order of the processes comes out, and comes again", async () => {
  const kim = await guest(browser, server, "Kim");
  await fromTemplate(kim, "A bug hunt");
  const ways = () => kim.page.getByRole("button", { name: /^Ways to start/ }).click();
  const dialog = kim.page.getByRole("dialog", { name: "Ways to start" });
  const closed = () => dialog.getByRole("button", { name: "Close" }).click();
  await ways();
  await dialog.getByRole("radio", { name: /^Shuffled/ }).check();
  await accessible(kim.page);
  await closed();
  // Each run has another order; one in two loses money.
  const ran = async () => {
    const finished = kim.page.locator(".run-state").evaluate((state) => new Promise((done) => {
      let hasBegun = false;
      const look = () => (state.textContent === "Finished" ? hasBegun && done() : (hasBegun = true));
      new MutationObserver(look).observe(state, { childList: true, characterData: true, subtree: true });
    }));
    await run(kim);
    await finished;
    return output(kim).getByText(/^before/).textContent();
  };
  const isWrong = (said) => {
    const [, before, afterwards] = said.match(/before: (\d+), afterwards: (\d+)/);
    return before !== afterwards;
  };
  let said;
  for (let runs = 0; runs < 20 && !(said && isWrong(said)); runs += 1) said = await ran();
  assert.ok(isWrong(said), said);
  await ways();
  await dialog.getByRole("radio", { name: /^Order \d+ again/ }).check();
  await closed();
  assert.equal(await ran(), said);
  assert.equal(await ran(), said);
  await close(kim);
});
