/** The page and its relay behind the web servers that people have, with exactly the files of docs/hosting. */
import { readdir } from 'node:fs/promises';
import { front, type Front, type Kind } from './fronts.ts';
import { expectHeaders, expectSealed } from './headers.ts';
import { bytes, host, send, table, type Answer, type Hostile } from './hostile.ts';
import { allowsLateReads, applies, connects, facts, picks, reviews } from './person.ts';
import { elsewhere, repaired } from './repaired.ts';
import { after, holds, read } from './scim.ts';
import { dist } from './server.ts';
import { expect, test as base } from './world.ts';

interface Fixtures { running: Front }

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
    expect(names).toHaveLength(9);
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
    // Also what lies there and is no part of the page, and what the next release may bring under that name.
    const missing = ['index.html.br', 'index.html.gz', 'not-here.js', 'base-0123456789abcdef.css', '.git/config', '.env',
      '%2eenv', ...kind === 'nginx' ? ['link.txt'] : []];
    for (const name of missing) {
      const answer = await request.get(`./${name}`);
      expect(answer.status(), name).toBe(404);
      const headers = answer.headers();
      expectHeaders(headers, { 'upgrade-insecure-requests': '' });
      expect(headers['cache-control'], name).toBe('no-store');
    }
  });

  test('the whole way leads through it', async ({ page, world, complaints, running, secrets }) => {
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
    expect(secrets.count(), 'tokens, codes and verifiers').toBeGreaterThanOrEqual(9);
    secrets.absent(logs, 'the logs of the front');
  });

  // Caddy has no such limit of its own; README.md says so.
  if (kind !== 'Caddy') test('one client cannot ask for all that the relay gives, and a page never meets the limit', async ({ running, world }) => {
    const call = Buffer.from(`GET /relay/ HTTP/1.1\r\nHost: ${new URL(world.address).host}\r\nx-scim-setup: 1\r\n`
      + 'Connection: close\r\n\r\n');
    const ask = async (times: number, from?: string) =>
      (await Promise.all(Array.from({ length: times }, () => send(running.port, call, from)))).flat();
    // A page asks for six at a time.
    const six = Array.from({ length: 6 }, () => 200);
    for (let round = 0; round < 9; round += 1) {
      expect((await ask(6)).map(({ status }) => status)).toEqual(six);
    }
    const refused = (await ask(300)).filter(({ status }) => status !== 200);
    // All that the front lets through from one leaves the program answering to others.
    for (let round = 0; round < 3; round += 1) {
      expect((await ask(6, '127.0.0.2')).map(({ status }) => status)).toEqual(six);
    }
    expect(refused.length).toBeGreaterThan(100);
    for (const { status, headers, body } of refused) {
      expect(status).toBe(429);
      expectSealed(headers, 'rate');
      expect(headers['retry-after']).toBe('1');
      expect(headers['x-scim-setup-request'], 'it is the program that refuses').toBeUndefined();
      expect((JSON.parse(body) as { relay: string }).relay).toBe('rate');
    }
  });

  test('hostile requests do not reach the host behind it', async ({ running, world }) => {
    test.setTimeout(240_000);
    const values = { page: new URL(world.address).host, port: running.listener.port, token: 'dapi-planted-0123456789abcdef' };
    const requests = await table();
    expect(requests.length).toBeGreaterThan(480);
    const own: readonly string[] = [...repaired[kind], ...Object.keys(elsewhere[kind])];
    expect(own.filter((name) => !requests.some((request) => nameOf(request) === name)), 'names that are not there').toEqual([]);
    const wrong: string[] = [];
    let reached = 0;
    for (const request of requests) {
      const name = nameOf(request);
      const answers = await patiently(running.port, bytes(request, values));
      // The answer may be here before the listener has counted.
      if (repaired[kind].includes(name)) await expect.poll(() => running.listener.reached()).toBeGreaterThan(reached);
      const times = running.listener.reached() - reached;
      reached += times;
      const told = answers.map(({ status, type }) => `${status} ${type}`).join(', ') || 'cut';
      const right = repaired[kind].includes(name)
        // It came through, and the listener is no host of Databricks.
        ? times === 1 && told.endsWith('502 application/json')
        : times === 0 && (told === elsewhere[kind][name]
          || answers.length > 0 && answers.every(({ status }) => status >= 400));
      if (!right) wrong.push(`${name}: reached ${times} times; ${told}`);
    }
    expect(wrong).toEqual([]);
    const logs = await running.logs() + world.said();
    expect(logs).not.toContain(values.token);

    // The same listener is reached by what is allowed, with a token as long as Entra's with many groups.
    const long = values.token + 'x'.repeat(9 * 1024);
    const good = `GET /relay/${host}/api/2.0/preview/scim/v2/Me HTTP/1.1\r\nHost: ${values.page}\r\nx-scim-setup: 1\r\n`
      + `Authorization: Bearer ${long}\r\nConnection: close\r\n\r\n`;
    expect(await patiently(running.port, Buffer.from(good))).toMatchObject([{ status: 502, type: 'application/json' }]);
    expect(running.listener.reached()).toBe(reached + 1);
  });

  // The last one: the program does not come back.
  test('what the front says by itself is no page, and is not written down', async ({ request, running }) => {
    const scim = './relay/' + host + '/api/2.0/preview/scim/v2/Users';
    const headers = { 'x-scim-setup': '1', 'authorization': 'Bearer dapi-planted-9876543210' };
    if (kind === 'nginx') {
      const large = await request.post(scim, { headers, data: Buffer.alloc(1024 * 1024 + 1, 0x20) });
      expect(large.status()).toBe(413);
      expectSealed(large.headers(), 'too-large');
      expect((await large.json() as { relay: string }).relay).toBe('too-large');
    }
    await running.endProgram();
    const answer = await request.get(`${scim}?filter=userName%20eq%20%22zoe.planted%40contoso.example%22`, { headers });
    expect(answer.status()).toBe(502);
    expectSealed(answer.headers(), 'unreachable');
    expect((await answer.json() as { relay: string }).relay).toBe('unreachable');
    // Whatever was to be written is there once the front has ended.
    await running.end();
    const logs = await running.logs();
    expect(logs).not.toContain('zoe.planted');
    expect(logs).not.toContain('dapi-planted');
  });
}

/** How the lists name a request. */
function nameOf({ what, name }: Hostile): string {
  return `${what}: ${name}`;
}

/** The answers to these bytes once they are not refused for coming too fast: all of the requests come from one peer. */
async function patiently(port: number, raw: Buffer): Promise<Answer[]> {
  let answers: Answer[] = [];
  await expect(async () => {
    answers = await send(port, raw);
    expect(answers.map(({ status }) => status)).not.toContain(429);
  }).toPass({ intervals: [50], timeout: 30_000 });
  return answers;
}
