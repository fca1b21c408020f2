/** What a plain or tagged scalar of a manifest means. `inexact`: the number cannot be kept as it was written. */
export type Resolved =
  | { readonly ok: true; readonly value: string | number | boolean | null; readonly inexact?: true }
  | { readonly ok: false; readonly message: string };

const words: Readonly<Record<string, boolean | null>> = {
  ...Object.fromEntries(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map((word) => [word, true])),
  ...Object.fromEntries(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map((word) => [word, false])),
  ...Object.fromEntries(["", "~", "null", "Null", "NULL"].map((word) => [word, null])),
};

const integer = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const decimal = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const notFinite = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;

const value = (result: string | number | boolean | null): Resolved => ({ ok: true, value: result });

function resolveInteger(sign: string, digits: string): Resolved {
  const octal = /^0[0-7]+$/.test(digits);
  const number = (sign === "-" ? -1 : 1) * Number(octal ? `0o${digits.slice(1)}` : digits);
  // the API server knows no negative zero
  const kept = number === 0 ? 0 : number;
  return Number.isSafeInteger(kept) ? value(kept) : { ok: true, value: kept, inexact: true };
}

/** A scalar without quotes and tag, as kubectl reads it (YAML 1.1, but times and base 60 stay texts). */
export function resolvePlain(text: string): Resolved {
  if (Object.hasOwn(words, text)) return value(words[text] ?? null);
  if (notFinite.test(text)) return { ok: false, message: `${text} cannot be written in JSON` };
  if (!/^[-+.0-9]/.test(text)) return value(text);
  const bare = text.replaceAll("_", "");
  const match = integer.exec(bare);
  if (match) return resolveInteger(match[1] ?? "", match[2] ?? "");
  if (!decimal.test(bare) || !Number.isFinite(Number(bare))) return value(text);
  return value(Number(bare) === 0 ? 0 : Number(bare));
}

function decodeBase64(text: string): Resolved {
  const bare = text.replace(/\s/g, "");
  if (bare.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(bare)) return { ok: false, message: "!!binary: this is not base64" };
  return value(new TextDecoder().decode(Uint8Array.from(atob(bare), (char) => char.charCodeAt(0))));
}

const kinds: Readonly<Record<string, { readonly name: string; readonly fits: (value: unknown) => boolean }>> = {
  int: { name: "an integer", fits: (value) => Number.isInteger(value) },
  float: { name: "a number", fits: (value) => typeof value === "number" },
  bool: { name: "a boolean", fits: (value) => typeof value === "boolean" },
  null: { name: "null", fits: (value) => value === null },
};

/** A scalar with a tag ("!!str"). Tags that YAML does not define are passed over, as kubectl does. */
export function resolveTagged(text: string, tag: string): Resolved {
  const name = /^(?:!!|!<tag:yaml\.org,2002:)(\w+)>?$/.exec(tag)?.[1] ?? "str";
  if (name === "binary") return decodeBase64(text);
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (!kind) return value(text);
  const resolved = resolvePlain(text);
  return resolved.ok && !kind.fits(resolved.value) ? { ok: false, message: `${tag}: "${text}" is not ${kind.name}` } : resolved;
}
