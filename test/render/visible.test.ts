import assert from "node:assert/strict";
import { test } from "node:test";
import { createStyle } from "../../src/render/style.ts";
import { harmless, visible } from "../../src/render/visible.ts";

const hostile = "a\u001b[2Jb\u0007c\u009bd\u202ee\r\u007f\u0000";
const written = "a\\u001b[2Jb\\u0007c\\u009bd\\u202ee\\u000d\\u007f\\u0000";

test("control characters are written out, lines and tabs stay", () => {
  for (const color of [true, false]) assert.equal(harmless(`${hostile}\n\tx`, { color }), `${written}\n\tx`);
  assert.equal(visible(`${hostile}\n`), `${written}\\u000a`);
});

test("our own colours stay where there are any, and nothing that only looks like them", () => {
  const { paint } = createStyle({ color: true, unicode: true });
  const text = (["good", "warn", "bad", "dim", "bold"] as const).map((tone) => paint(tone, "x")).join(" ");
  assert.equal(harmless(text, { color: true }), text);
  assert.doesNotMatch(harmless(text, { color: false }), /\p{Cc}/u);
  assert.equal(harmless("\u001b[8mhidden", { color: true }), "\\u001b[8mhidden");
});

test("in what a program reads the direction of a text stays as it is", () => {
  assert.equal(harmless("a\u202eb\u001b[2J", { color: false, piped: true }), "a\u202eb\\u001b[2J");
});

test("emoji and joined letters are text; what is beyond 16 bits is written as JSON would", () => {
  assert.equal(harmless("🦄 👩\u200d🔧 é", { color: false }), "🦄 👩\u200d🔧 é");
  assert.equal(visible("\u{e0001}"), "\\udb40\\udc01");
});
