import { AppError } from "../model/errors.ts";
import { nearest } from "./nearest.ts";

/** A word on the command line that cannot be obeyed: exit code 2. */
export const usageError = (message: string, hint?: string): AppError => new AppError("Usage", message, { hint });

/** A long flag, without its dashes, that is none of `names`. */
export function unknownFlag(flag: string, names: Iterable<string>, label = "COMMAND"): AppError {
  const near = nearest(flag, [...names]);
  return usageError(`unknown flag --${flag}`, near ? `did you mean --${near}?` : `${label} --help lists the flags`);
}
