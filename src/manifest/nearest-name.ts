import { distance } from "fastest-levenshtein";

/** The name a person most likely meant, whatever its case; undefined when none is near. */
export function nearestName(word: string, names: readonly string[]): string | undefined {
  const lower = word.toLowerCase().slice(0, 100);
  const ranked = names.map((name) => ({ name, edits: distance(lower, name.toLowerCase()) })).sort((a, b) => a.edits - b.edits);
  const [best] = ranked;
  if (best === undefined) return undefined;
  const longest = Math.max(lower.length, best.name.length);
  const tolerance = longest < 4 ? 1 : Math.max(2, Math.floor(longest / 3));
  return best.edits <= tolerance ? best.name : undefined;
}
