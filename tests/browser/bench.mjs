// What people wait for on the page, measured in a real browser against a real server on this machine. One JSON object a line:
// a name, a unit, and the figure.
import { startBrowser } from "./browser.mjs";
import { frames, megabytes, percentile, processorSeconds } from "./measure.mjs";
import { close, fromTemplate, guest, join, output, rewrite, run, share } from "./people.mjs";
import { startServer } from "./server.mjs";

const say = (name, unit, ours) => console.log(JSON.stringify({ name, unit, ours }));
const median = (values) => percentile(values, 0.5);

const server = await startServer();
const browser = await startBrowser();

/** From nothing to an editor that can be written in: what travels, and how long it takes. */
async function firstLoad() {
  const kim = await guest(browser, server, "Kim");
  await fromTemplate(kim, "A counter");
  const storageState = await kim.page.context().storageState();
  const address = kim.page.url();
  await close(kim);
  const times = [];
  let bytes = 0;
  for (let n = 0; n < 5; n += 1) {
    const context = await browser.newContext({ storageState, viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.addInitScript(() => {
      const look = () => {
        const editor = document.querySelector(".cm-content[contenteditable=true]");
        if (editor?.textContent) globalThis.interactive = performance.now();
        else requestAnimationFrame(look);
      };
      look();
    });
    await page.goto(address);
    await page.waitForFunction(() => globalThis.interactive);
    times.push(await page.evaluate(() => globalThis.interactive));
    bytes = await page.evaluate(() => {
      const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
      return all.reduce((sum, { transferSize }) => sum + transferSize, 0);
    });
    await context.close();
  }
  say("page/lab-first-load", "kB", bytes / 1e3);
  say("page/lab-interactive", "ms", median(times));
}

/** From a key to the letter on the screen of somebody else. */
async function typing() {
  const [kim, ada] = [await guest(browser, server, "Kim"), await guest(browser, server, "Ada")];
  await fromTemplate(kim, "A counter");
  await join(ada, await share(kim, "can edit and run"));
  await rewrite(kim, "# ");
  await ada.page.locator(".cm-line", { hasText: "#" }).waitFor();
  // By the clock that all pages of a machine share. Shown is what a frame has drawn.
  await ada.page.evaluate(() => {
    globalThis.seen = [];
    const content = document.querySelector(".cm-content");
    let shown = content.textContent;
    new MutationObserver(() => {
      const now = content.querySelector(".cm-line").textContent.replace(/[^#a-z ]/g, "");
      if (now.length <= shown.length) return;
      shown = now;
      requestAnimationFrame(() => requestAnimationFrame(() => globalThis.seen.push(performance.timeOrigin + performance.now())));
    }).observe(content, { childList: true, characterData: true, subtree: true });
    shown = content.querySelector(".cm-line").textContent.replace(/[^#a-z ]/g, "");
  });
  await kim.page.evaluate(() => {
    globalThis.pressed = [];
    addEventListener("keydown", ({ key }) => {
      if (key.length === 1) globalThis.pressed.push(performance.timeOrigin + performance.now());
    }, true);
  });
  await kim.page.locator(".cm-content").click();
  await kim.page.keyboard.press("Control+End");
  const count = 60;
  for (let n = 0; n < count; n += 1) {
    await kim.page.keyboard.press(String.fromCharCode(97 + (n % 26)));
    await ada.page.waitForFunction((n) => globalThis.seen.length >= n, n + 1);
  }
  const pressed = await kim.page.evaluate(() => globalThis.pressed);
  const seen = await ada.page.evaluate(() => globalThis.seen);
  say("page/key-to-screen-p95", "ms", percentile(pressed.map((at, n) => seen[n] - at), 0.95));
  await close(kim, ada);
}

/** From the click on Run to the first output, when the compilers are warm. */
async function running() {
  const kim = await guest(browser, server, "Kim");
  await fromTemplate(kim, "A counter");
  const times = [];
  for (let n = 0; n < 8; n += 1) {
    await rewrite(kim, `IO.puts("round ${n} says hello")\n`);
    await kim.page.evaluate((text) => {
      globalThis.shown = new Promise((resolve) => {
        const look = () => {
          const is = document.querySelector(".output")?.textContent.includes(text);
          if (is) resolve(performance.now());
          else requestAnimationFrame(look);
        };
        addEventListener("click", () => (globalThis.clicked = performance.now()), { capture: true, once: true });
        look();
      });
    }, `round ${n} says hello`);
    await run(kim);
    times.push(await kim.page.evaluate(async () => (await globalThis.shown) - globalThis.clicked));
    await kim.page.getByText("Finished", { exact: true }).waitFor();
  }
  say("page/run-to-output", "ms", median(times.slice(1)));
  await close(kim);
}

// Three events a message: sent, delivered, received. So many messages every 10 ms.
const talking = (messages) => `defmodule Talk do
  def sink, do: (receive do _ -> sink() end)
  def talk(to, n) do
    for i <- 1..${messages}, do: send(to, {:work, n, i})
    Process.sleep(100)
    talk(to, n + 1)
  end
end
for _ <- 1..10 do
  sink = spawn(&Talk.sink/0)
  spawn(fn -> Talk.talk(sink, 1) end)
end
IO.puts("ready")
Process.sleep(:infinity)
`;

async function watching(messages) {
  const kim = await guest(browser, server, "Kim", { viewport: { width: 1440, height: 900 } });
  await fromTemplate(kim, "A counter");
  await rewrite(kim, talking(messages));
  await run(kim);
  await output(kim).getByText("ready").waitFor();
  return kim;
}

/** How many events the page keeps, those that the list leaves out among them. The list of events is open. */
const kept = ({ page }) => page.evaluate(() => parseInt(document.querySelector(".events .panel-tools .muted").title, 10));

/** A minute with 2,000 events a second. */
async function minute() {
  const kim = await watching(10);
  await kim.page.locator("#bottom-events").click();
  const before = await megabytes(browser);
  const from = await kept(kim);
  const computed = await processorSeconds(browser);
  const times = await frames(kim.page, 60_000);
  say("page/2000-events-processor", "ms/s", ((await processorSeconds(browser)) - computed) / 0.06);
  say("page/2000-events-frame-p95", "ms", percentile(times, 0.95));
  say("page/2000-events-frame-max", "ms", Math.max(...times));
  say("page/2000-events-rate", "1/s", ((await kept(kim)) - from) / 60);
  const after = await megabytes(browser);
  say("page/2000-events-memory", "MB", after);
  say("page/2000-events-growth", "MB", after - before);
  await kim.page.getByRole("button", { name: "Stop" }).click();
  await close(kim);
}

/** The timeline over a million events, moved about. */
async function million() {
  // As many as the server passes on one by one: of more it sends pictures in their place.
  const kim = await watching(30);
  const { page } = kim;
  await page.locator("#bottom-events").click();
  for (let most = 0, tries = 0; most < 1_000_000; ) {
    await page.waitForTimeout(2_000);
    const now = await kept(kim);
    tries = now > most ? 0 : tries + 1;
    if (tries > 10) throw new Error(`the page keeps no more than ${most} events`);
    most = Math.max(most, now);
  }
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("Stopped", { exact: true }).waitFor();
  await page.locator("#bottom-timeline").click();
  const canvas = page.locator(".timeline canvas");
  await canvas.focus();
  for (let n = 0; n < 6; n += 1) await page.keyboard.press("w");
  for (const [name, zoomed] of [["timeline-1m-pan", false], ["timeline-1m-pan-close", true]]) {
    if (zoomed) for (let n = 0; n < 20; n += 1) await page.keyboard.press("w");
    const times = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const canvas = document.querySelector(".timeline canvas");
          const times = [];
          let last;
          const tick = (now) => {
            if (last !== undefined) times.push(now - last);
            last = now;
            const deltaX = Math.floor(times.length / 60) % 2 ? -8 : 8;
            canvas.dispatchEvent(new WheelEvent("wheel", { deltaX, shiftKey: true, bubbles: true, cancelable: true }));
            if (times.length < 300) requestAnimationFrame(tick);
            else resolve(times);
          };
          requestAnimationFrame(tick);
        }),
    );
    say(`page/${name}-frame-p95`, "ms", percentile(times, 0.95));
    say(`page/${name}-frame-mean`, "ms", times.reduce((sum, time) => sum + time, 0) / times.length);
  }
  say("page/1m-events-memory", "MB", await megabytes(browser));
  await close(kim);
}

const parts = { firstLoad, typing, running, minute, million };
const wanted = process.argv.slice(2);
for (const [name, measure] of Object.entries(parts)) {
  if (!wanted.length || wanted.includes(name)) await measure();
}
await browser.close();
await server.stop();
