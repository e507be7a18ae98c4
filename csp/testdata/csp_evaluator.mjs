// Judges one policy a line with csp_evaluator from the npm registry and prints
// its findings of high severity, one JSON object a line:
//
//   npm install csp_evaluator@1.1.8
//   NODE_PATH=node_modules node csp_evaluator.mjs < policies
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(import.meta.url);
const { CspParser } = require("csp_evaluator/dist/parser.js");
const { CspEvaluator } = require("csp_evaluator/dist/evaluator.js");
const { Type, Severity } = require("csp_evaluator/dist/finding.js");

for (const policy of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const high = new CspEvaluator(new CspParser(policy).csp)
    .evaluate()
    .filter((f) => f.severity <= Severity.HIGH)
    .map((f) => [Type[f.type], f.directive, f.value ?? ""].join(" ").trim());
  console.log(JSON.stringify({ policy, high }));
}
