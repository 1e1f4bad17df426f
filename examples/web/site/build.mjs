// Writes dist/index.html from the price list that `//:prices` made.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { page } from "./src/page.mjs";

mkdirSync("dist", { recursive: true });
writeFileSync("dist/index.html", page(JSON.parse(readFileSync("../../generated/prices.json", "utf8"))));
console.log("dist/index.html");
