import assert from "node:assert/strict";
import { test } from "node:test";
import { completionName, faceNameOf, selfOf } from "../../src/cli/self.ts";

const paths: [path: string, name: string, completes: boolean][] = [
  ["/usr/local/bin/kubectl-kafka", "kubectl-kafka", false],
  ["kubectl-kafkatopic", "kubectl-kafkatopic", false],
  ["C:\\krew\\bin\\kubectl-kafkauser.exe", "kubectl-kafkauser", false],
  ["/home/me/.krew/bin/kubectl_complete-kafka", "kubectl-kafka", true],
  ["C:\\bin\\kubectl_complete-kafkatopic.exe", "kubectl-kafkatopic", true],
  ["/src/plugins/kubectl-kafka.ts", "kubectl-kafka", false],
];

for (const [path, name, completes] of paths) {
  test(`face: ${path} is ${name}`, () => assert.deepEqual(faceNameOf(path), { name, completes }));
}

const starts: [why: string, env: Record<string, string>, want: string][] = [
  ["kubectl, from an interactive shell", { _: "/usr/bin/kubectl" }, "kubectl kafka"],
  ["kubectl 1.37, which says so", { _: "/x/kubectl-kafka", KUBECTL_PATH: "/usr/bin/kubectl" }, "kubectl kafka"],
  ["the program itself", { _: "/usr/local/bin/kubectl-kafka" }, "kubectl-kafka"],
  ["the program itself, relative", { _: "./kubectl-kafka" }, "kubectl-kafka"],
  ["another program", { _: "/usr/bin/make" }, "kubectl kafka"],
  ["nobody knows", {}, "kubectl kafka"],
];

for (const [why, env, want] of starts) {
  test(`self: started by ${why}`, () => assert.equal(selfOf("kubectl-kafka", { env }), want));
}

test("completion: the name kubectl looks for", () => assert.equal(completionName("kubectl-kafkatopic"), "kubectl_complete-kafkatopic"));
