// Starts a real server on a free port, with a data folder of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export async function startServer() {
  const data = await mkdtemp(join(tmpdir(), "orrery-browser-"));
  const program = process.env.ORRERY_SERVER;
  if (!program) throw new Error("ORRERY_SERVER is not set; run `cargo xtask test --only browser`");
  const child = spawn(program, ["--port", "0", "--data", data], { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stderr.on("data", (chunk) => (log += chunk));
  const ended = once(child, "exit");
  const url = await Promise.race([
    (async () => {
      for await (const line of createInterface({ input: child.stdout })) {
        const link = line.match(/http:\S+/);
        if (link) return link[0];
      }
    })(),
    ended.then(([code]) => {
      throw new Error(`the server ended with ${code}:\n${log}`);
    }),
  ]);
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      const [code] = await ended;
      await rm(data, { recursive: true, force: true });
      if (code !== 0) throw new Error(`the server ended with ${code}:\n${log}`);
    },
  };
}
