// A program that floods output, processes and events: the page stays usable, and does not grow without end.
import assert from "node:assert/strict";
import { test } from "node:test";

import { frames, megabytes } from "./measure.mjs";
import { close, fromTemplate, guest, output, rewrite, run } from "./people.mjs";
import { browser, serve, server } from "./served.mjs";

serve();

const FLOOD = `talk = fn talk, n ->
  IO.puts("line #{n} " <> String.duplicate("x", 60))
  talk.(talk, n + 1)
end
breed = fn breed ->
  for _ <- 1..20, do: spawn(fn -> Process.sleep(50) end)
  Process.sleep(10)
  breed.(breed)
end
echo = fn echo -> receive do {from, n} -> send(from, n) end; echo.(echo) end
ask = fn ask, to, n ->
  send(to, {self(), n})
  receive do ^n -> ask.(ask, to, n + 1) end
end
spawn(fn -> talk.(talk, 1) end)
spawn(fn -> breed.(breed) end)
for _ <- 1..3 do
  server = spawn(fn -> echo.(echo) end)
  spawn(fn -> ask.(ask, server, 1) end)
end
Process.sleep(:infinity)
`;

// Longest time that somebody waits for a frame without taking the page for broken. It is no measure of speed: that is
// benched. A page that does all the work that comes has none for seconds.
const FROZEN = 3_000;
const MEGABYTES_MAX = 1_200;

test("a program that floods everything leaves the page usable", async () => {
  const kim = await guest(browser, server, "Kim");
  const { page } = kim;
  await fromTemplate(kim, "A counter");
  await rewrite(kim, FLOOD);
  await run(kim);
  await output(kim).getByText(/line \d{3}/).first().waitFor();
  for (const [prefix, names] of [["bottom", ["console", "events", "messages", "timeline", "resources"]], ["side", ["tree", "processes"]]]) {
    for (const name of names) {
      await page.locator(`#${prefix}-${name}`).click();
      const longest = Math.max(...(await frames(page, 1_500)));
      assert.ok(longest < FROZEN, `${name} had a frame of ${longest} ms`);
    }
  }
  // Somebody writes meanwhile.
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("# still here");
  await page.locator(".cm-line", { hasText: "# still here" }).waitFor();
  const used = await megabytes(browser);
  assert.ok(used < MEGABYTES_MAX, `${used} MB`);
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("Stopped", { exact: true }).waitFor();
  await close(kim);
});
