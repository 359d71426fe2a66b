/** Any web space: the built page as files under a sub-path. No relay, no special headers, and no config.json but what is given. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { dist } from './program.ts';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** A host that runs. */
export interface Host {
  /** The address of the page, with its slash. */
  readonly base: string;
  /** Puts a config.json there. */
  configure(text: string): void;
  /** Ends it. */
  end(): Promise<void>;
}

/** Serves the page below a folder, which begins and ends with a slash. */
export async function plain(folder: string): Promise<Host> {
  let config: string | undefined;
  const web = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const name = pathname === folder ? 'index.html' : pathname.slice(folder.length);
    const good = pathname.startsWith(folder) && /^[\w.-]+$/.test(name);
    const file = name === 'config.json' && config !== undefined ? Promise.resolve(config) : readFile(`${dist}/${name}`);
    const found = good ? file : Promise.reject(new Error('not here'));
    if (!good) file.catch(() => undefined);
    found.then(
      (bytes) => response.writeHead(200, { 'content-type': types[extname(name)] ?? 'text/plain' }).end(bytes),
      () => response.writeHead(404).end(),
    );
  }).listen(0, 'localhost');
  await once(web, 'listening');
  return {
    base: `http://localhost:${(web.address() as AddressInfo).port}${folder}`,
    configure: (text) => { config = text; },
    end: async () => {
      web.closeAllConnections();
      web.close();
      await once(web, 'close');
    },
  };
}
