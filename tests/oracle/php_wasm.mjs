// php's command line, compiled to WebAssembly: node php_wasm.mjs VERSION WORD...
import { loadNodeRuntime, useHostFilesystem } from '@php-wasm/node';
import { PHP } from '@php-wasm/universal';

const [version, ...words] = process.argv.slice(2);
const php = new PHP(await loadNodeRuntime(version, { emscriptenOptions: { processId: 1, ENV: process.env } }));
useHostFilesystem(php);
const ran = await php.cli(['php', ...words]);
const show = (stream, to) => stream.pipeTo(new WritableStream({ write(block) { to.write(block); } }));
await Promise.all([show(ran.stdout, process.stdout), show(ran.stderr, process.stderr)]);
process.exit(await ran.exitCode.catch((error) => error.status ?? 1));
