import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { frameAssembler, largestFrame, StrangeFrame } from "../../../../src/adapters/kafka/wire/frames.ts";

const framed = (body: Uint8Array): Buffer => {
  const head = Buffer.alloc(4);
  head.writeInt32BE(body.length);
  return Buffer.concat([head, body]);
};

const bodies = fc.array(fc.uint8Array({ minLength: 4, maxLength: 40 }), { minLength: 1, maxLength: 6 });

function cutAt(stream: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [0, ...places.map((place) => place % (stream.length + 1)).sort((a, b) => a - b), stream.length];
  return cuts.slice(1).map((end, index) => stream.subarray(cuts[index], end));
}

test("messages come whole however the network cuts them", () => {
  const property = fc.property(bodies, fc.array(fc.nat(), { maxLength: 30 }), (messages, places) => {
    const assemble = frameAssembler();
    const frames = cutAt(Buffer.concat(messages.map(framed)), places).flatMap((chunk) => assemble(chunk));
    assert.deepEqual(
      frames.map((frame) => Buffer.from(frame)),
      messages.map((message) => Buffer.from(message)),
    );
  });
  fc.assert(property);
});

test("a large message in many chunks takes time in proportion", () => {
  const assemble = frameAssembler();
  const body = Buffer.alloc(20_000_000, 7);
  const stream = framed(body);
  const frames: Buffer[] = [];
  for (let at = 0; at < stream.length; at += 16_384) frames.push(...assemble(stream.subarray(at, at + 16_384)));
  assert.equal(frames.length, 1);
  assert.ok(frames[0]?.equals(body));
});

test("lengths that no message has are refused at once", () => {
  for (const head of ["48545450", "15030100", "ffffffff", "00000003", "00000000"]) {
    assert.throws(() => frameAssembler()(Buffer.from(head, "hex")), StrangeFrame, head);
  }
  const largest = Buffer.alloc(4);
  largest.writeInt32BE(largestFrame);
  assert.deepEqual(frameAssembler()(largest), []);
});
