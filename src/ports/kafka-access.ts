import type { Refusals } from "./kafka-topics.ts";

export type AclResource = "topic" | "group" | "cluster" | "transactionalId" | "delegationToken" | "user";
export type AclOperation =
  | "all"
  | "read"
  | "write"
  | "create"
  | "delete"
  | "alter"
  | "describe"
  | "clusterAction"
  | "describeConfigs"
  | "alterConfigs"
  | "idempotentWrite"
  | "createTokens"
  | "describeTokens"
  | "twoPhaseCommit";

export type Acl = {
  readonly resource: AclResource;
  readonly name: string;
  readonly pattern: "literal" | "prefixed";
  /** "User:CN=jane" */
  readonly principal: string;
  readonly host: string;
  readonly operation: AclOperation;
  readonly permission: "allow" | "deny";
};

/** What is left out matches anything. Pattern "match": those that apply to `name`, by whatever pattern. */
export type AclFilter = { readonly [K in keyof Acl]?: K extends "pattern" ? Acl["pattern"] | "match" : Acl[K] };

export type ScramMechanism = "SCRAM-SHA-256" | "SCRAM-SHA-512";
export type ScramCredential = { readonly user: string; readonly mechanism: ScramMechanism; readonly iterations: number };
export type ScramPassword = {
  readonly user: string;
  readonly mechanism: ScramMechanism;
  readonly password: string;
  readonly iterations?: number;
};

/** Whom a quota is for, by entity type ("user", "client-id", "ip"); null stands for the default of its kind. */
export type QuotaEntity = Readonly<Record<string, string | null>>;
export type Quota = { readonly entity: QuotaEntity; readonly limits: Readonly<Record<string, number>> };
/** A limit of null is taken back. */
export type QuotaChange = { readonly entity: QuotaEntity; readonly limits: Readonly<Record<string, number | null>> };

/** Who may do what, how much of it, and with which password. */
export interface KafkaAccess {
  acls(filter?: AclFilter, signal?: AbortSignal): Promise<Acl[]>;
  /** Refusals are named by the place in the list: "0", "1". */
  createAcls(acls: readonly Acl[], signal?: AbortSignal): Promise<Refusals>;
  /** Returns what was deleted. */
  deleteAcls(filters: readonly AclFilter[], signal?: AbortSignal): Promise<Acl[]>;
  scramCredentials(signal?: AbortSignal): Promise<ScramCredential[]>;
  /** Refusals are named by the user. The password itself never leaves this machine: Kafka gets what RFC 5802 calls the salted one. */
  alterScram(
    change: { set?: readonly ScramPassword[]; remove?: readonly Pick<ScramCredential, "user" | "mechanism">[] },
    signal?: AbortSignal,
  ): Promise<Refusals>;
  quotas(signal?: AbortSignal): Promise<Quota[]>;
  /** Refusals are named "client-id=<default>,user=jane". */
  alterQuotas(changes: readonly QuotaChange[], signal?: AbortSignal): Promise<Refusals>;
}
