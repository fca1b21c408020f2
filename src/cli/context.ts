import type { CertificateAuthority } from "../ports/certificate-authority.ts";
import type { CompareCertificates, ReadCertificates } from "../ports/certificates.ts";
import type { ReadClientProperties } from "../ports/client-properties.ts";
import type { Clock } from "../ports/clock.ts";
import type { Connect, Connections } from "../ports/connect.ts";
import type { Files } from "../ports/files.ts";
import type { FetchText, Kustomize } from "../ports/manifest-texts.ts";
import type { Program, ThisProcess } from "../ports/program.ts";
import type { Terminal } from "../ports/terminal.ts";
import type { Style } from "../render/style.ts";
import type { Positionals } from "./command.ts";
import type { Flags, FlagValues } from "./flags.ts";
import type { GlobalValues } from "./global-flags.ts";

/** The adapters that a command needs and that take time to load. */
export type Outside = {
  readonly connect: Connect;
  readonly readCertificates: ReadCertificates;
  readonly compareCertificates: CompareCertificates;
  readonly certificateAuthority: CertificateAuthority;
  readonly readClientProperties: ReadClientProperties;
  readonly fetchText: FetchText;
  readonly kustomize: Kustomize;
};

/** Everything around the program; the composition roots give the real one, tests one in memory. */
export type World = {
  readonly program: Program;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly files: Files;
  /** Loaded when a command runs, not for version, help and completion. */
  readonly outside: () => Promise<Outside>;
  /** Aborted by the first Ctrl-C (or SIGTERM) with AppError Interrupted, and when the reader of stdout went away. */
  readonly signal: AbortSignal;
  /** Rejects when something was thrown that nobody awaited. */
  readonly faults: Promise<never>;
};

type PositionalValues<P extends Positionals> = {
  readonly [Key in keyof P]: P[Key] extends { rest: true }
    ? readonly string[]
    : P[Key] extends { required: true }
      ? string
      : string | undefined;
};

/** What a verb is given. Text goes to `terminal`, the exit code is the verb's result. */
export type Context<P extends Positionals = Positionals, F extends Flags = Flags> = {
  readonly args: PositionalValues<P>;
  readonly flags: FlagValues<F> & GlobalValues;
  readonly terminal: Terminal;
  readonly style: Style;
  /** Columns a table may fill: those of the terminal but at least 80; Infinity off a terminal, where nothing is cut. */
  readonly width: number;
  readonly clock: Clock;
  readonly files: Files;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly process: ThisProcess;
  readonly connections: Connections;
  readonly readCertificates: ReadCertificates;
  readonly compareCertificates: CompareCertificates;
  readonly certificateAuthority: CertificateAuthority;
  readonly readClientProperties: ReadClientProperties;
  readonly fetchText: FetchText;
  readonly kustomize: Kustomize;
  readonly signal: AbortSignal;
  /** How a person calls this program, for commands to copy: `kubectl kafka`. */
  readonly self: string;
};
