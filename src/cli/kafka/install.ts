import { type InstallAction, planInstall, runInstall } from "../../execute/install.ts";
import { AppError } from "../../model/errors.ts";
import type { KubeObject } from "../../model/kube.ts";
import { askYesNo } from "../consent.ts";
import { exitCodes } from "../exit-codes.ts";
import { usageError } from "../usage-error.ts";
import type { InstallContext } from "./install-command.ts";

const defaultTimeoutMs = 30_000;

const nameOf = ({ apiVersion, kind, metadata }: KubeObject): string => {
  const [group = ""] = apiVersion.split("/");
  return `${kind.toLowerCase()}.${group}/${metadata.name}`;
};

const done = { Create: "created", Update: "configured", Unchanged: "unchanged" } as const;
const planned = { Create: "would be created", Update: "would be configured", Unchanged: "unchanged" } as const;

function describe(action: InstallAction, words: typeof done | typeof planned): string {
  return `${nameOf(action.object)} ${action.kind === "Keep" ? `kept: ${action.because}` : words[action.kind]}`;
}

async function documentsFor({ flags }: InstallContext): Promise<KubeObject[]> {
  const { manifests } = await import("../../manifest/manifests.ts");
  return [...manifests.crdDocuments(), ...(flags.rbac === undefined ? [] : manifests.roleDocuments(flags.rbac))];
}

/** What kubectl takes: YAML documents, or one List as JSON. */
async function printDocuments({ flags, terminal }: InstallContext, documents: readonly KubeObject[]): Promise<void> {
  if (flags.output === "json") {
    terminal.out(`${JSON.stringify({ apiVersion: "v1", kind: "List", items: documents }, null, 2)}\n`);
    return;
  }
  const { toYaml } = await import("../../manifest/yaml.ts");
  terminal.out(documents.map(toYaml).join("---\n"));
}

const eventOf = (action: InstallAction, words: typeof done | typeof planned) => ({
  apiVersion: "kubectl-kafka/v1",
  kind: "InstallEvent",
  object: nameOf(action.object),
  ...(action.object.metadata.namespace === undefined ? {} : { namespace: action.object.metadata.namespace }),
  outcome: action.kind === "Keep" ? "kept" : words[action.kind],
  ...(action.kind === "Keep" ? { because: action.because } : {}),
});

function show({ flags, terminal }: InstallContext, action: InstallAction, words: typeof done | typeof planned): void {
  terminal.out(flags.output === "json" ? `${JSON.stringify(eventOf(action, words))}\n` : `${describe(action, words)}\n`);
}

/** Definitions are shared by everybody on the cluster: the change of one that is in use is a person's to allow. */
async function askFor(context: InstallContext, actions: readonly InstallAction[]): Promise<void> {
  const { flags, self } = context;
  const updates = actions.filter(({ kind }) => kind === "Update").map(({ object }) => nameOf(object));
  if (updates.length === 0 || flags.yes) return;
  const what = `these are of another version and would be replaced for everybody: ${updates.join(", ")}`;
  const answer = await askYesNo(context, `${what}\nReplace ${updates.length === 1 ? "it" : "them"}?`, flags.output);
  if (answer) return;
  if (answer === false) throw new AppError("Declined", "not agreed to: nothing is installed");
  throw new AppError("Declined", what, { hint: `to do so: ${self} install --yes` });
}

export async function run(context: InstallContext): Promise<number> {
  const { flags, connections, clock, signal, terminal, self } = context;
  const documents = await documentsFor(context);
  if (flags.dryRun && flags.output !== "text") {
    await printDocuments(context, documents);
    return exitCodes.done;
  }
  if (flags.output === "yaml") throw usageError("-o yaml prints the documents, and needs --dry-run", `${self} install --dry-run -o yaml`);
  const installing = { kube: await connections.kube(), clock, signal };
  const actions = await planInstall(installing, documents);
  if (flags.dryRun) {
    for (const action of actions) show(context, action, planned);
    return exitCodes.done;
  }
  await askFor(context, actions);
  const timeoutMs = flags.timeout ?? defaultTimeoutMs;
  for await (const action of runInstall(installing, actions, { timeoutMs })) show(context, action, done);
  if (flags.rbac !== undefined && actions.some(({ kind, object }) => kind === "Create" && object.kind === "Role"))
    terminal.err(
      `Nobody has these roles yet; for instance: kubectl create rolebinding NAME -n ${flags.rbac} --role=kubectl-kafka-viewer --user=USER\n`,
    );
  return exitCodes.done;
}
