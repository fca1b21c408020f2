import assert from "node:assert/strict";
import { test } from "node:test";
import { displayWidth, truncate } from "../../src/render/display-width.ts";
import { createStyle } from "../../src/render/style.ts";
import { type Cell, type Column, renderTable, type TableOptions } from "../../src/render/table.ts";

const columns = (...titles: string[]): Column[] => titles.map((title) => ({ title }));
const plain = createStyle({ color: false, unicode: true });

type Case = {
  name: string;
  columns: readonly Column[];
  rows: readonly (readonly Cell[])[];
  options?: TableOptions;
  want: readonly string[];
};

const long = "a-topic-with-quite-a-long-name";

const cases: Case[] = [
  {
    name: "two spaces apart, no trailing ones",
    columns: columns("NAME", "MODE"),
    rows: [
      ["my-cluster", "direct"],
      ["x", ""],
    ],
    want: ["NAME        MODE", "my-cluster  direct", "x"],
  },
  {
    name: "numbers line up on the right, with dashes and commas",
    columns: columns("NAME", "LEADS", "AGE"),
    rows: [
      ["a", "2,412", "12d"],
      ["b", "-", "3m"],
      ["c", "8", "1d"],
    ],
    want: ["NAME  LEADS  AGE", "a     2,412  12d", "b         -  3m", "c         8  1d"],
  },
  {
    name: "nothing but dashes is text",
    columns: columns("NAME", "LEADS"),
    rows: [["a", "-"]],
    want: ["NAME  LEADS", "a     -"],
  },
  {
    name: "alignment as it is asked for",
    columns: [
      { title: "ID", align: "left" },
      { title: "NAME", align: "right" },
    ],
    rows: [["1", "x"]],
    want: ["ID  NAME", "1      x"],
  },
  { name: "without rows the header", columns: columns("NAME", "MODE"), rows: [], want: ["NAME  MODE"] },
  { name: "cells that are missing are empty", columns: columns("A", "B", "C"), rows: [["x"]], want: ["A  B  C", "x"] },
  {
    name: "wide and combining characters keep the columns",
    columns: columns("NAME", "MODE"),
    rows: [
      ["日本", "x"],
      ["e\u0301te", "y"],
      ["🚀", "z"],
    ],
    want: ["NAME  MODE", "日本  x", "e\u0301te   y", "🚀    z"],
  },
  {
    name: "too wide, the widest text is cut",
    columns: columns("NAME", "WHY"),
    rows: [[long, "short"]],
    options: { style: plain, width: 25 },
    want: ["NAME                WHY", "a-topic-with-quit…  short"],
  },
  {
    name: "too wide, the column that may shrink is cut, but not below its least width",
    columns: [{ title: "NAME" }, { title: "WHY", shrink: true }],
    rows: [[long, "because of this"]],
    options: { style: plain, width: 10 },
    want: ["NAME                            WHY", "a-topic-with-quite-a-long-name  because…"],
  },
  {
    name: "in ASCII three dots",
    columns: columns("NAME"),
    rows: [[long]],
    options: { style: createStyle({ color: false, unicode: false }), width: 12 },
    want: ["NAME", "a-topic-w..."],
  },
];

for (const { name, columns: titles, rows, options, want } of cases) {
  test(`table: ${name}`, () => assert.deepEqual(renderTable(titles, rows, options).split("\n"), want));
}

test("table: colour does not move a column", () => {
  const rows: Cell[][] = [
    [{ text: "bad", tone: "bad" }, "1"],
    [{ text: "healthy", tone: "good" }, "2"],
  ];
  const style = createStyle({ color: true, unicode: true });
  const painted = renderTable(columns("HEALTH", "N"), rows, { style });
  assert.equal(painted, "HEALTH   N\n\u001b[31mbad\u001b[39m      1\n\u001b[32mhealthy\u001b[39m  2");
  assert.equal(painted.replace(/\u001b\[\d+m/g, ""), renderTable(columns("HEALTH", "N"), rows));
});

test("table: a hundred thousand rows are laid out", () => {
  const rows = Array.from({ length: 100_000 }, (_, at) => [`topic-${at}`, String(at)]);
  assert.equal(renderTable(columns("NAME", "N"), rows).split("\n").length, 100_001);
});

test("style: without colour the text itself; nothing is painted empty", () => {
  assert.equal(plain.paint("bad", "x"), "x");
  const style = createStyle({ color: true, unicode: true });
  assert.equal(style.paint("plain", "x"), "x");
  assert.equal(style.paint("dim", ""), "");
  assert.equal(style.paint("bold", style.paint("warn", "x")), "\u001b[1m\u001b[33mx\u001b[39m\u001b[22m");
});

const widths: [text: string, width: number][] = [
  ["", 0],
  ["abc", 3],
  ["\u001b[31mabc\u001b[39m", 3],
  ["한글", 4],
  ["ﾊﾝ", 2],
  ["e\u0301", 1],
  ["…├", 2],
  ["👍🏽", 4],
];

for (const [text, width] of widths) {
  test(`width of ${JSON.stringify(text)}`, () => assert.equal(displayWidth(text), width));
}

test("truncate never cuts a wide character in two", () => {
  assert.equal(truncate("日本語", 4, "…"), "日…");
  assert.equal(truncate("日本語", 6, "…"), "日本語");
});
