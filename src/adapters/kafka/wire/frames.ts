/** No answer of Kafka's is larger; four bytes of another protocol, read as a length, are. */
export const largestFrame = 0x1000_0000;

/** A length is announced that no message of Kafka's has; `head` are its four bytes. */
export class StrangeFrame extends Error {
  override readonly name = "StrangeFrame";
  readonly head: Buffer;

  constructor(head: Buffer) {
    super(`a message of ${head.readInt32BE()} bytes is announced`);
    this.head = head;
  }
}

function announcedLength(head: Buffer): number {
  const length = head.readInt32BE();
  if (length < 4 || length > largestFrame) throw new StrangeFrame(Buffer.from(head));
  return length;
}

/** Takes chunks as the network cuts them and gives the messages that each one completes, without their length. Each byte is copied at most once. */
export function frameAssembler(): (chunk: Buffer) => Buffer[] {
  const head = Buffer.alloc(4);
  let headFilled = 0;
  let frame: Buffer | undefined;
  let filled = 0;

  return (chunk) => {
    const frames: Buffer[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (!frame) {
        const taken = chunk.copy(head, headFilled, at);
        at += taken;
        headFilled += taken;
        if (headFilled < head.length) break;
        headFilled = 0;
        const length = announcedLength(head);
        if (chunk.length - at >= length) {
          frames.push(chunk.subarray(at, at + length));
          at += length;
          continue;
        }
        frame = Buffer.allocUnsafeSlow(length);
        filled = 0;
      }
      const taken = chunk.copy(frame, filled, at);
      at += taken;
      filled += taken;
      if (filled < frame.length) break;
      frames.push(frame);
      frame = undefined;
    }
    return frames;
  };
}
