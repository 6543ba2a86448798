// Starts a real server on a free port, with a data folder of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export async function startServer(options = []) {
  const data = await mkdtemp(join(tmpdir(), "orrery-browser-"));
  const program = process.env.ORRERY_SERVER;
  if (!program) throw new Error("ORRERY_SERVER is not set; run `cargo xtask test --only browser`");
  const server = { url: undefined, child: undefined, ended: undefined, log: "" };

  async function start(port) {
    const limits = ["--requests-per-second", "1000000", "--sign-ins-per-minute", "1000000"];
    const child = spawn(program, ["--port", String(port), "--data", data, ...limits, ...options], { stdio: ["ignore", "pipe", "pipe"] });
    child.stderr.on("data", (chunk) => (server.log += chunk));
    server.child = child;
    server.ended = once(child, "exit");
    server.url = await Promise.race([
      (async () => {
        for await (const line of createInterface({ input: child.stdout })) {
          const link = line.match(/http:\S+/);
          if (link) return link[0];
        }
      })(),
      server.ended.then(([code]) => {
        throw new Error(`the server ended with ${code}:\n${server.log}`);
      }),
    ]);
  }

  async function end(signal) {
    server.child.kill(signal);
    const [code] = await server.ended;
    return code;
  }

  await start(0);
  return {
    get url() {
      return server.url;
    },
    // Kills it, lets something happen meanwhile, and starts it again where it was.
    async restart(meanwhile) {
      const { port } = new URL(server.url);
      await end("SIGKILL");
      await meanwhile();
      await start(port);
    },
    async stop() {
      const code = await end("SIGTERM");
      await rm(data, { recursive: true, force: true });
      if (code !== 0) throw new Error(`the server ended with ${code}:\n${server.log}`);
    },
  };
}
