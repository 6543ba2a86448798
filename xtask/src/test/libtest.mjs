// Runs one of Rust's test programs that was compiled for wasm32-unknown-unknown and imports nothing. Such a program
// cannot print: it returns when all tests pass, and traps at the first that does not. The trace then names that test.
import { readFile } from "node:fs/promises";

// The frames nearest to the trap are the panic's own.
Error.stackTraceLimit = 50;

const [file] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(await readFile(file), {});
try {
  process.exitCode = instance.exports.main(0, 0);
} catch (trap) {
  console.error(trap.stack);
  process.exitCode = 101;
}
