/** The answer as it should be, and a page that is not as it was left: too late, another tab, used already, storage gone. */
import { tenant } from './provider.ts';
import { goesThere, isReady, isSignedIn, isTold, kept, leaves, meanwhile, picks, signsIn } from './visit.ts';
import { words } from './words.ts';
import { expect, test } from './world.ts';

test('an answer that comes nine minutes later is in time', async ({ page }) => {
  await meanwhile(page, (key) => {
    const text = sessionStorage.getItem(key);
    if (text) sessionStorage.setItem(key, text.replace(/("started":\s*)(\d+)/, (_, name, at) => name + (Number(at) - 540_000)));
  });
  await goesThere(page);
  await isSignedIn(page);
});

test('an answer that comes more than ten minutes later is not', async ({ page, entrance }) => {
  await meanwhile(page, (key) => {
    const text = sessionStorage.getItem(key);
    if (text) sessionStorage.setItem(key, text.replace(/("started":\s*)(\d+)/, (_, name, at) => name + (Number(at) - 601_000)));
  });
  await goesThere(page);
  await isTold(page, words.late);
  expect(await kept(page)).toBeNull();
  expect(entrance.calls()).toEqual([]);
});

test('storage that was cleared while the person was away', async ({ page, entrance }) => {
  await meanwhile(page, () => sessionStorage.clear());
  await goesThere(page);
  await isTold(page, words.unknown);
  expect(entrance.calls()).toEqual([]);
});

test('storage that was blocked while the person was away', async ({ page, entrance }) => {
  await meanwhile(page, () => {
    if (!location.hash.includes('code=')) return;
    Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('blocked', 'SecurityError'); } });
  });
  await goesThere(page);
  await isTold(page, words.unknown);
  expect(entrance.calls()).toEqual([]);
});

test('storage that is blocked from the start: nobody is sent anywhere', async ({ page, entrance }) => {
  await meanwhile(page, () => {
    Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('blocked', 'SecurityError'); } });
  });
  await page.goto('./#/register');
  await leaves(page);
  await isTold(page, words.blocked);
  expect(entrance.asked()).toEqual([]);
});

test('a record that is no record', async ({ page, entrance }) => {
  await meanwhile(page, (key) => {
    if (location.hash.includes('code=')) sessionStorage.setItem(key, 'register\n{"SignIn":{"state":7}}');
  });
  await goesThere(page);
  await isTold(page, words.foreign);
  expect(entrance.calls()).toEqual([]);
});

test('an answer that is opened in another tab is not used there, and still is where it belongs', async ({ page, context, entrance }) => {
  const elsewhere = `${entrance.authority}/${tenant}/v2.0/.well-known/openid-configuration`;
  let answer = '';
  entrance.change({
    back: (own, address) => {
      answer = `${address}#${own.toString()}`;
      return elsewhere;
    },
  });
  await goesThere(page);
  await page.waitForURL(elsewhere);
  const other = await context.newPage();
  await other.goto(answer);
  await isTold(other, words.unknown);
  expect(entrance.calls()).toEqual([]);
  await page.goto(answer);
  await isSignedIn(page);
});

test('an answer that comes twice is used once', async ({ page, world, entrance }) => {
  await signsIn(page);
  const [answer = ''] = entrance.answers();
  // While the page runs it is taken away, and the person stays signed in.
  await page.evaluate((address) => { location.href = address; }, answer);
  await expect(page).toHaveURL(world.address);
  await expect(page.getByRole('banner')).toContainText('Signed in ada@contoso.example');
  // Opened anew, the page has no record of it.
  await page.goto('about:blank');
  await page.goto(answer);
  await isTold(page, words.unknown);
  expect(entrance.calls()).toHaveLength(1);
});

test('Back leads to a sign-in that is over, and once more to the page', async ({ page, entrance, complaints }) => {
  complaints.allow(/^console error: Failed to load resource: .* 400 .*\/interaction\//);
  await signsIn(page);
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Register the application');
  await expect(page.getByRole('banner')).toContainText('Signed in ada@contoso.example');
  // The page for consent, then the one for accounts.
  for (const _ of [1, 2]) {
    await page.goBack();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sorry, but we’re having trouble signing you in');
  }
  await page.goBack();
  await isReady(page);
  await leaves(page);
  await picks(page);
  await isSignedIn(page);
  expect(entrance.calls().map(({ status }) => status)).toEqual([200, 200]);
});
