import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as Y from "yjs";
import { close, converged, insert, open, synced, textOf, until } from "./clients.mjs";
import { ask, guest, startServer } from "./server.mjs";

let server;
let owner;
before(async () => {
  server = await startServer();
  owner = await guest(server, "Owner");
});
after(() => server.stop());

const sandbox = async (text = "") => (await ask(server, owner.token, "POST", "/api/sandboxes", { files: { "main.ex": text } })).id;

async function member(id, role) {
  const who = await guest(server, role);
  await ask(server, owner.token, "PUT", `/api/sandboxes/${id}/members/${who.id}`, { role });
  return who;
}

const filesOf = async (id) => ask(server, owner.token, "GET", `/api/sandboxes/${id}/files`);

test("edits of several people at once converge", async () => {
  const id = await sandbox("begin\n");
  const clients = [];
  for (let n = 0; n < 5; n++) clients.push(open(server, n ? await member(id, "editor") : owner, id));
  await Promise.all(clients.map(synced));
  for (let round = 0; round < 20; round++) {
    clients.forEach((client, n) => {
      insert(client, `<${n}.${round}>`, round % 2 ? 0 : undefined);
      if (round % 5 === 4) client.doc.getMap("files").get("main.ex").delete(0, 3);
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
  const done = () => clients.every((client) => clients.every((_, n) => textOf(client).includes(`<${n}.18>`)));
  await converged(clients, done, "the same text everywhere");
  assert.equal((await filesOf(id))["main.ex"], textOf(clients[0]));
  close(...clients);
});

test("what both sides write while they are apart is there afterwards", async () => {
  const id = await sandbox("x");
  const one = open(server, owner, id);
  const two = open(server, await member(id, "editor"), id);
  await Promise.all([synced(one), synced(two)]);
  one.provider.disconnect();
  insert(one, " offline-one 👋");
  insert(two, " online-two");
  one.provider.connect();
  // Typed before the handshake is over, on top of what the server does not know yet.
  insert(one, " while-connecting");
  const done = () => ["offline-one 👋", "online-two", "while-connecting"].every((part) => textOf(one).includes(part) && textOf(two).includes(part));
  await converged([one, two], done, "both edits everywhere");
  assert.equal((await filesOf(id))["main.ex"], textOf(one));
  close(one, two);
});

test("somebody who comes with a document of their own past merges it", async () => {
  const id = await sandbox("shared");
  const doc = new Y.Doc();
  const first = open(server, owner, id, "code", doc);
  await synced(first);
  first.provider.destroy();
  doc.getMap("files").set("notes.md", new Y.Text("written on a train"));
  const again = open(server, owner, id, "code", doc);
  const other = open(server, await member(id, "viewer"), id);
  await converged([again, other], () => textOf(other, "notes.md") === "written on a train", "the new file");
  close(again, other);
});

test("everybody sees who is there, as the server knows them, and when they go", async () => {
  const id = await sandbox();
  const kim = await member(id, "editor");
  const one = open(server, owner, id);
  const two = open(server, kim, id);
  await Promise.all([synced(one), synced(two)]);
  two.awareness.setLocalStateField("user", { name: "Teacher", role: "owner" });
  two.awareness.setLocalStateField("cursor", { anchor: 1, head: 2 });
  const state = () => one.awareness.getStates().get(two.doc.clientID);
  await until(one.awareness, "change", () => state()?.cursor, "the cursor of the other");
  assert.deepEqual(state().cursor, { anchor: 1, head: 2 });
  assert.equal(state().user.id, kim.id);
  assert.equal(state().user.name, "editor");
  assert.equal(state().user.role, "editor");
  // Somebody who comes later sees them too.
  const three = open(server, await member(id, "viewer"), id);
  await until(three.awareness, "change", () => three.awareness.getStates().get(two.doc.clientID)?.cursor, "the same for a third");
  two.provider.disconnect();
  await until(one.awareness, "change", () => !state(), "that the other has gone");
  close(one, two, three);
});

test("a viewer follows, and what they write stays with them", async () => {
  const id = await sandbox("x");
  const writer = open(server, owner, id);
  const viewer = open(server, await member(id, "viewer"), id);
  await Promise.all([synced(writer), synced(viewer)]);
  const warn = console.warn;
  const told = new Promise((resolve) => (console.warn = (text) => resolve(String(text))));
  insert(viewer, " forged");
  assert.match(await told, /Permission denied/);
  console.warn = warn;
  insert(writer, " real", 0);
  await until(viewer.doc, "update", () => textOf(viewer).startsWith(" real"), "the edit of the writer");
  assert.equal(textOf(writer), " realx");
  assert.equal((await filesOf(id))["main.ex"], " realx");
  close(writer, viewer);
});

test("whoever may not come in is told so for good", async () => {
  const id = await sandbox();
  const kim = await member(id, "editor");
  const inside = open(server, kim, id);
  await synced(inside);
  const closed = new Promise((resolve) => inside.provider.on("connection-close", (event) => resolve(event.code)));
  await ask(server, owner.token, "DELETE", `/api/sandboxes/${id}/members/${kim.id}`);
  assert.equal(await closed, 4403);
  // A standard client does not come back after such a code.
  assert.equal(inside.provider.shouldConnect, false);
  close(inside);
});

test("a restart in the middle of everything loses nothing", async () => {
  const id = await sandbox();
  const clients = [open(server, owner, id), open(server, await member(id, "editor"), id)];
  await Promise.all(clients.map(synced));
  for (let round = 0; round < 3; round++) {
    clients.forEach((client, n) => insert(client, `before${n}.${round} `));
    await server.kill();
    clients.forEach((client, n) => insert(client, `during${n}.${round} `));
    await server.start();
    clients.forEach((client, n) => insert(client, `after${n}.${round} `));
    const done = () =>
      clients.every((client) => [0, 1].every((n) => textOf(client).includes(`before${n}.${round} `) && textOf(client).includes(`after${n}.${round} `)));
    await converged(clients, done, `everything of round ${round}`);
  }
  const text = (await filesOf(id))["main.ex"];
  for (let round = 0; round < 3; round++) {
    for (const when of ["before", "during", "after"]) {
      for (const n of [0, 1]) assert.equal(text.split(`${when}${n}.${round} `).length, 2, `${when}${n}.${round}`);
    }
  }
  close(...clients);
});
