// Writing code with the help of what runs: the formatter, suggestions, IEx, breakpoints; and looking into what happened.
import assert from "node:assert/strict";
import { test } from "node:test";

import { accessible, close, fromTemplate, guest, join, output, rewrite, run, share, shows, tree } from "./people.mjs";
import { browser, serve, server } from "./served.mjs";

serve();

const tab = ({ page }, name) => page.getByRole("tab", { name, exact: true }).click();

test("a file is formatted for everybody, carets stay, and it is undone as one step", async () => {
  const [kim, ada] = [await guest(browser, server, "Kim"), await guest(browser, server, "Ada")];
  await fromTemplate(kim, "A counter");
  await join(ada, await share(kim, "can edit and run"));
  const ugly = "defmodule  A do\ndef f( x ),do: {:ok,\"🦀\" ,x}\n\n# here\nend";
  await rewrite(kim, ugly);
  await shows(ada, (text) => text === ugly, "the ugly text");
  // Ada stands behind "# here".
  await ada.page.locator(".cm-line", { hasText: "# here" }).click();
  await ada.page.keyboard.press("End");
  await kim.page.locator(".cm-content").click();
  await kim.page.keyboard.press("Shift+Alt+F");
  const formatted = "defmodule A do\n  def f(x), do: {:ok, \"🦀\", x}\n\n  # here\nend\n";
  await shows(kim, (text) => text === formatted, "the formatted text");
  await shows(ada, (text) => text === formatted, "the formatted text");
  await ada.page.keyboard.type("!");
  await shows(kim, (text) => text.includes("# here!\nend"), "what Ada wrote where she stood");
  await kim.page.locator(".cm-content").click();
  await kim.page.keyboard.press("Control+z");
  await shows(kim, (text) => text === ugly.replace("# here", "# here!"), "the text before, with what Ada wrote");
  // What cannot be read says where.
  await rewrite(kim, "defmodule A do\n  def f(]\nend\n");
  await kim.page.getByRole("button", { name: "Format", exact: true }).click();
  await kim.page.getByRole("region", { name: "Messages" }).getByText(/main\.exs:2:9 cannot be formatted/).waitFor();
  await close(kim, ada);
});

test("modules and functions are suggested, of the library and of the program", async () => {
  const kim = await guest(browser, server, "Kim");
  await fromTemplate(kim, "A counter");
  const options = kim.page.locator(".cm-tooltip-autocomplete [role=option]");
  const type = async (text) => {
    await kim.page.keyboard.press("Control+End");
    await kim.page.keyboard.type(text, { delay: 5 });
  };
  await rewrite(kim, "");
  await type("Enum.chunk_e");
  await options.filter({ hasText: "chunk_every(enumerable, count)" }).first().waitFor();
  await kim.page.locator(".cm-completionInfo").getByText(/chunk/i).first().waitFor();
  await accessible(kim.page);
  // What was just shown is not taken at once, so that nobody takes what they did not see.
  await options.first().click();
  await shows(kim, (text) => text.startsWith("Enum.chunk_every"), "what was suggested");
  await rewrite(kim, "alias Counter, as: C\n{:ok, _} = Counter.start_link(first: 3)\nIO.puts(\"ready\")\nProcess.sleep(:infinity)\n");
  await run(kim);
  await output(kim).getByText("ready").waitFor();
  await kim.page.locator(".cm-content").click();
  await type("C.");
  await options.filter({ hasText: "start_link" }).first().waitFor();
  await kim.page.keyboard.press("Escape");
  await close(kim);
});

test("one talks to the program in IEx, and variables stay", async () => {
  const kim = await guest(browser, server, "Kim");
  await fromTemplate(kim, "A counter");
  await rewrite(kim, "{:ok, _} = Agent.start_link(fn -> 40 end, name: :box)\nIO.puts(\"ready\")\nProcess.sleep(:infinity)\n");
  await run(kim);
  await output(kim).getByText("ready").waitFor();
  await tab(kim, "IEx");
  const field = kim.page.getByRole("textbox", { name: "Elixir", exact: true });
  const session = kim.page.getByRole("log", { name: "Session" });
  await accessible(kim.page);
  await field.fill("x = Agent.get(:box, & &1)");
  await field.press("Enter");
  await session.getByText("40").waitFor();
  await kim.page.getByText("iex(2)>").waitFor();
  await field.fill("x + 2");
  await field.press("Enter");
  await session.getByText("42").waitFor();
  await field.fill("raise \"oops\"");
  await field.press("Enter");
  await session.getByText("** (RuntimeError) oops").waitFor();
  await field.press("ArrowUp");
  await field.press("ArrowUp");
  assert.equal(await field.inputValue(), "x + 2");
  await accessible(kim.page);
  // Nothing of it is output of the program.
  await tab(kim, "Console");
  assert.equal(await output(kim).getByText("42").count(), 0);
  // What was typed comes back also on another day.
  await kim.page.reload();
  await tab(kim, "IEx");
  await field.press("ArrowUp");
  assert.equal(await field.inputValue(), "raise \"oops\"");
  await close(kim);
});

