import assert from "node:assert/strict";
import { test } from "node:test";
import { newScramClient } from "../../../../src/adapters/kafka/connection/scram.ts";

/** The example of RFC 7677. */
const example = { hash: "sha256", username: "user", password: "pencil", nonce: "rOprNGfwEbeRWgbNEkqO" } as const;
const serverFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

test("speaks as in RFC 7677", async () => {
  const client = newScramClient(example);
  assert.equal(client.first, "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  assert.equal(
    await client.respond(serverFirst),
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
  );
  client.verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
});

test("trusts no server that does not prove itself", async () => {
  const client = newScramClient(example);
  await client.respond(serverFirst);
  assert.throws(() => client.verify("v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="), /did not prove/);
  assert.throws(() => client.verify("v="), /did not prove/);
  assert.throws(() => client.verify("e=other-error"), /other-error/);
  assert.throws(() => newScramClient(example).verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="), /did not prove/);
});

test("refuses a nonce that is not ours and too little or endless hashing", async () => {
  for (const bad of [
    serverFirst.replace("rOpr", "xxxx"),
    "r=rOprNGfwEbeRWgbNEkqO,s=W22Z,i=4096",
    serverFirst.replace("4096", "1"),
    serverFirst.replace("4096", "4000000000"),
    serverFirst.replace(",i=4096", ""),
    "",
  ]) {
    await assert.rejects(newScramClient(example).respond(bad), /nonce|rounds/, bad);
  }
});

test("a name with a comma or an equals sign is written as the standard says, and each exchange has a nonce of its own", () => {
  assert.match(newScramClient({ ...example, username: "a=b,c" }).first, /^n,,n=a=3Db=2Cc,r=/);
  const fresh = (): string => newScramClient({ hash: "sha512", username: "u", password: "p" }).first;
  assert.notEqual(fresh(), fresh());
});
