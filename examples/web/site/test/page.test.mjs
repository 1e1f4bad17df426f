import assert from "node:assert/strict";
import test from "node:test";
import { page } from "../src/page.mjs";

test("the page lists each thing with its price", () => {
  const html = page({ apple: 40, pear: 55 });
  assert.match(html, /2 things/);
  assert.match(html, /apple: €0.40/);
});