test("breakpoints are those of everybody, move with their lines, and say that nothing stops there yet", async () => {
  const [kim, ada] = [await guest(browser, server, "Kim"), await guest(browser, server, "Ada")];
  await fromTemplate(kim, "A counter");
  await join(ada, await share(kim, "can edit and run"));
  await rewrite(kim, "one\ntwo\nthree\n");
  await shows(ada, (text) => text === "one\ntwo\nthree\n", "the text");
  await kim.page.locator(".cm-line", { hasText: "two" }).click();
  await kim.page.keyboard.press("F9");
  await kim.page.getByText("Breakpoint at line 2 (programs do not stop yet)").waitFor();
  await ada.page.getByText("Breakpoint at line 2 (programs do not stop yet)").waitFor();
  assert.equal(await ada.page.locator(".cm-breakpoint-gutter .cm-breakpoint:visible").count(), 1);
  await ada.page.locator(".cm-content").click();
  await ada.page.keyboard.press("Control+Home");
  await ada.page.keyboard.type("zero\n");
  await kim.page.getByText("Breakpoint at line 3 (programs do not stop yet)").waitFor();
  await accessible(kim.page);
  await ada.page.locator(".cm-breakpoint-gutter .cm-gutterElement:has(.cm-breakpoint):visible").click();
  await kim.page.getByText(/^Breakpoint/).waitFor({ state: "detached" });
  await close(kim, ada);
});

const COUNTING = `{:ok, counter} = Agent.start_link(fn -> %{n: 0, seen: []} end, name: :counter)
for n <- 1..20, do: send(self(), {:work, n})
IO.puts("ready")
for n <- Stream.iterate(1, & &1 + 1) do
  IO.gets("")
  Agent.update(:counter, fn state -> %{state | n: n, seen: [n * 1000 | state.seen]} end)
end`;

test("events are found by patterns, and a bad one says where it is wrong", async () => {
  const kim = await guest(browser, server, "Kim");
  await fromTemplate(kim, "A counter");
  await rewrite(kim, COUNTING);
  await run(kim);
  await output(kim).getByText("ready").waitFor();
  await tab(kim, "Events");
  const rows = kim.page.getByRole("grid", { name: "Events" }).getByRole("row");
  const field = kim.page.getByRole("searchbox", { name: /^Show only events/ });
  await field.fill("%{event: :sent, message: {:work, n}} when n > 18");
  await kim.page.getByText("2 events", { exact: true }).waitFor();
  assert.match(await rows.first().innerText(), /\{:work, 19\}/);
  await field.fill("%{event: :sent, message: }");
  await kim.page.getByRole("alert").getByText("Column 26: a pattern is expected here").waitFor();
  // What was found before stays.
  await kim.page.getByText("2 events", { exact: true }).waitFor();
  await accessible(kim.page);
  await field.fill("");
  await kim.page.getByText(/^A pattern as after/).waitFor();
  await close(kim);
});

test("the states of a process are gone through, and what became different is shown", async () => {
  const kim = await guest(browser, server, "Kim");
  await fromTemplate(kim, "A counter");
  await rewrite(kim, COUNTING);
  await run(kim);
  await output(kim).getByText("ready").waitFor();
  await tree(kim, "counter").click();
  await tab(kim, "Inspect");
  const states = kim.page.getByRole("region", { name: "State" });
  await states.getByText("%{n: 0, seen: []}").waitFor();
  await tab(kim, "Console");
  const input = kim.page.getByRole("textbox", { name: "Input" });
  for (const n of [1, 2]) {
    await input.fill("go");
    await input.press("Enter");
    await states.getByText(`of ${n + 1} since`).waitFor();
  }
  const differences = states.getByRole("list", { name: "What became different" });
  await differences.getByText(".n").waitFor();
  assert.deepEqual(await differences.locator("del, ins").allInnerTexts(), ["1", "2", "2000"]);
  await states.getByRole("button", { name: "‹ Before" }).click();
  await states.getByText(/^2 of 3 since/).waitFor();
  assert.deepEqual(await differences.locator("del, ins").allInnerTexts(), ["0", "1", "[]", "[1000]"]);
  assert.match(kim.page.url(), /[?&]at=\d+/);
  await accessible(kim.page);
  await states.getByRole("button", { name: "After ›" }).click();
  await states.getByText(/^3 of 3 since/).waitFor();
  await kim.page.getByRole("button", { name: "Back to now" }).click();
  // How much it uses of what it may use.
  await tab(kim, "Resources");
  const meter = kim.page.getByRole("meter", { name: "Processes" });
  await meter.waitFor();
  assert.ok(Number(await meter.getAttribute("aria-valuenow")) < 10);
  await kim.page.getByRole("row", { name: /^Memory / }).getByText(/MiB/).first().waitFor();
  await accessible(kim.page);
  await close(kim);
});
