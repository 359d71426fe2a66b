/**
 * The release page, unmodified, with a cloud in its config.json that leads to a provider written by others. One provider and
 * one page for all these files; each test signs in with a browser that knows nothing.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dist, start } from '../program.ts';
import { address as printed, type Config, type Server } from '../server.ts';
import { test as base } from '../world.ts';
import { front, type Front } from './front.ts';
import { applications, provider, tenant, type Provider } from './provider.ts';

export { expect } from '../world.ts';

/** Everything that runs. */
interface Cloud {
  readonly front: Front;
  readonly provider: Provider;
  readonly server: Server;
}

async function open(): Promise<Cloud> {
  let page = 'not there yet';
  const entrance = await front(tenant, () => page);
  const config: Config = {
    clientId: applications.usual,
    tenantId: tenant,
    cloud: 'openid',
    clouds: [{
      id: 'openid',
      name: 'A provider by others',
      authority: entrance.authority,
      graph: entrance.graph,
      portal: `${entrance.authority}/portal`,
      databricks: [],
    }],
  };
  const folder = await mkdtemp(join(tmpdir(), 'scim-setup-oidc-'));
  const file = join(folder, 'config.json');
  await writeFile(file, JSON.stringify(config));
  // A relay, so that the page has nothing to say about there being none.
  const allow = ['--allow', 'adb-1234567890123456.7.azuredatabricks.net'];
  const program = await start(['serve', '--dir', dist, '--listen', 'localhost:0', '--config', file, ...allow], printed);
  page = program.ready;
  const service = provider(entrance, page);
  await service.start();
  return {
    front: entrance,
    provider: service,
    server: {
      address: page,
      config,
      origins: new Set([new URL(page).origin, entrance.authority, entrance.graph]),
      said: program.said,
      end: async () => {
        await program.end();
        await service.kill();
        await entrance.end();
        await rm(folder, { recursive: true });
      },
    },
  };
}

interface Fixtures {
  /** What stands before the provider. What a test wants changed must have been changed by its end. */
  entrance: Front;
  /** The provider's process. It runs when a test begins. */
  service: Provider;
}

export const test = base.extend<Fixtures, { cloud: Cloud }>({
  cloud: [
    async ({}, use) => {
      const cloud = await open();
      await use(cloud);
      await cloud.server.end();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  worldOf: [async ({ cloud }, use) => use(() => Promise.resolve(cloud.server)), { scope: 'worker' }],
  service: async ({ cloud }, use, info) => {
    await cloud.provider.start();
    await use(cloud.provider);
    if (info.status !== info.expectedStatus) await info.attach('provider', { body: cloud.provider.said() });
  },
  entrance: [
    async ({ cloud, secrets, service, complaints }, use, info) => {
      cloud.front.begin(secrets.add);
      // The browser notes each refusal of the token endpoint and of Graph as an error.
      complaints.allow(/^console error: Failed to load resource: .*\/oauth2\/v2\.0\/token\)$/);
      await use(cloud.front);
      if (info.status === info.expectedStatus) base.expect(cloud.front.left(), 'was to be changed, and was not').toEqual([]);
      void service;
    },
    { auto: true },
  ],
});
