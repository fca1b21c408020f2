import { AppError } from "../../../model/errors.ts";
import { MalformedProperties, type Property, parseProperties } from "./parse-properties.ts";

/** The properties of a file, by name; of several of one name the last counts, as for Java. */
export type Settings = {
  readonly path: string;
  readonly names: readonly string[];
  /** Trimmed, as Kafka does; undefined where it is absent or empty. */
  get(name: string): string | undefined;
  has(name: string): boolean;
  /** The error about a property, with file and line: "client.properties:3: ssl.provider is not supported". */
  refusal(name: string, why: string, parts?: { hint?: string | undefined; cause?: unknown }): AppError;
};

const reference = /\$\{[^}:]*:[^}]*\}/;

function parse(text: string, path: string): Property[] {
  try {
    return parseProperties(text);
  } catch (error) {
    if (error instanceof MalformedProperties)
      throw new AppError("InvalidFile", `${path}:${error.line}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Throws AppError InvalidFile where the syntax is wrong. */
export function readSettings(text: string, path: string): Settings {
  const properties = new Map(parse(text, path).map((property) => [property.key, property]));
  const refusal: Settings["refusal"] = (name, why, parts) => {
    const line = properties.get(name)?.line;
    return new AppError("InvalidFile", `${path}${line === undefined ? "" : `:${line}`}: ${name} ${why}`, parts);
  };
  return {
    path,
    names: [...properties.keys()],
    has: (name) => properties.has(name),
    refusal,
    get(name) {
      const value = properties.get(name)?.value.trim();
      if (value !== undefined && reference.test(value))
        throw refusal(name, "refers to a configuration provider, and none is run here", { hint: "Write the value itself into the file" });
      return value === "" ? undefined : value;
    },
  };
}
