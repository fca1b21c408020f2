import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../../../../src/model/errors.ts";
import { open } from "../open.ts";

type Update = { featureUpdates: { feature: string; maxVersionLevel: number; upgradeType: number }[] };

test("a metadata version is set by its name or its release, downwards only where it is safe", async (context) => {
  const { kafka, brokers } = await open(context, { release: "4.3" });
  brokers.state.metadataLevel = 29;
  const asked: unknown[] = [];
  brokers.intercept = ({ api, body }) => {
    if (api !== "UpdateFeatures") return undefined;
    asked.push(
      ...(body as Update).featureUpdates.map(({ feature, maxVersionLevel, upgradeType }) => [feature, maxVersionLevel, upgradeType]),
    );
    return { kind: "Body", body: { throttleTimeMs: 0, errorCode: 0, errorMessage: null, results: [] } };
  };
  for (const version of ["4.3", "4.2", "4.2-IV1", "4.1-IV0"]) await kafka.updateMetadataVersion(version);
  assert.deepEqual(asked, [
    ["metadata.version", 30, 1],
    ["metadata.version", 26, 2],
  ]);
  await assert.rejects(kafka.updateMetadataVersion("9.9"), (error) => error instanceof AppError && error.code === "UnsupportedByBroker");
});
