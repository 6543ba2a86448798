// New code for a program that runs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { accessible, close, fromTemplate, guest, join, openFile, output, rewrite, run, share } from "./people.mjs";
import { browser, serve, server } from "./served.mjs";

serve();

const counter = (version, change) => `defmodule Counter do
  use GenServer
  @vsn ${version}
  def start_link(first), do: GenServer.start_link(__MODULE__, first, name: :counter)
  def init(first), do: {:ok, ${version === 1 ? "first" : "%{number: first}"}}
  def handle_call(:show, _, state), do: {:reply, "version ${version}: #{inspect(state)}", state}
  ${change}
end
`;

const PROGRAM = `{:ok, _} = Counter.start_link(41)
IO.puts("ready")
for _ <- Stream.cycle([1]) do
  IO.gets("")
  IO.puts(GenServer.call(:counter, :show))
end
`;

for (const colorScheme of ["light", "dark"]) {
  test(`new code comes into a program that runs, with its state, in ${colorScheme}`, async () => {
    const [kim, ada] = [await guest(browser, server, "Kim", { colorScheme }), await guest(browser, server, "Ada")];
    const { page } = kim;
    await fromTemplate(kim, "A counter");
    await join(ada, await share(kim, "can look"));
    await rewrite(kim, PROGRAM);
    await openFile(kim, "lib/counter.ex");
    await rewrite(kim, counter(1, ""));
    const upgrade = page.getByRole("button", { name: "Upgrade", exact: true });
    assert.equal(await upgrade.count(), 0);
    await run(kim);
    await output(kim).getByText("ready").waitFor();
    const ask = async () => {
      await page.getByRole("tab", { name: "Console" }).click();
      await page.getByRole("textbox", { name: "Input" }).fill("go");
      await page.keyboard.press("Enter");
    };
    await ask();
    await output(kim).getByText("version 1: 41").waitFor();
    // Nothing has changed.
    await upgrade.click();
    await page.getByText(/^No module has changed/).waitFor();
    // What does not compile changes nothing.
    await rewrite(kim, counter(2, "def broken(]"));
    await page.keyboard.press("Control+Shift+Enter");
    await page.getByText("The files do not compile: the program runs on as it was").waitFor();
    await page.getByRole("button", { name: /^lib\/counter\.ex:7/ }).first().waitFor();
    await page.locator(".cm-lintRange-error").first().waitFor();
    await rewrite(kim, counter(2, "def code_change(1, number, _), do: {:ok, %{number: number + 1}}"));
    await page.keyboard.press("Control+Shift+Enter");
    await page.getByText("New code of Counter: 1 process changed its state").waitFor();
    await ask();
    await output(kim).getByText("version 2: %{number: 42}").waitFor();
    // What came of it can be read again.
    await page.getByRole("tab", { name: /^Problems/ }).click();
    const report = page.getByRole("region", { name: "New code in the program" });
    await report.getByText("has new code").waitFor();
    await report.getByText("changed its state with Counter.code_change/3").waitFor();
    await report.getByRole("button", { name: ":counter" }).click();
    await page.getByRole("region", { name: "State" }).getByText("%{number: 42}").waitFor();
    await accessible(page);
    // A state that cannot be changed stays.
    await rewrite(kim, counter(3, 'def code_change(_, _, _), do: {:error, :too_old}'));
    await upgrade.click();
    await report.getByText(/keeps the state that it had: .*too_old/).waitFor();
    await accessible(page);
    assert.equal(await ada.page.getByRole("button", { name: "Upgrade", exact: true }).count(), 0);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Stopped", { exact: true }).waitFor();
    await page.keyboard.press("Control+Shift+Enter");
    await page.getByText(/^Run the program first/).waitFor();
    await close(kim, ada);
  });
}
