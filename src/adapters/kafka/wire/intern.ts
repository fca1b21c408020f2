/*
 * Large answers repeat themselves: the same few replica lists for every partition, the same configuration names for every topic. Each value
 * that is read looks in one slot, picked by its hash, for an equal value that was read before and takes that one instead. A slot holds the
 * latest comer, so the tables never grow; nothing is allocated on a hit.
 */
const slots = 8192;
const longestText = 64;
const mostInts = 16;

const texts: string[] = new Array<string>(slots).fill("");
const lists: (readonly number[])[] = new Array<readonly number[]>(slots).fill(Object.freeze([]));

function sameText(text: string, bytes: Buffer, at: number): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) !== bytes[at + index]) return false;
  return true;
}

/** The UTF-8 text at a place. */
export function internText(bytes: Buffer, at: number, length: number): string {
  if (length > longestText) return bytes.toString("utf8", at, at + length);
  let hash = length;
  for (let index = 0; index < length; index += 1) {
    const byte = bytes[at + index] ?? 0;
    if (byte > 0x7f) return bytes.toString("utf8", at, at + length);
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  const slot = (hash ^ (hash >>> 15)) & (slots - 1);
  const known = texts[slot] ?? "";
  if (known.length === length && sameText(known, bytes, at)) return known;
  const text = bytes.toString("latin1", at, at + length);
  texts[slot] = text;
  return text;
}

function sameInts(list: readonly number[], view: DataView, at: number): boolean {
  for (let index = 0; index < list.length; index += 1) if (list[index] !== view.getInt32(at + index * 4)) return false;
  return true;
}

function makeInts(view: DataView, at: number, count: number): readonly number[] {
  const list: number[] = [];
  for (let index = 0; index < count; index += 1) list.push(view.getInt32(at + index * 4));
  return Object.freeze(list);
}

/** The 32-bit numbers at a place, as a frozen array. */
export function internInts(view: DataView, at: number, count: number): readonly number[] {
  if (count > mostInts) return makeInts(view, at, count);
  let hash = count;
  for (let index = 0; index < count; index += 1) hash = (Math.imul(hash, 31) + view.getInt32(at + index * 4)) | 0;
  const slot = (hash ^ (hash >>> 15)) & (slots - 1);
  const known = lists[slot];
  if (known?.length === count && sameInts(known, view, at)) return known;
  const list = makeInts(view, at, count);
  lists[slot] = list;
  return list;
}
