/** A number as Java prints a double: 1.0E-4, 0.5, 1.0E21. */
function doubleText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) return String(value);
  const [digits = "", exponent = ""] = value.toExponential().split("e");
  return `${digits.includes(".") ? digits : `${digits}.0`}E${Number(exponent)}`;
}

/** A value of a free configuration map as the text that Strimzi writes; undefined for what cannot be one. */
export function configText(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "boolean":
      return String(value);
    case "number":
      return Number.isSafeInteger(value) ? String(value) : doubleText(value);
    default:
      return undefined;
  }
}
