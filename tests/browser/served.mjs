// The server and the browser of a file of tests: there while its tests run.
import { after, before } from "node:test";

import { startBrowser } from "./browser.mjs";
import { startServer } from "./server.mjs";

export let server;
export let browser;

/** Starts both before the tests. `prepare` says with which options, if with any. */
export function serve(prepare = () => ({})) {
  before(async () => {
    const options = await prepare();
    server = await startServer(options.server);
    browser = await startBrowser(options.browser);
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });
}
