import type { Settings } from "./settings.ts";

/** Properties that change what a connection is protected by, and that cannot be followed here. */
const refused: Readonly<Record<string, string>> = {
  "config.providers": "is not supported: configuration providers are not run here",
  "security.providers": "is not supported: it names Java classes",
  "sasl.client.callback.handler.class": "is not supported: it names a Java class",
  "sasl.login.callback.handler.class": "is not supported: it names a Java class",
  "sasl.login.class": "is not supported: it names a Java class",
  "ssl.engine.factory.class": "is not supported: it names a Java class",
  "ssl.provider": "is not supported: it names a Java security provider",
  "ssl.cipher.suites": "is not supported: the ciphers of this tool are those of Node.js",
};

/** Those that are followed, or that change nothing here: how Java is to find algorithms, Kerberos and OAuth that are refused by mechanism. */
const known: readonly RegExp[] = [
  /^security\.protocol$/,
  /^sasl\.(mechanism|jaas\.config)$/,
  /^sasl\.(kerberos|oauthbearer|login\.(refresh|retry\.backoff|connect\.timeout|read\.timeout))\./,
  /^ssl\.truststore\.(type|location|password|certificates)$/,
  /^ssl\.keystore\.(type|location|password|key|certificate\.chain)$/,
  /^ssl\.(key\.password|endpoint\.identification\.algorithm|protocol|enabled\.protocols)$/,
  /^ssl\.((key|trust)manager\.algorithm|secure\.random\.implementation)$/,
];

const modernTls = /\bTLSv1\.[23]\b|^TLS$/;

function checkOne(settings: Settings, name: string): void {
  const why = refused[name];
  if (why !== undefined) throw settings.refusal(name, why, { hint: "Take the line out, if the connection can do without it" });
  if (!known.some((pattern) => pattern.test(name)))
    throw settings.refusal(name, "is no property of Kafka's clients that this tool knows", {
      hint: "Is it spelled right? Nothing about security is ignored",
    });
  const value = settings.get(name) ?? "";
  if (/^ssl\.(protocol|enabled\.protocols)$/.test(name) && !modernTls.test(value))
    throw settings.refusal(name, `allows none of the versions that this tool speaks: ${value}`, { hint: "TLSv1.2 and TLSv1.3 are spoken" });
}

/** Throws AppError InvalidFile for the first property about security that would have to be ignored. `ssl.` and `sasl.` count where they are used. */
export function refuseUnsupported(settings: Settings, uses: { readonly tls: boolean; readonly sasl: boolean }): void {
  for (const name of settings.names) {
    const isUnused = (name.startsWith("ssl.") && !uses.tls) || (name.startsWith("sasl.") && !uses.sasl);
    const isAboutSecurity = /^(ssl|sasl|security|config\.providers)\b/.test(name);
    if (isAboutSecurity && !isUnused && settings.get(name) !== undefined) checkOne(settings, name);
  }
}
