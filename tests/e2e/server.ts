/** The program `scim-setup serve` as a child process, and what it says about itself. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const program = process.env['SCIM_SETUP'] ?? `${root}target/release/scim-setup`;
/** The folder with the built page. */
export const dist = process.env['SCIM_SETUP_DIST'] ?? `${root}dist`;

/** How long the program may take until it answers, and until it has ended, in milliseconds. */
const patience = 20_000;

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

/** Starts the server on free ports with these further arguments, and waits until it has printed its address. */
export async function serve(further: readonly string[]): Promise<Server> {
  for (const needed of [program, `${dist}/index.html`]) {
    if (!existsSync(needed)) throw new Error(`${needed} is not there: run \`cargo xtask test --only e2e\`.`);
  }
  const words = ['serve', '--dir', dist, '--listen', 'localhost:0', '--sample', '--sample-port', '0', ...further];
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  try {
    const address = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('printed no address in time')), patience);
      const hear = (text: string) => {
        said += text;
        const found = /http:\/\/localhost:\d+\//.exec(said);
        if (found) resolve(found[0]);
      };
      child.stdout.setEncoding('utf8').on('data', hear);
      child.stderr.setEncoding('utf8').on('data', (text: string) => { said += text; });
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
      child.once('close', () => clearTimeout(late));
    });
    const config = (await (await fetch(new URL('config.json', address))).json()) as Config;
    const origins = new Set([new URL(address).origin]);
    for (const cloud of config.clouds ?? []) origins.add(cloud.authority).add(cloud.graph);
    return { address, config, origins, said: () => said, end: () => end(child) };
  } catch (error) {
    await end(child);
    throw new Error(`scim-setup ${words.join(' ')}: ${String(error)}. It said:\n${said}`, { cause: error });
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), patience);
  const [, signal] = await ended;
  clearTimeout(late);
  if (signal === 'SIGKILL') throw new Error(`scim-setup did not end within ${patience / 1000} s of SIGTERM.`);
}
