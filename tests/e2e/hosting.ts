/** The page and its relay behind the web servers that people have, with exactly the files of docs/hosting. */
import { readdir } from 'node:fs/promises';
import { front, type Front, type Kind } from './fronts.ts';
import { expectHeaders } from './headers.ts';
import { bytes, host, send, table } from './hostile.ts';
import { allowsLateReads, applies, connects, facts, picks, reviews } from './person.ts';
import { after, holds, read } from './scim.ts';
import { dist } from './server.ts';
import { expect, test as base } from './world.ts';

interface Fixtures { running: Front }

/**
 * The groups about the form of a message rather than where it leads. What is broken here a front may put in order before it
 * passes it on, each in its own way and version: it then arrives as one well-formed request, which may go through.
 */
const form = ['framing', 'headers', 'hop-by-hop', 'forms', 'oversized', 'pipelined'];

/** The tests of one front. */
export function hosted(kind: Kind): void {
  const test = base.extend<object, Fixtures>({
    running: [
      async ({}, use) => {
        const running = await front(kind, ['--people', '24', '--groups', '3']);
        await use(running);
        await running.end();
      },
      { scope: 'worker', timeout: 60_000 },
    ],
    world: async ({ running }, use) => use(running.world),
  });

  test('every file has the headers of production and travels packed', async ({ request }) => {
    const names = (await readdir(dist)).filter((name) => !/\.(br|gz)$/.test(name));
    expect(names.length).toBeGreaterThan(10);
    for (const name of ['', ...names]) {
      const answer = await request.get(`./${name}`, { headers: { 'accept-encoding': 'gzip, br' } });
      expect(answer.status(), name).toBe(200);
      const headers = answer.headers();
      const places = expectHeaders(headers, { 'upgrade-insecure-requests': '' });
      expect(places).toHaveLength(3);
      const hashed = /-[0-9a-f]{12,16}(_bg|_loader)?\./.test(name);
      expect(headers['cache-control'], name).toBe(hashed ? 'public, max-age=31536000, immutable' : 'no-store');
      if (/\.m?js$/.test(name)) expect(headers['content-type'], name).toMatch(/^(text|application)\/javascript/);
      if (name.endsWith('.wasm')) {
        expect(headers['content-type']).toBe('application/wasm');
        expect(headers['content-encoding']).toBe(kind === 'Caddy' ? 'br' : 'gzip');
      }
    }
    for (const name of ['index.html.br', 'index.html.gz', 'not-here.js', '.git/config']) {
      const answer = await request.get(`./${name}`);
      expect(answer.status(), name).toBe(404);
      expectHeaders(answer.headers(), { 'upgrade-insecure-requests': '' });
    }
  });

  test('the whole way leads through it', async ({ page, world, complaints, running }) => {
    test.setTimeout(180_000);
    allowsLateReads(complaints);
    const known = await facts(page, world);
    const door = { base: known.address.account, token: known.token.account };
    const before = await read(door);
    const { stages } = await connects(page, world, 'account');
    expect(stages.slice(0, 7).filter((stage) => !stage.endsWith(': passed'))).toEqual([]);
    await picks(page, ['Data Engineers']);
    const { plan } = await reviews(page);
    await applies(page, 90_000);
    await holds(door, before, after(before, plan));
    const logs = await running.logs();
    expect(logs).not.toContain(known.token.account);
    expect(logs).not.toContain('eyJ');
  });

  test('hostile requests do not reach the host behind it', async ({ running, world }) => {
    test.setTimeout(120_000);
    const values = { page: new URL(world.address).host, port: running.listener.port, token: 'dapi-planted-0123456789abcdef' };
    const answers: string[] = [];
    let reached = 0;
    for (const request of await table()) {
      let answer = await send(running.port, bytes(request, values));
      // The relay lets one peer ask fifty times a second; all of these come from the front.
      while (answer?.status === 429) answer = await send(running.port, bytes(request, values));
      answers.push(answer === undefined ? 'cut' : `${answer.status} ${answer.type}`);
      const times = running.listener.reached() - reached;
      reached += times;
      expect(times, `${request.what}: ${request.name}`).toBeLessThanOrEqual(form.includes(request.what) ? 1 : 0);
    }
    expect(answers.length).toBeGreaterThan(120);
    // Some a front answers by itself: dots that lead out of the relay lead to the page's own files.
    expect(answers.filter((answer) => answer.startsWith('4')).length).toBeGreaterThan(answers.length * 0.75);
    const logs = await running.logs() + world.said();
    expect(logs).not.toContain(values.token);

    // The same listener is reached by what is allowed.
    const good = `GET /relay/${host}/api/2.0/preview/scim/v2/Me HTTP/1.1\r\nHost: ${values.page}\r\nx-scim-setup: 1\r\n`
      + `Authorization: Bearer ${values.token}\r\nConnection: close\r\n\r\n`;
    await expect(async () => {
      expect((await send(running.port, Buffer.from(good)))?.status).not.toBe(429);
    }).toPass();
    expect(running.listener.reached()).toBeGreaterThan(reached);
  });
}
