import type { KafkaAccess, ScramMechanism, ScramPassword } from "../../../ports/kafka-access.ts";
import type { KafkaClient } from "../client/client.ts";
import { check } from "../client/kafka-errors.ts";
import { codes } from "../wire/error-codes.ts";
import type { RequestOf } from "../wire/request.ts";
import { refusalsOf } from "./refusals.ts";

const mechanisms: Readonly<Record<ScramMechanism, number>> = { "SCRAM-SHA-256": 1, "SCRAM-SHA-512": 2 };
const toMechanism = (code: number): ScramMechanism => (code === mechanisms["SCRAM-SHA-256"] ? "SCRAM-SHA-256" : "SCRAM-SHA-512");

/** As many rounds as Kafka's own tools ask for. */
const usualRounds = 4096;

type Upsertion = RequestOf<"AlterUserScramCredentials">["upsertions"][number];

/** Kafka gets the salted password of RFC 5802, from which the password cannot be had back. */
async function toUpsertion({ user, mechanism, password, iterations = usualRounds }: ScramPassword): Promise<Upsertion> {
  const [{ pbkdf2, randomBytes }, { promisify }] = await Promise.all([import("node:crypto"), import("node:util")]);
  const [size, hash] = mechanism === "SCRAM-SHA-256" ? ([32, "sha256"] as const) : ([64, "sha512"] as const);
  const salt = randomBytes(24);
  return {
    name: user,
    mechanism: mechanisms[mechanism],
    iterations,
    salt,
    saltedPassword: await promisify(pbkdf2)(password, salt, iterations, size, hash),
  };
}

export const credentialCalls = (client: KafkaClient): Pick<KafkaAccess, "scramCredentials" | "alterScram"> => ({
  scramCredentials: (signal) =>
    client.run(
      async () => {
        const answer = await client.request("DescribeUserScramCredentials", { users: null }, { to: { kind: "Controller" }, signal });
        check("The SCRAM credentials", answer);
        return answer.results
          .filter(({ errorCode }) => errorCode === codes.none)
          .flatMap(({ user, credentialInfos }) =>
            credentialInfos.map(({ mechanism, iterations }) => ({ user, mechanism: toMechanism(mechanism), iterations })),
          );
      },
      { signal },
    ),

  async alterScram({ set = [], remove = [] }, signal) {
    const upsertions = await Promise.all(set.map(toUpsertion));
    const deletions = remove.map(({ user, mechanism }) => ({ name: user, mechanism: mechanisms[mechanism] }));
    return client.run(
      async () => {
        const answer = await client.request("AlterUserScramCredentials", { deletions, upsertions }, { to: { kind: "Controller" }, signal });
        return refusalsOf(answer.results, ({ user }) => user);
      },
      { signal },
    );
  },
});
