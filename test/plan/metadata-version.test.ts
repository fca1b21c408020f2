import assert from "node:assert/strict";
import { test } from "node:test";
import { planMetadataVersion, refuseOlderKafka } from "../../src/plan/metadata-version.ts";
import { clusterSpec } from "../desired/specs.ts";

const spec = (version: string, metadataVersion?: string) =>
  clusterSpec({ version, ...(metadataVersion === undefined ? {} : { metadataVersion }) });

for (const { version, present, refused } of [
  { version: "4.3.1", present: "4.3-IV0", refused: undefined },
  { version: "4.3.1", present: "4.2-IV1", refused: undefined },
  { version: "4.3.1", present: undefined, refused: undefined },
  { version: "4.1.2", present: "4.2-IV1", refused: /metadataVersion be 4\.1, reconcile/ },
  { version: "4.2.1", present: "4.3-IV0", refused: /spec\.kafka\.version be 4\.3 or newer/ },
  { version: "3.9.2", present: "4.1-IV0", refused: /spec\.kafka\.version be 4\.1 or newer/ },
])
  test(`Kafka ${version} where the metadata version is ${present}: ${refused ? "refused" : "allowed"}`, () => {
    for (const metadataVersion of [undefined, "3.9"]) {
      const [refusal] = refuseOlderKafka(spec(version, metadataVersion), present);
      if (refused === undefined) assert.equal(refusal, undefined);
      else assert.match(refusal?.hint ?? "", refused);
    }
  });

for (const { asked, present, want } of [
  { asked: spec("4.3.1"), present: "4.3-IV0", want: [] },
  { asked: spec("4.3.1", "4.3-IV0"), present: "4.3-IV0", want: [] },
  { asked: spec("4.3.1"), present: "4.2-IV1", want: ["to 4.3", "there is no way back from it, and from this Kafka"] },
  { asked: spec("4.2.1"), present: "4.1-IV1", want: ["to 4.2"] },
  { asked: spec("4.3.1", "4.2"), present: "4.1-IV1", want: ["to 4.2"] },
  { asked: spec("4.2.1", "4.1"), present: "4.2-IV1", want: ["to 4.1"] },
  { asked: spec("4.2.1", "4.2-IV0"), present: "4.2-IV1", want: ["to 4.2-IV0"] },
  { asked: spec("4.3.1", "4.2"), present: "4.3-IV0", want: ["stays"] },
  { asked: spec("4.2.1", "3.9"), present: "4.2-IV1", want: ["stays"] },
])
  test(`metadata version ${present}, and ${asked.metadataVersion ?? "that"} of Kafka ${asked.version} is asked for: ${want.join(", ") || "nothing"}`, () => {
    const { steps, leftAlone } = planMetadataVersion(asked, present);
    const done = steps.flatMap((step) => (step.kind === "UpdateMetadataVersion" ? [`to ${step.to}`, ...step.why] : []));
    assert.deepEqual([...done, ...leftAlone.map(() => "stays")], want);
    assert.ok(leftAlone.every(({ message }) => message.startsWith(`it stays ${present}`)));
  });
