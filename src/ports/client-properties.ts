import type { BrokerAddress, Security } from "../model/kafka-target.ts";

/** What a Java client's properties file says of a connection. */
export type ClientProperties = { readonly bootstrap?: readonly BrokerAddress[]; readonly security: Security };

/** Reads such a file; throws AppError InvalidFile that names file, line and property. Passwords never appear in its errors. */
export type ReadClientProperties = (path: string) => Promise<ClientProperties>;
