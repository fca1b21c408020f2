import assert from "node:assert/strict";
import { test } from "node:test";
import { wantsColor, wantsUnicode } from "../../../src/adapters/node/terminal.ts";

const colors: [env: Record<string, string>, isTty: boolean, want: boolean][] = [
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: "1" }, true, false],
  [{ NO_COLOR: "" }, true, true],
  [{ TERM: "dumb" }, true, false],
  [{ FORCE_COLOR: "1" }, false, true],
  [{ FORCE_COLOR: "0" }, true, false],
  [{ FORCE_COLOR: "" }, false, false],
  [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false, true],
];

for (const [env, isTty, want] of colors) {
  test(`colour: ${JSON.stringify(env)} ${isTty ? "on" : "off"} a terminal is ${want}`, () => assert.equal(wantsColor(env, isTty), want));
}

const locales: [env: Record<string, string>, platform: string, want: boolean][] = [
  [{ LANG: "en_US.UTF-8" }, "linux", true],
  [{ LANG: "C.utf8" }, "linux", true],
  [{ LANG: "C" }, "linux", false],
  [{}, "linux", false],
  [{ LANG: "en_US.UTF-8", LC_ALL: "C" }, "linux", false],
  [{ LANG: "en_US.UTF-8", LC_ALL: "" }, "linux", true],
  [{ LANG: "en_US.UTF-8", TERM: "linux" }, "linux", false],
  [{ WT_SESSION: "x" }, "win32", true],
  [{ LANG: "en_US.UTF-8" }, "win32", false],
];

for (const [env, platform, want] of locales) {
  test(`unicode: ${JSON.stringify(env)} on ${platform} is ${want}`, () => assert.equal(wantsUnicode(env, platform), want));
}
