/** The provider as a process of its own, which can be killed and started anew. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Front, Ports } from './front.ts';

/** The tenant, and who can sign in to it. */
export const tenant = '6d1f2c3b-4a59-4e68-8f70-112233445566';
export const person = { oid: 'a1b2c3d4-0001-4aaa-8bbb-000000000001', name: 'Ada Lindqvist', username: 'ada@contoso.example' };

/** The applications of the tenant. */
export const applications = {
  /** Preset in the page; its tokens live for an hour. */
  usual: 'c0ffee00-0001-4000-8000-000000000001',
  /** Its tokens live for much less than the page wants at least: each use renews one, and none serves in its place. */
  brief: 'c0ffee00-0002-4000-8000-000000000002',
  /** The one that an administrator consents to, for everybody and for good. */
  consented: 'c0ffee00-0003-4000-8000-000000000003',
};

const lives = { [applications.usual]: 3600, [applications.brief]: 20, [applications.consented]: 3600 };

/** How long it may take until it answers, in milliseconds. */
const patience = 20_000;

/** A provider that can come and go. */
export interface Provider {
  /** Starts it, unless it runs; it remembers nothing of an earlier life. */
  start(): Promise<void>;
  /** Ends it at once, whatever it does. */
  kill(): Promise<void>;
  /** Everything that it has written so far. */
  said(): string;
}

/** A provider for one page behind one front; it does not run yet. */
export function provider(front: Front, page: string): Provider {
  const { authority, graph } = front;
  const file = fileURLToPath(new URL('provider.mjs', import.meta.url));
  const given = JSON.stringify({ authority, graph, page, tenant, applications: lives, person });
  let running: ChildProcess | undefined;
  let said = '';
  return {
    said: () => said,
    start: async () => {
      if (running) return;
      const child = spawn(process.execPath, [file, given], { stdio: ['ignore', 'pipe', 'pipe'] });
      const line = await new Promise<string>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`the provider was not ready in time. It said:\n${said}`)), patience);
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          said += text;
          const found = /^\{.*\}$/m.exec(text);
          if (found) resolve(found[0]);
        });
        child.stderr.setEncoding('utf8').on('data', (text: string) => { said += text; });
        child.once('exit', (code) => reject(new Error(`the provider ended with ${code}. It said:\n${said}`)));
        child.once('close', () => clearTimeout(late));
      });
      running = child;
      front.leads(JSON.parse(line) as Ports);
    },
    kill: async () => {
      const child = running;
      running = undefined;
      front.leads(undefined);
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
