import type { Schema } from "./schema.ts";

export const quantityPattern =
  "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$";

type OpenApi = Readonly<Record<string, unknown>>;

const intOrString = { anyOf: [{ type: "integer" }, { type: "string" }], "x-kubernetes-int-or-string": true };

/** A schema as the `openAPIV3Schema` of a CustomResourceDefinition. */
export function openApi(schema: Schema): OpenApi {
  switch (schema.kind) {
    case "string": {
      const { choices, pattern } = schema;
      return { type: "string", ...(choices ? { enum: choices } : {}), ...(pattern ? { pattern } : {}) };
    }
    case "integer":
    case "number": {
      const { kind, ...limits } = schema;
      return { type: kind, ...limits };
    }
    case "boolean":
      return { type: "boolean" };
    case "quantity":
      return { ...intOrString, pattern: quantityPattern };
    case "list":
      return { type: "array", items: openApi(schema.items), ...(schema.minItems ? { minItems: schema.minItems } : {}) };
    case "map":
      return { type: "object", additionalProperties: openApi(schema.values) };
    case "freeObject":
      return { type: "object", "x-kubernetes-preserve-unknown-fields": true };
    case "any":
      return { "x-kubernetes-preserve-unknown-fields": true };
    case "object":
      return {
        type: "object",
        properties: Object.fromEntries(Object.entries(schema.fields).map(([name, field]) => [name, openApi(field)])),
        ...(schema.required.length > 0 ? { required: schema.required } : {}),
        ...(schema.rules.length > 0 ? { "x-kubernetes-validations": schema.rules.map(({ rule, message }) => ({ rule, message })) } : {}),
      };
  }
}
