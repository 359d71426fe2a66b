/** The program `scim-setup serve` with a sample tenant, and what it says about itself. */
import { dist, recorded, start } from './program.ts';

export { dist } from './program.ts';

/** The part of config.json that tests use. */
export interface Config {
  name?: string;
  clientId?: string;
  tenantId?: string;
  cloud?: string;
  relay?: string;
  clouds?: { id: string; name: string; authority: string; graph: string; portal: string; databricks: string[] }[];
}

/** One running server with its own sample tenant. */
export interface Server {
  /** The address of the page, with its slash: `http://localhost:41234/`. */
  readonly address: string;
  /** The config.json that the page gets. */
  readonly config: Config;
  /** The origins that the page may talk to: its own, and those of the sample tenant's sign-in service and Graph. */
  readonly origins: ReadonlySet<string>;
  /** Everything that the program has written so far. */
  said(): string;
  /** Ends the program with SIGTERM and waits for its end. */
  end(): Promise<void>;
}

/** What `serve` prints once it answers: the address of its page. */
export const address = /http:\/\/localhost:\d+\//;

/** Starts the server on free ports with these further arguments, and waits until it has printed its address. */
export async function serve(further: readonly string[]): Promise<Server> {
  const words = ['serve', '--dir', dist, '--listen', 'localhost:0', '--sample', '--sample-port', '0', ...recorded(), ...further];
  const program = await start(words, address);
  const config = (await (await fetch(new URL('config.json', program.ready))).json()) as Config;
  const origins = new Set([new URL(program.ready).origin]);
  for (const cloud of config.clouds ?? []) origins.add(cloud.authority).add(cloud.graph);
  return { address: program.ready, config, origins, said: program.said, end: program.end };
}
