import type { AppError } from "../model/errors.ts";
import { nearest } from "./nearest.ts";
import { usageError } from "./usage-error.ts";

/** A long flag, without its dashes, that is none of `names`. */
export function unknownFlag(flag: string, names: Iterable<string>, label = "COMMAND"): AppError {
  const near = nearest(flag, [...names]);
  return usageError(`unknown flag --${flag}`, near ? `did you mean --${near}?` : `${label} --help lists the flags`);
}
