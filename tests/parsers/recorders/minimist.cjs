// Reads lines with minimist or yargs-parser: the folder of the packages, the library's name, then "first" and "loose" where meant.
const { createRequire } = require("node:module");
const { createInterface } = require("node:readline");
const [folder, library, ...how] = process.argv.slice(2);
const parse = createRequire(folder + "/")(library === "yargs" ? "yargs-parser" : library);
const camel = (name) => (library === "yargs" && name.includes("-") ? parse.camelCase(name) : name);
const first = how.includes("first");
const loose = how.includes("loose");
const word = (text) => Buffer.from(text.slice(1), "hex").toString();
const coded = (text) => "x" + Buffer.from(text).toString("hex");
const strings = ["execute", "execute-print", "libdir"];
const flags = ["dry-run", "quiet", "color"];
const letters = { e: "execute", p: "execute-print", I: "libdir", T: "tasks", n: "dry-run", q: "quiet" };
const known = new Set([...strings, ...flags, ...Object.keys(letters), "tasks", "_", ...["execute-print", "dry-run"].map(camel)]);
function read(words) {
  const options = { alias: letters, string: [...strings, "_"], boolean: flags };
  if (library === "yargs") {
    options.array = [{ key: "tasks", string: true }];
    options.configuration = { "halt-at-non-option": first, "parse-positional-numbers": false };
    return parse(words, options);
  }
  options.string.push("tasks");
  return parse(words, { ...options, stopEarly: first });
}
createInterface({ input: process.stdin }).on("line", (line) => {
  try {
    const argv = read(line.split(" ").filter(Boolean).map(word));
    if (!loose && Object.keys(argv).some((name) => !known.has(camel(name)) && !known.has(name))) throw new Error("unknown");
    const found = [];
    for (const name of [...strings, "tasks"])
      for (const value of [argv[name] ?? argv[camel(name)]].flat())
        if (typeof value === "string") found.push(value ? `${name}=${coded(value)}` : name);
    for (const name of flags) if (argv[name] || argv[camel(name)]) found.push(name);
    console.log([...found, "|", ...argv._.map(coded)].join(" "));
  } catch {
    console.log("refused");
  }
});
