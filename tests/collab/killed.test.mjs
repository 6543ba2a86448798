import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";
import WebSocket from "ws";
import { ask, guest, startServer } from "./server.mjs";

const ROUNDS = 50;

/** A writer by hand: it knows which of its updates came back, and those are acknowledged. */
function writer(server, who, sandbox) {
  const doc = new Y.Doc();
  const socket = new WebSocket(`${server.socketUrl}/api/sandboxes/${sandbox}/docs/code?access_token=${who.token}`);
  socket.binaryType = "nodebuffer";
  const sent = [];
  const state = { doc, socket, acknowledged: 0, sent };
  let open;
  state.synced = new Promise((resolve) => (open = resolve));
  state.closed = new Promise((resolve) => socket.on("close", resolve));
  socket.on("error", () => {});
  socket.on("open", () => socket.send(Buffer.from([0, 0, 1, 0])));
  socket.on("message", (frame) => {
    if (frame[0] !== 0 || frame[1] === 0) return;
    const { body } = readBytes(frame, 2);
    Y.applyUpdate(doc, body, "server");
    if (frame[1] === 1) {
      socket.send(Buffer.from([0, 1, 2, 0, 0]));
      open();
    } else {
      // Updates come back in the order in which they were sent.
      assert.ok(body.equals(sent[state.acknowledged].update), "an acknowledgement is the update itself");
      state.acknowledged += 1;
      state.onAcknowledged?.();
    }
  });
  doc.on("update", (update, origin) => {
    if (origin === "server") return;
    const copy = Buffer.from(update);
    sent.push({ update: copy, word: state.word });
    const length = [];
    for (let rest = copy.length; ; rest >>= 7) {
      if (rest < 0x80) {
        length.push(rest);
        break;
      }
      length.push((rest & 0x7f) | 0x80);
    }
    if (socket.readyState === WebSocket.OPEN) socket.send(Buffer.concat([Buffer.from([0, 2, ...length]), copy]));
  });
  return state;
}

function readBytes(frame, at) {
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = frame[at++];
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return { body: frame.subarray(at, at + length) };
}

test(`killed ${ROUNDS} times in the middle of edits, nothing acknowledged is lost and nothing is doubled`, async () => {
  const server = await startServer();
  const who = await guest(server, "Kim");
  const { id } = await ask(server, who.token, "POST", "/api/sandboxes", { files: { "main.ex": "" } });
  const certain = new Set();
  let acknowledged = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const client = writer(server, who, id);
    await client.synced;
    const file = client.doc.getMap("files").get("main.ex");
    const text = file.toString();
    for (const word of certain) assert.equal(text.split(word).length, 2, `${word} after round ${round - 1}`);
    // Another number each round, so that the server dies at another point of its work.
    const enough = 1 + ((round * 7) % 23);
    const reached = new Promise((resolve) => {
      client.onAcknowledged = () => client.acknowledged >= enough && resolve();
    });
    for (let n = 0; n < enough + 20; n++) {
      client.word = `[${round}.${n}]`;
      file.insert(file.length, client.word);
    }
    await reached;
    await server.kill();
    await client.closed;
    client.sent.slice(0, client.acknowledged).forEach(({ word }) => certain.add(word));
    acknowledged += client.acknowledged;
    client.doc.destroy();
    await server.start();
  }
  const text = (await ask(server, who.token, "GET", `/api/sandboxes/${id}/files`))["main.ex"];
  const words = text.match(/\[\d+\.\d+\]/g) ?? [];
  assert.equal(new Set(words).size, words.length, "nothing is doubled");
  for (const word of certain) assert.ok(words.includes(word), `${word} is there`);
  assert.equal(certain.size, acknowledged);
  await server.stop();
});
