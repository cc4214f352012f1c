// Reads lines with commander; the package's folder is the first argument.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
const { Command } = createRequire(process.argv[2] + "/")(process.argv[3] ?? "commander");
const word = (text) => Buffer.from(text.slice(1), "hex").toString();
const coded = (text) => "x" + Buffer.from(text).toString("hex");
for await (const line of createInterface({ input: process.stdin })) {
  const found = [];
  const program = new Command();
  program.exitOverride().allowUnknownOption(false).allowExcessArguments?.(true);
  program.configureOutput?.({ writeErr() {}, writeOut() {} });
  program.helpOption?.(false);
  program.option("-e, --execute <x>").option("-p, --execute-print <x>").option("-I, --libdir <x>")
    .option("-n, --dry-run").option("-q, --quiet").option("-T, --tasks [x]").option("--color").option("--no-color");
  for (const name of ["execute", "execute-print", "libdir", "dry-run", "quiet", "tasks"])
    program.on(`option:${name}`, (value) => found.push(value === null || value === undefined ? name : `${name}=${coded(value)}`));
  program.on("option:color", () => found.push("color"));
  program.on("option:no-color", () => found.push("no-color"));
  program.action(() => {});
  process.stderr.write = () => true;
  try {
    program.parse(["node", "program", ...line.split(" ").filter(Boolean).map(word)]);
    console.log([...found, "|", ...program.args.map(coded)].join(" "));
  } catch (error) {
    console.log("refused");
  }
}
