/** Returns `1 apple`, `2 apples`. */
export function count(number, word) {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

/** Returns cents as `€3.05`. */
export function price(cents) {
  return `€${(cents / 100).toFixed(2)}`;
}
