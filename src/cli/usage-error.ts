import { AppError } from "../model/errors.ts";

/** A word on the command line that cannot be obeyed: exit code 2. */
export const usageError = (message: string, hint?: string): AppError => new AppError("Usage", message, { hint });
