/** What RBAC refused, as the API server's sentence tells. */
export type Refusal = {
  readonly user: string;
  readonly verb: string;
  /** With its subresource: "pods/portforward". */
  readonly resource: string;
  readonly group: string;
  readonly namespace?: string | undefined;
};

/** Reads `User "jane" cannot list resource "pods" in API group "" in the namespace "kafka"`; undefined for any other refusal. */
export function parseRefusal(message: string): Refusal | undefined {
  const match =
    /User "(?<user>[^"]*)" cannot (?<verb>\S+) resource "(?<resource>[^"]+)" in API group "(?<group>[^"]*)"(?: in the namespace "(?<namespace>[^"]+)")?/.exec(
      message,
    );
  const { user, verb, resource, group, namespace } = match?.groups ?? {};
  return user === undefined || verb === undefined || resource === undefined || group === undefined
    ? undefined
    : { user, verb, resource, group, namespace };
}

/** The two kubectl commands by which an administrator would allow it: the role, and its binding to the user. */
export function allowingCommands({ user, verb, resource, group, namespace }: Refusal): string {
  const kind = namespace === undefined ? "clusterrole" : "role";
  const name = `${verb}-${resource.replaceAll("/", "-")}`;
  const scope = namespace === undefined ? "" : ` -n ${namespace}`;
  const [plural = resource, subresource] = resource.split("/");
  const target = `${plural}${group === "" ? "" : `.${group}`}${subresource === undefined ? "" : `/${subresource}`}`;
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user);
  const subject = account ? `--serviceaccount=${account[1]}:${account[2]}` : `--user=${quote(user)}`;
  return `kubectl create ${kind} ${name} --verb=${verb} --resource=${target}${scope} && kubectl create ${kind}binding ${name} --${kind}=${name} ${subject}${scope}`;
}

/** Fit for a shell. */
export const quote = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
