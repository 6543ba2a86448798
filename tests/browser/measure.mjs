// What a page costs: the times of its frames, and the memory of the processes that show it.
import { readFile } from "node:fs/promises";

/** Milliseconds from frame to frame, for so long. */
export const frames = (page, millis) =>
  page.evaluate(
    (millis) =>
      new Promise((resolve) => {
        const times = [];
        const end = performance.now() + millis;
        let last;
        const tick = (now) => {
          if (last !== undefined) times.push(now - last);
          last = now;
          if (now < end) requestAnimationFrame(tick);
          else resolve(times);
        };
        requestAnimationFrame(tick);
      }),
    millis,
  );

/** The value below which this share of the values lies. */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** Seconds of processor time that the process which shows pages and has computed most has used. */
export async function processorSeconds(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return Math.max(...processInfo.filter(({ type }) => type === "renderer").map(({ cpuTime }) => cpuTime));
}

/** Megabytes of memory of the largest process that shows pages. */
export async function megabytes(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const sizes = processInfo.filter(({ type }) => type === "renderer").map(async ({ id }) => {
    const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
    return Number(status.match(/VmRSS:\s+(\d+) kB/)?.[1] ?? 0) / 1024;
  });
  return Math.max(...(await Promise.all(sizes)));
}
