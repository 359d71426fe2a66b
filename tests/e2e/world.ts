/**
 * What every whole-product test stands on: the release program with the release page and a sample tenant of its own,
 * one for each test file, and a browser whose every complaint fails the test.
 */
import { expect, test as base } from '@playwright/test';
import { listen, type Complaints } from './complaints.ts';
import { watch, type Watch } from './secrets.ts';
import { serve, type Server } from './server.ts';

export { axe } from './axe.ts';
export { expect } from '@playwright/test';
export type { Config, Server } from './server.ts';

interface TestFixtures {
  /** Each test of the file has a server and a sample tenant of its own: `test.use({ apart: true })`. */
  apart: boolean;
  /** The server of this test file. The tests of one file share it and its sample tenant, in their order, unless they are apart. */
  world: Server;
  /** What the browser complained about; anything left over at the end fails the test. */
  complaints: Complaints;
  /** The secrets of the visit; any that stands where none may be at the end fails the test. */
  secrets: Watch;
}

interface WorkerFixtures {
  /** Further arguments of `scim-setup serve`: `test.use({ serveWith: ['--people', '20'] })` at the top of a file. */
  serveWith: string[];
  /** Ends the server of the file or test before, and starts the one of this. */
  worldOf: (whose: string) => Promise<Server>;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  serveWith: [[], { option: true, scope: 'worker' }],
  apart: [false, { option: true }],

  worldOf: [
    async ({ serveWith }, use) => {
      let current: { whose: string; server: Server } | undefined;
      await use(async (whose) => {
        if (current?.whose !== whose) {
          await current?.server.end();
          current = undefined;
          current = { whose, server: await serve(serveWith) };
        }
        return current.server;
      });
      await current?.server.end();
    },
    { scope: 'worker' },
  ],

  world: async ({ worldOf, apart }, use, info) => {
    const server = await worldOf(apart ? info.testId : info.file);
    await use(server);
    if (info.status !== info.expectedStatus) await info.attach('scim-setup', { body: server.said() });
  },

  baseURL: async ({ world }, use) => use(world.address),

  complaints: [
    async ({ context, world }, use) => {
      const complaints = await listen(context, world.origins);
      await use(complaints);
      expect(complaints.all(), 'the browser complained').toEqual([]);
    },
    { auto: true },
  ],

  secrets: [
    async ({ context, world }, use) => {
      const secrets = watch(context, world.address);
      await use(secrets);
      await secrets.allClean();
      await secrets.nowhere();
      secrets.absent(world.said(), 'the log of the program');
    },
    { auto: true },
  ],
});
