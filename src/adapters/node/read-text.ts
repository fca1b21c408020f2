import { AppError } from "../../model/errors.ts";
import { formatBytes } from "../../model/units.ts";

export type TextSource = { /** Named when something is wrong with it. */ readonly name: string; readonly maxBytes: number | undefined };

/** Everything that comes, as UTF-8. Throws AppError InvalidFile when there is too much of it or it is not text. */
export async function readText(stream: AsyncIterable<Buffer>, { name, maxBytes = Number.POSITIVE_INFINITY }: TextSource): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > maxBytes) throw new AppError("InvalidFile", `${name} is larger than ${formatBytes(maxBytes)}`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new AppError("InvalidFile", `${name} is not text in UTF-8`, { cause });
  }
}
