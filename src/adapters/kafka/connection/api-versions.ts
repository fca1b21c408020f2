import { AppError } from "../../../model/errors.ts";
import { codes, errorOf } from "../wire/error-codes.ts";
import { type ApiName, decodeResponse, encodeRequest, type RequestOf, type ResponseOf, requestMessage } from "../wire/request.ts";
import type { Channel } from "./channel.ts";
import { nameOf, type Peer } from "./faults.ts";

export type Range = { readonly min: number; readonly max: number };

/** Versions of each API, by key, that one broker speaks. */
export type BrokerVersions = ReadonlyMap<number, Range>;

export type ApiVersions = ResponseOf<"ApiVersions">;

const self: RequestOf<"ApiVersions"> = { clientSoftwareName: "kubectl-kafka", clientSoftwareVersion: "1" };

/** A broker that does not know our version answers in version 0, with the error and the versions it does know. */
async function askIn(version: number, channel: Channel): Promise<ApiVersions> {
  const frame = await channel.exchange((correlationId) => encodeRequest("ApiVersions", version, { correlationId, body: self }));
  const spoken = frame.readInt16BE(4) === codes.unsupportedVersion ? 0 : version;
  return decodeResponse("ApiVersions", spoken, { frame }) as ApiVersions;
}

/** Which versions the broker speaks, and its features: asked in our newest version, then in the newest both know. */
export async function askVersions(channel: Channel, peer: Peer): Promise<ApiVersions> {
  const { apiKey, max } = requestMessage("ApiVersions");
  const first = await askIn(max, channel);
  const common = first.apiKeys.find((api) => api.apiKey === apiKey)?.maxVersion ?? 0;
  const answer = first.errorCode === codes.unsupportedVersion ? await askIn(Math.min(common, max - 1), channel) : first;
  if (answer.errorCode === codes.none) return answer;
  const { name, text } = errorOf(answer.errorCode);
  throw new AppError("KafkaError", `Kafka at ${nameOf(peer)} does not tell its versions: ${name}: ${text}`, { details: { error: name } });
}

export const versionsIn = (answer: ApiVersions): BrokerVersions =>
  new Map(answer.apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, { min: minVersion, max: maxVersion }]));

const spell = ({ min, max }: Range): string => (min === max ? `version ${min}` : `versions ${min} to ${max}`);

/** The newest version both know, not above `ceiling`; AppError UnsupportedByBroker when there is none. */
export function commonVersion(
  api: ApiName,
  versions: BrokerVersions,
  { peer, ceiling }: { peer: Peer; ceiling?: number | undefined },
): number {
  const message = requestMessage(api);
  const ours = { min: message.min, max: Math.min(message.max, ceiling ?? message.max) };
  const theirs = versions.get(message.apiKey);
  const version = Math.min(ours.max, theirs?.max ?? -1);
  if (theirs && version >= ours.min && version >= theirs.min) return version;
  const known = theirs ? `knows ${api} in ${spell(theirs)}, and we in ${spell(ours)}` : `does not know ${api}`;
  throw new AppError("UnsupportedByBroker", `Kafka at ${nameOf(peer)} ${known}`, {
    hint:
      theirs && theirs.min > ours.max
        ? "This Kafka is newer than this tool: upgrade the tool"
        : "This Kafka is too old for it, or is set up without it",
    details: { api },
  });
}
