import type { Face } from "../../src/cli/command.ts";
import type { World } from "../../src/cli/context.ts";
import { kafkaFace } from "../../src/cli/kafka/commands.ts";
import { main } from "../../src/cli/main.ts";
import { AppError } from "../../src/model/errors.ts";
import type { ReadCertificates } from "../../src/ports/certificates.ts";
import type { ReadClientProperties } from "../../src/ports/client-properties.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { ConnectionFlags, Trace } from "../../src/ports/connect.ts";
import type { Files } from "../../src/ports/files.ts";
import type { OpenKafka } from "../../src/ports/kafka.ts";
import type { KubeApi } from "../../src/ports/kube.ts";
import type { ThisProcess } from "../../src/ports/program.ts";
import { fakeProcess } from "../fakes/process.ts";
import { compareFakeCertificates, fakeAuthority } from "../fakes/world/authority.ts";
import { worldTime } from "../worlds.ts";

/** What surrounds one run; left out, there is no Kubernetes, no Kafka, no file and no terminal. */
export type CliWorld = {
  readonly face?: Face;
  /** The path the program was started by. */
  readonly path?: string;
  readonly kube?: (trace: Trace) => Promise<KubeApi>;
  readonly openKafka?: OpenKafka;
  readonly readCertificates?: ReadCertificates;
  readonly readClientProperties?: ReadClientProperties;
  readonly env?: Readonly<Record<string, string>>;
  /** path → text; `-` is standard input, and a path with others below it a directory. */
  readonly files?: Readonly<Record<string, string>>;
  /** address → text. */
  readonly urls?: Readonly<Record<string, string>>;
  /** directory → what kubectl kustomize builds from it. */
  readonly kustomizations?: Readonly<Record<string, string>>;
  /** Left out: the process 100 on "laptop", beside which there is no other. */
  readonly process?: ThisProcess;
  /** Left out: a clock of the run's own. */
  readonly clock?: Clock;
  /** A terminal with colour and unicode of this width. */
  readonly terminal?: { readonly columns: number; readonly rows?: number; readonly color?: boolean; readonly unicode?: boolean };
  /** stdin and stderr are terminals; the answer to a question, undefined for Ctrl-C. */
  readonly answer?: (question: string) => string | undefined;
  readonly now?: number;
  /** Aborted: Ctrl-C. */
  readonly signal?: AbortSignal;
  /** Ctrl-C is pressed when the program sleeps for the nth time. */
  readonly interruptAtSleep?: number;
  /** The reader of stdout goes away after so many lines. */
  readonly closeAfterLines?: number;
  /** Something that nobody awaited went wrong. */
  readonly fault?: Error;
};

export type CliResult = {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** How Kubernetes was to be connected to. */
  readonly connection: ConnectionFlags | undefined;
  readonly links: readonly string[];
  /** Connections that were not closed again. */
  readonly open: number;
};

function fakeClock({ now: start = worldTime, clock }: CliWorld, onSleep: () => void): Clock {
  let now = start;
  if (clock !== undefined)
    return {
      now: clock.now,
      sleep(ms, signal) {
        onSleep();
        return clock.sleep(ms, signal);
      },
    };
  return {
    now: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      onSleep();
      signal?.throwIfAborted();
      now += ms;
      // lets everything else that can run do so first, as real time would
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

const lookUp =
  (texts: Readonly<Record<string, string>> = {}) =>
  async (name: string): Promise<string> => {
    const text = texts[name];
    if (text === undefined) throw new AppError("InvalidFile", `cannot read ${name}: no such file`);
    return text;
  };

const fakeFiles = (texts: Readonly<Record<string, string>>): Files => ({
  read: lookUp(texts),
  async list(path, { recursive }) {
    const directory = path.replace(/\/?$/, "/");
    const below = Object.keys(texts).filter((name) => name.startsWith(directory));
    if (below.length > 0) return below.filter((name) => recursive || !name.slice(directory.length).includes("/")).sort();
    await lookUp(texts)(path);
    return undefined;
  },
});

/** Runs a command line in memory: `runCli(["status", "-n", "kafka"], { kube: async () => kube })`. */
export async function runCli(args: readonly string[], world: CliWorld = {}): Promise<CliResult> {
  const { face = kafkaFace, env = {}, files = {} } = world;
  const links: string[] = [];
  const controller = new AbortController();
  const output = { out: "", err: "", closed: false };
  let connection: ConnectionFlags | undefined;
  let open = 0;
  let sleeps = 0;
  const clock = fakeClock(world, () => {
    sleeps += 1;
    if (sleeps === world.interruptAtSleep) controller.abort(new AppError("Interrupted", "interrupted"));
  });
  const terminal = {
    out(text: string) {
      if (output.closed) return;
      output.out += text;
      if (world.closeAfterLines === undefined || output.out.split("\n").length <= world.closeAfterLines) return;
      output.closed = true;
      controller.abort(new AppError("Interrupted", "the reader of the output went away"));
    },
    draw(text: string) {
      terminal.out(text);
    },
    err(text: string) {
      output.err += text;
    },
    get closed() {
      return output.closed;
    },
    isTty: world.terminal !== undefined,
    canAsk: world.answer !== undefined,
    async ask(question: string, signal: AbortSignal) {
      output.err += question;
      const line = world.answer?.(question);
      output.err += "\n";
      if (line === undefined) controller.abort(new AppError("Interrupted", "interrupted"));
      signal.throwIfAborted();
      return line ?? "";
    },
    columns: world.terminal?.columns ?? 80,
    rows: world.terminal?.rows ?? 24,
    color: world.terminal !== undefined && world.terminal.color !== false,
    unicode: world.terminal !== undefined && world.terminal.unicode !== false,
  };
  const missing = (what: string) => async () => {
    throw new AppError("Unreachable", `there is no ${what} in this test`);
  };
  const connect = (flags: ConnectionFlags, trace: Trace) => {
    connection = flags;
    open += 1;
    const { kube = missing("Kubernetes") } = world;
    return { kube: () => kube(trace), openKafka: world.openKafka ?? missing("Kafka"), close: () => void (open -= 1) };
  };
  const faults = world.fault ? Promise.reject(world.fault) : new Promise<never>(() => {});
  faults.catch(() => {});
  const real: World = {
    program: {
      path: world.path ?? `/usr/local/bin/${face.name}`,
      args,
      env,
      runtime: "node 24.0.0",
      platform: "linux/x64",
      process: world.process ?? fakeProcess(),
      async link(name) {
        if (links.includes(name)) return "present";
        links.push(name);
        return "created";
      },
    },
    terminal,
    clock,
    files: fakeFiles(files),
    outside: async () => ({
      connect,
      readCertificates: world.readCertificates ?? (() => []),
      compareCertificates: compareFakeCertificates,
      certificateAuthority: fakeAuthority(),
      readClientProperties: world.readClientProperties ?? missing("properties file"),
      fetchText: lookUp(world.urls),
      kustomize: lookUp(world.kustomizations),
    }),
    signal: world.signal === undefined ? controller.signal : AbortSignal.any([controller.signal, world.signal]),
    faults,
  };
  const exitCode = await main(face, real);
  return { stdout: output.out, stderr: output.err, exitCode, connection, links, open };
}
