// A real server on a free port, with a data folder of its own that it can be killed and started again in.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export async function startServer() {
  const program = process.env.ORRERY_SERVER;
  if (!program) throw new Error("ORRERY_SERVER is not set; run `cargo xtask test --only collab`");
  const data = await mkdtemp(join(tmpdir(), "orrery-collab-"));
  const server = { data, port: 0, child: undefined, log: "" };

  async function start() {
    const limits = ["--requests-per-second", "1000000", "--sign-ins-per-minute", "1000000"];
    const child = spawn(program, ["--port", String(server.port), "--data", data, ...limits], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stderr.on("data", (chunk) => (server.log += chunk));
    server.child = child;
    const ended = once(child, "exit").then(([code]) => {
      if (server.child === child && !server.port) throw new Error(`the server ended with ${code}:\n${server.log}`);
    });
    const link = (async () => {
      for await (const line of createInterface({ input: child.stdout })) {
        const found = line.match(/http:\/\/[^/]+:(\d+)/);
        if (found) return Number(found[1]);
      }
      throw new Error(`the server did not start:\n${server.log}`);
    })();
    // The same port again after a restart, so that clients find it.
    server.port = await Promise.race([link, ended.then(() => link)]);
  }

  async function end(signal) {
    const ended = once(server.child, "exit");
    server.child.kill(signal);
    const [code] = await ended;
    return code;
  }

  await start();
  return {
    get url() {
      return `http://127.0.0.1:${server.port}`;
    },
    get socketUrl() {
      return `ws://127.0.0.1:${server.port}`;
    },
    async kill() {
      await end("SIGKILL");
    },
    start,
    async stop() {
      const code = await end("SIGTERM");
      await rm(data, { recursive: true, force: true });
      if (code !== 0) throw new Error(`the server ended with ${code}:\n${server.log}`);
    },
  };
}

/** Asks the API; throws when the answer is no success. */
export async function ask(server, token, method, path, body) {
  const response = await fetch(server.url + path, {
    method,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body && { "content-type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text && JSON.parse(text);
}

export async function guest(server, name) {
  const { user, token } = await ask(server, undefined, "POST", "/api/guests", { name });
  return { id: user.id, name, token };
}
