/** A rule over several fields of an object: the text the API server runs (CEL), and the same in TypeScript. */
export type Rule = {
  readonly rule: string;
  readonly message: string;
  /** Is given objects whose fields fit their own schemas. */
  readonly holds: (self: Readonly<Record<string, unknown>>) => boolean;
};

/** What a value of a custom resource may be. Written with the builders below; `openApi` makes the API server's form of it. */
export type Schema =
  | { readonly kind: "string"; readonly choices?: readonly string[]; readonly pattern?: string }
  | { readonly kind: "integer" | "number"; readonly minimum?: number; readonly maximum?: number }
  | { readonly kind: "boolean" | "quantity" }
  | { readonly kind: "list"; readonly items: Schema; readonly minItems?: number }
  | { readonly kind: "map"; readonly values: Schema }
  | {
      readonly kind: "object";
      readonly fields: Readonly<Record<string, Schema>>;
      readonly required: readonly string[];
      readonly rules: readonly Rule[];
    }
  /** An object that Kubernetes itself defines, or a free one; not looked into. */
  | { readonly kind: "freeObject" }
  /** Any value at all. */
  | { readonly kind: "any" };

export type Fields = Readonly<Record<string, Schema>>;

export const string = (pattern?: string): Schema => ({ kind: "string", ...(pattern === undefined ? {} : { pattern }) });
export const oneOf = (...choices: readonly string[]): Schema => ({ kind: "string", choices });
export const integer = (minimum?: number, maximum?: number): Schema => ({
  kind: "integer",
  ...(minimum === undefined ? {} : { minimum }),
  ...(maximum === undefined ? {} : { maximum }),
});
export const number = (minimum?: number, maximum?: number): Schema => ({ ...integer(minimum, maximum), kind: "number" }) as Schema;
export const boolean = (): Schema => ({ kind: "boolean" });
/** "10Gi", "500m", 2. */
export const quantity = (): Schema => ({ kind: "quantity" });
export const list = (items: Schema, minItems?: number): Schema => ({
  kind: "list",
  items,
  ...(minItems === undefined ? {} : { minItems }),
});
export const map = (values: Schema): Schema => ({ kind: "map", values });
export const freeObject = (): Schema => ({ kind: "freeObject" });
export const anyValue = (): Schema => ({ kind: "any" });
export const object = (fields: Fields, required: readonly string[] = [], rules: readonly Rule[] = []): Schema => ({
  kind: "object",
  fields,
  required,
  rules,
});
