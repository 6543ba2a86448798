// Standard clients: yjs and y-websocket as they come from npm.
import WebSocket from "ws";
import * as Y from "yjs";
import { WebsocketProvider } from "y-websocket";

/** Somebody with a document open. */
export function open(server, who, sandbox, name = "code", doc = new Y.Doc()) {
  const provider = new WebsocketProvider(`${server.socketUrl}/api/sandboxes/${sandbox}/docs`, name, doc, {
    params: { access_token: who.token },
    WebSocketPolyfill: WebSocket,
    // Otherwise clients in one process talk to each other past the server.
    disableBc: true,
    maxBackoffTime: 100,
  });
  return { doc, provider, awareness: provider.awareness, who };
}

/** Waits until something holds; it is looked at whenever the source says that something happened. */
export function until(source, event, holds, what, millis = 20_000) {
  return new Promise((resolve, reject) => {
    const check = () => {
      if (!holds()) return;
      clearTimeout(timer);
      source.off(event, check);
      resolve();
    };
    const timer = setTimeout(() => {
      source.off(event, check);
      reject(new Error(`this never came: ${what}`));
    }, millis);
    source.on(event, check);
    check();
  });
}

export const synced = ({ provider }) => until(provider, "sync", () => provider.synced, "synchronised");

export const textOf = ({ doc }, path = "main.ex") => doc.getMap("files").get(path)?.toString();

export function insert({ doc }, text, at, path = "main.ex") {
  const file = doc.getMap("files").get(path);
  file.insert(at ?? file.length, text);
}

/** Waits until all have the same, and something more holds. */
export async function converged(clients, holds, what) {
  const same = () => {
    // In the order of their names: a map keeps its keys in the order in which they happened to arrive.
    const texts = new Set(clients.map(({ doc }) => JSON.stringify(Object.entries(doc.getMap("files").toJSON()).sort())));
    const vectors = new Set(clients.map(({ doc }) => [...Y.decodeStateVector(Y.encodeStateVector(doc))].sort().join()));
    return texts.size === 1 && vectors.size === 1 && holds();
  };
  // Whoever is the last to change tells.
  const everybody = {
    on: (event, check) => clients.forEach(({ doc }) => doc.on(event, check)),
    off: (event, check) => clients.forEach(({ doc }) => doc.off(event, check)),
  };
  await until(everybody, "update", same, what);
}

export function close(...clients) {
  for (const { provider, doc } of clients) {
    provider.destroy();
    doc.destroy();
  }
}
