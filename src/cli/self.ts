import type { Program } from "../ports/program.ts";

const fileName = (path: string): string => (path.split(/[\\/]/).at(-1) ?? path).replace(/\.(exe|ts|cjs)$/, "");

/** The prefix of the executables that kubectl runs to complete a plugin's words. */
const completionPrefix = "kubectl_complete-";

/** The face a path asks for, and whether it is asked for completions: `…/kubectl_complete-kafka` → kubectl-kafka. */
export function faceNameOf(path: string): { name: string; completes: boolean } {
  const name = fileName(path);
  if (name.startsWith(completionPrefix)) return { name: `kubectl-${name.slice(completionPrefix.length)}`, completes: true };
  // krew's links have underscores where the plugin's name has dashes
  return { name: name.replaceAll("_", "-"), completes: false };
}

/** `kubectl-kafka` → `kubectl_complete-kafka`, the name under which kubectl looks for completions. */
export const completionName = (face: string): string => `${completionPrefix}${face.replace(/^kubectl-/, "")}`;

/**
 * How the person calls a face, for usage lines and commands to copy. kubectl replaces itself by the plugin and leaves no mark before 1.37
 * (KUBECTL_PATH), and argv[0] is the same either way. But interactive shells put the path of the command they start into `_`: only when
 * that names the face itself was it started without kubectl. In doubt it is `kubectl kafka`, as krew asks of plugins.
 */
export function selfOf(face: string, { env }: Pick<Program, "env">): string {
  const { KUBECTL_PATH: kubectl, _: started } = env;
  const direct = kubectl === undefined && started !== undefined && faceNameOf(started).name === face;
  return direct ? face : face.replace("-", " ");
}
