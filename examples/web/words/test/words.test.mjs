import assert from "node:assert/strict";
import test from "node:test";
import { count, price } from "../src/index.mjs";

test("one apple, two apples", () => {
  assert.equal(count(1, "apple"), "1 apple");
  assert.equal(count(2, "apple"), "2 apples");
});

test("a price has two digits after the point", () => {
  assert.equal(price(305), "€3.05");
  assert.equal(price(300), "€3.00");
});
