import { errors } from "./errors.generated.ts";

/** An error code of Kafka's. `retriable`: the same request may succeed a moment later. */
export type KafkaErrorCode = { readonly code: number; readonly name: string; readonly retriable: boolean; readonly text: string };

let table: ReadonlyMap<number, KafkaErrorCode> | undefined;

function parseRow(row: string): [number, KafkaErrorCode] {
  const [code, name = "", kind, ...words] = row.split(" ");
  return [Number(code), { code: Number(code), name, retriable: kind === "retriable", text: words.join(" ") }];
}

function allErrors(): ReadonlyMap<number, KafkaErrorCode> {
  table ??= new Map(errors.trim().split("\n").map(parseRow));
  return table;
}

/** What Kafka says of a code; one that this release does not know keeps its number as its name. */
export const errorOf = (code: number): KafkaErrorCode =>
  allErrors().get(code) ?? {
    code,
    name: `ERROR_${code}`,
    retriable: false,
    text: `The broker answered with error ${code}, which is newer than this tool.`,
  };

/** By Kafka's name for the error. */
export const isRetriableError = (name: string): boolean =>
  allErrors()
    .values()
    .some((error) => error.name === name && error.retriable);

/** Codes that this adapter acts on. */
export const codes = {
  none: 0,
  unknownTopic: 3,
  leaderNotAvailable: 5,
  notController: 41,
  unsupportedSaslMechanism: 33,
  illegalSaslState: 34,
  unsupportedVersion: 35,
  groupIdNotFound: 69,
  electionNotNeeded: 84,
} as const;
