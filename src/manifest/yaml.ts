import { dump, load, YAML11_SCHEMA } from "js-yaml";

/** A value as one YAML document that kubectl reads back the same. */
export const toYaml = (value: unknown): string => dump(value, { lineWidth: -1, noRefs: true });

/** One YAML document read as kubectl reads it: YAML 1.1, with merge keys. Throws the library's error, which names the line. */
export const parseYaml = (text: string): unknown => load(text, { schema: YAML11_SCHEMA });
