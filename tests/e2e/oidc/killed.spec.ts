/** A sign-in that is cut off in the middle: by the end of the provider, or by a reload. The next one succeeds. */
import { accepts, goesThere, isReady, isSignedIn, isTold, kept, leaves, permissions, picks } from './visit.ts';
import { words } from './words.ts';
import { expect, test } from './world.ts';

test('the provider is killed before it is asked for a token, and started again', async ({ page, entrance, service }) => {
  entrance.change({
    redeem: {
      instead: () => service.kill().then(() => 'cut' as const),
    },
  });
  await goesThere(page);
  await isTold(page, words.silent);
  await service.start();
  await leaves(page);
  await picks(page);
  await accepts(page);
  await isSignedIn(page);
  await permissions(page, 'granted', 'missing', 'missing');
});

test('the provider is killed while the person is there', async ({ page, entrance, service, complaints }) => {
  complaints.allow(/^console error: Failed to load resource: /);
  await page.goto('./#/register');
  await leaves(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pick an account');
  await service.kill();
  const [failed] = await Promise.all([page.waitForEvent('requestfailed'), picks(page)]);
  expect(failed.failure()?.errorText).toBe('net::ERR_EMPTY_RESPONSE');
  // The browser shows a page of its own.
  await page.waitForURL(/^chrome-error:/, { waitUntil: 'commit' });
  await service.start();
  await page.goto('./#/register');
  await isReady(page);
  await leaves(page);
  await picks(page);
  await accepts(page);
  await isSignedIn(page);
  expect(entrance.calls()).toHaveLength(1);
});

test('the page is loaded anew while it waits for its token', async ({ page, entrance }) => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => { release = resolve; });
  let asked = false;
  entrance.change({
    redeem: {
      answer: async (reply) => {
        asked = true;
        await held;
        return reply;
      },
    },
  });
  await goesThere(page);
  await expect.poll(() => asked).toBe(true);
  await expect(page.getByText('Waiting for Microsoft…')).toBeVisible();
  expect(await kept(page), 'the record is used up before the code is').toBeNull();
  await page.reload();
  await isReady(page);
  release();
  await leaves(page);
  await picks(page);
  await isSignedIn(page);
  expect(entrance.calls().map(({ grant }) => grant)).toEqual(['authorization_code', 'authorization_code']);
});
