// Another server for Yjs documents, for `cargo xtask bench load` to measure beside ours.
import { createServer } from "node:http";

import { Hocuspocus } from "@hocuspocus/server";
import { WebSocketServer } from "ws";

const hocuspocus = new Hocuspocus({ quiet: true });
const http = createServer();
const sockets = new WebSocketServer({ server: http });
sockets.on("connection", (socket, request) => hocuspocus.handleConnection(socket, request));
http.listen(0, "127.0.0.1", () => console.log(`listening: ws://127.0.0.1:${http.address().port}`));
