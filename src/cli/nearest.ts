import { closest, distance } from "fastest-levenshtein";

/** The candidate a person most likely meant by `word`; undefined when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const found = closest(word.toLowerCase(), candidates);
  const longest = Math.max(word.length, found.length);
  // two letters that changed places are two edits
  const tolerance = longest < 4 ? 1 : Math.max(2, Math.floor(longest / 3));
  if (distance(word.toLowerCase(), found) <= tolerance) return found;
  return word.length >= 2 ? candidates.find((candidate) => candidate.startsWith(word)) : undefined;
}
