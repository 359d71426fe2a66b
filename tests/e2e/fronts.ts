/** Caddy and nginx before the program, with exactly the files of docs/hosting. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect } from '@playwright/test';
import { host } from './hostile.ts';
import { dist, serve, type Server } from './server.ts';

const hosting = fileURLToPath(new URL('../../docs/hosting/', import.meta.url));

/** A web server of others that serves the page and passes what is for the relay on. */
export interface Front {
  /** The page as it is reached through the front. */
  readonly world: Server;
  /** Where the front listens. */
  readonly port: number;
  /** Everything that the front wrote: its logs. */
  logs(): Promise<string>;
  /** A listener that stands for a Databricks host, and how often it was reached. */
  readonly listener: { readonly port: number; reached(): number };
  /** Ends the program behind the front. */
  endProgram(): Promise<void>;
  /** Ends all of it. */
  end(): Promise<void>;
}

export type Kind = 'Caddy' | 'nginx';

/** A port that nothing listens on. */
async function free(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export async function front(kind: Kind, further: readonly string[]): Promise<Front> {
  const folder = await mkdtemp(`${tmpdir()}/scim-setup-front-`);
  const port = await free();
  const address = `http://localhost:${port}/`;
  let reached = 0;
  const listener = createServer((socket) => {
    reached += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port: behind } = listener.address() as AddressInfo;
  const program = await serve([
    '--redirect', address, '--allow', host, '--route', `${host}=127.0.0.1:${behind}`, ...further,
  ]);
  let said = '';
  let child: ChildProcess | undefined;
  let ended = false;
  const end = async () => {
    if (ended) return;
    ended = true;
    if (child && child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'close');
    }
    await program.end();
    listener.close();
    said += await readFile(`${folder}/access`, 'utf8').catch(() => '');
    await rm(folder, { recursive: true });
  };
  try {
    // The host of a page puts its config.json beside it.
    await cp(dist, `${folder}/dist`, { recursive: true });
    await writeFile(`${folder}/dist/config.json`, JSON.stringify(program.config));
    // What a deployment may leave there besides, and is no part of the page.
    await mkdir(`${folder}/dist/.git`);
    await writeFile(`${folder}/dist/.git/config`, 'hidden');
    await writeFile(`${folder}/dist/.env`, 'hidden');
    await writeFile(`${folder}/outside.txt`, 'outside');
    await symlink('../outside.txt', `${folder}/dist/link.txt`);
    const sample = program.config.clouds?.find(({ id }) => id === 'sample');
    const settings = {
      SCIM_SETUP_DIST: `${folder}/dist`,
      SCIM_SETUP_RELAY: new URL(program.address).host.replace('localhost', '127.0.0.1'),
      SCIM_SETUP_CONNECT: `${sample?.authority} ${sample?.graph}`,
      SCIM_SETUP_SITE: address.slice(0, -1),
      SCIM_SETUP_LISTEN: `127.0.0.1:${port}`,
      SCIM_SETUP_NAME: 'localhost',
    };
    child = await (kind === 'Caddy' ? caddy : nginx)(folder, settings);
    child.stdout?.on('data', (text) => { said += text; });
    child.stderr?.on('data', (text) => { said += text; });
    await expect(async () => expect((await fetch(address)).status).toBe(200)).toPass({ timeout: 20_000 });
  } catch (error) {
    await end();
    throw new Error(`${kind} did not start. It said:\n${said}`, { cause: error });
  }
  const origins = new Set([...program.origins, new URL(address).origin]);
  return {
    world: { ...program, address, origins },
    port,
    logs: async () => said + await readFile(`${folder}/access`, 'utf8').catch(() => ''),
    listener: { port: behind, reached: () => reached },
    endProgram: program.end,
    end,
  };
}

/** Caddy fills its file in from the environment. */
async function caddy(folder: string, settings: Record<string, string>): Promise<ChildProcess> {
  return spawn(process.env['CADDY'] ?? 'caddy', ['run', '--config', `${hosting}Caddyfile`, '--adapter', 'caddyfile'], {
    // It keeps certificates and its last configuration at home.
    env: { ...process.env, ...settings, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
  });
}

/** The template is filled in as the official image and envsubst do. */
async function nginx(folder: string, settings: Record<string, string>): Promise<ChildProcess> {
  const template = await readFile(`${hosting}nginx.conf.template`, 'utf8');
  const site = template.replace(/\$\{(SCIM_SETUP_\w+)\}/g, (_, name: string) => settings[name] ?? '');
  await mkdir(`${folder}/temp`);
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path temp/${name};`);
  await writeFile(`${folder}/site.conf`, site);
  await writeFile(`${folder}/nginx.conf`, `daemon off; pid nginx.pid; error_log stderr; events {}
    http { access_log ${folder}/access; ${temp.join(' ')} include site.conf; }\n`);
  const user = process.getuid?.() === 0 ? ['-g', 'user root;'] : [];
  return spawn(process.env['NGINX'] ?? 'nginx', ['-p', folder, '-c', `${folder}/nginx.conf`, ...user]);
}
