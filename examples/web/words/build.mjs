// Writes src/ to dist/ without its comments, as a bundler would.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const source = readFileSync("src/index.mjs", "utf8");
mkdirSync("dist", { recursive: true });
writeFileSync("dist/index.mjs", source.replace(/^\/\*\*.*\*\/\n/gm, ""));
console.log("dist/index.mjs");
