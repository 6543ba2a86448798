// Bundles the editor into ../assets/editor: one script, and one more for each language that is loaded only where it is
// chosen.
import { build } from "esbuild";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const outdir = here("../assets/editor");

await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: [here("src/editor.js")],
  outdir,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  chunkNames: "[name]-[hash]",
  legalComments: "none",
  logLevel: "warning",
});
