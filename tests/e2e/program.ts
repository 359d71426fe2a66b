/** The program `scim-setup` as a child process that serves until it is told to end. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const program = process.env['SCIM_SETUP'] ?? `${root}target/release/scim-setup`;
/** The folder with the built page. */
export const dist = process.env['SCIM_SETUP_DIST'] ?? `${root}dist`;

/** How long the program may take until it answers, and until it has ended, in milliseconds. */
const patience = 20_000;

/**
 * What has a sample tenant write its exchanges down, one file each, where SCIM_SETUP_RECORD names a folder: for whoever wants to
 * hold them against a published description.
 */
export function recorded(): string[] {
  const folder = process.env['SCIM_SETUP_RECORD'];
  if (!folder) return [];
  mkdirSync(folder, { recursive: true });
  return ['--record', `${folder}/${randomUUID()}.jsonl`];
}

/** One running program. */
export interface Program {
  /** What it printed to say that it answers. */
  readonly ready: string;
  /** Everything that it has written so far. */
  said(): string;
  /** Ends it with SIGTERM and waits for its end. */
  end(): Promise<void>;
}

/** Starts the program and waits until it has printed what says that it answers. */
export async function start(words: readonly string[], sign: RegExp): Promise<Program> {
  for (const needed of [program, `${dist}/index.html`]) {
    if (!existsSync(needed)) throw new Error(`${needed} is not there: run \`cargo xtask test --only e2e\`.`);
  }
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  try {
    const ready = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('was not ready in time')), patience);
      const hear = (text: string) => {
        said += text;
        const found = sign.exec(said);
        if (found) resolve(found[0]);
      };
      child.stdout.setEncoding('utf8').on('data', hear);
      child.stderr.setEncoding('utf8').on('data', (text: string) => { said += text; });
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
      child.once('close', () => clearTimeout(late));
    });
    return { ready, said: () => said, end: () => end(child) };
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
