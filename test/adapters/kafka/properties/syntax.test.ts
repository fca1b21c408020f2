import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseBootstrap } from "../../../../src/adapters/kafka/properties/parse-bootstrap.ts";
import { MalformedJaas, parseJaas } from "../../../../src/adapters/kafka/properties/parse-jaas.ts";
import { MalformedProperties, parseProperties } from "../../../../src/adapters/kafka/properties/parse-properties.ts";
import { pemBlocks } from "../../../../src/adapters/kafka/properties/pem.ts";

// The expectations of the two tables are what Java 17 (java.util.Properties) and Kafka 4.3 (JaasConfig) made of these texts.

const properties: readonly (readonly [text: string, pairs: Readonly<Record<string, string>>])[] = [
  ["a=b", { a: "b" }],
  ["a:b\nc d", { a: "b", c: "d" }],
  ["  a \t=\f b  ", { a: "b  " }],
  ["a = = b", { a: "= b" }],
  ["a  :b", { a: "b" }],
  ["a", { a: "" }],
  ["=b", { "": "b" }],
  ["# a=b\n  ! c=d\n e=f # g", { e: "f # g" }],
  ["a=b\\\n   c\\\r\n\td", { a: "bcd" }],
  ["a=b\\\\\nc=d", { a: "b\\", c: "d" }],
  ["a=b\\\n#c", { a: "b#c" }],
  ["\\\n# c=d\na=b", { a: "b" }],
  ["# a \\\nb=c", { b: "c" }],
  ["a=b\\\n\nc=d", { a: "b", c: "d" }],
  ["a=b\\", { a: "b" }],
  ["a\\ b\\=c\\:d = e\\=f", { "a b=c:d": "e=f" }],
  ["a=\\t\\n\\r\\f\\q\\\\\\u0041\\u00e9", { a: "\t\n\r\fq\\A\u00e9" }],
  ["a=1\ra=2\na=3", { a: "3" }],
  ["p\u00e4ss=w\u{1f600}rd", { "p\u00e4ss": "w\u{1f600}rd" }],
];

for (const [text, pairs] of properties) {
  test(`properties: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(Object.fromEntries(parseProperties(text).map(({ key, value }) => [key, value])), pairs);
  });
}

test("properties: a line is told by where its key begins", () => {
  assert.deepEqual(
    parseProperties("# one\n\na=b\\\n  c\r\nd=e").map(({ key, line }) => [key, line]),
    [
      ["a", 3],
      ["d", 5],
    ],
  );
  assert.throws(
    () => parseProperties("a=b\nc=\\u12g4"),
    (error) => error instanceof MalformedProperties && error.line === 2,
  );
});

/** As Java's Properties.store writes keys and values. */
function stored(text: string, isKey: boolean): string {
  const named: Readonly<Record<string, string>> = {
    "\t": "\\t",
    "\n": "\\n",
    "\r": "\\r",
    "\f": "\\f",
    "\\": "\\\\",
    "=": "\\=",
    ":": "\\:",
    "#": "\\#",
    "!": "\\!",
  };
  const units = Array.from({ length: text.length }, (_, index) => text.charAt(index));
  return units
    .map((char, index) => {
      if (char === " ") return isKey || index === 0 ? "\\ " : " ";
      const code = char.charCodeAt(0);
      return named[char] ?? (code < 0x20 || code > 0x7e ? `\\u${code.toString(16).padStart(4, "0").toUpperCase()}` : char);
    })
    .join("");
}

test("properties: what Java stores is read back", () => {
  const texts = fc.string({ unit: "binary", maxLength: 12 });
  const tricky = fc.string({ unit: fc.constantFrom(..."ab =:#!\\\t\n\r\fu0é"), maxLength: 12 });
  const pairs = fc.array(fc.tuple(fc.oneof(texts, tricky), fc.oneof(texts, tricky)), { maxLength: 6 });
  fc.assert(
    fc.property(pairs, (written) => {
      const file = `#comment\n${written.map(([key, value]) => `${stored(key, true)}=${stored(value, false)}\n`).join("")}`;
      assert.deepEqual(
        parseProperties(file).map(({ key, value }) => [key, value]),
        written,
      );
    }),
  );
});

const modules: readonly (readonly [text: string, name: string, options: Readonly<Record<string, string>>])[] = [
  [`m required username="u" password="p";`, "m", { username: "u", password: "p" }],
  [`a.b.C required\n  username='u'\n  password='p\\'s "x"' ;`, "a.b.C", { username: "u", password: `p's "x"` }],
  [`m required a=b-1 c=d_2 e=$f;`, "m", { a: "b-1", c: "d_2", e: "$f" }],
  [`m REQUIRED a="\\101\\t\\x\\\\" ;`, "m", { a: "A\tx\\" }],
  [`m required /* u="no" */ a="/* yes */" // b="no"\n;`, "m", { a: "/* yes */" }],
  [`m required a=b/c\n;`, "m", { a: "b" }],
  [`"m" required "a"="b";`, "m", { a: "b" }],
  [`m required a="ä€";`, "m", { a: "ä€" }],
  [`m required;`, "m", {}],
];

for (const [text, name, options] of modules) {
  test(`jaas: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(
      parseJaas(text).map((module) => [module.name, Object.fromEntries(module.options)]),
      [[name, options]],
    );
  });
}

for (const text of [
  `m`,
  `m required a="b"`,
  `m required a=;`,
  `m required a;`,
  `m nonsense a=b;`,
  `m required a=1234;`,
  `m required a=-5;`,
  `; m required;`,
  `m required a=b;;`,
]) {
  test(`jaas: ${JSON.stringify(text)} is refused without being quoted`, () => {
    assert.throws(
      () => parseJaas(text),
      (error) => error instanceof MalformedJaas && !error.message.includes("1234"),
    );
  });
}

test("bootstrap servers: names, addresses, protocols; the first wrong one is told", () => {
  assert.deepEqual(parseBootstrap(" a:1, SSL://b.c:9093 ,[::1]:9092,"), {
    addresses: [
      { host: "a", port: 1 },
      { host: "b.c", port: 9093 },
      { host: "::1", port: 9092 },
    ],
  });
  for (const wrong of ["a", "a:0", "a:65536", "a:b", "::1:9092", "a b:1"]) assert.deepEqual(parseBootstrap(`ok:1,${wrong}`), { wrong });
});

test("PEM: blocks are found wherever they stand, and get their line ends back", () => {
  const flat =
    "Bag Attributes -----BEGIN CERTIFICATE----- QUJD REVG -----END CERTIFICATE----- -----BEGIN PRIVATE KEY-----R0hJ-----END PRIVATE KEY-----";
  assert.deepEqual(pemBlocks(flat), [
    { label: "CERTIFICATE", text: "-----BEGIN CERTIFICATE-----\nQUJDREVG\n-----END CERTIFICATE-----\n" },
    { label: "PRIVATE KEY", text: "-----BEGIN PRIVATE KEY-----\nR0hJ\n-----END PRIVATE KEY-----\n" },
  ]);
});
