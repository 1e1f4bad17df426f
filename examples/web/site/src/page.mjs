// By path, so that nothing has to be installed; `npm ci` would make "@shop/words" work as well.
import { count, price } from "../../words/dist/index.mjs";

/** Returns the page that lists `prices`, a map of names to cents. */
export function page(prices) {
  const rows = Object.entries(prices).map(([name, cents]) => `<li>${name}: ${price(cents)}</li>`);
  return `<!doctype html>\n<title>Shop</title>\n<p>${count(rows.length, "thing")}</p>\n<ul>\n${rows.join("\n")}\n</ul>\n`;
}
