/** Every step: blocked, with errors, dark, narrow; and a run that is paused, resumed, stopped and gone on with. */
import type { Page } from '@playwright/test';
import { allowsLateReads, applies, arrives, connects, picks, reviews, saves, sound } from './person.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--people', '60', '--groups', '4'] });

const steps = [
  ['start', 'Choose how to provision'],
  ['register', 'Register the application'],
  ['consent', 'Permissions and consent'],
  ['workspace', 'Databricks workspace'],
  ['test', 'Test the connection'],
  ['scope', 'Users and groups'],
  ['review', 'Review changes'],
  ['sync', 'Synchronise'],
  ['done', 'Summary'],
] as const;

const looks = {
  light: { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  dark: { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  narrow: { viewport: { width: 320, height: 640 }, colorScheme: 'light' },
  'narrow and dark': { viewport: { width: 320, height: 640 }, colorScheme: 'dark' },
} as const;

/** The summary has the focus, says exactly this, and leads to the fields. */
async function complains(page: Page, errors: readonly (readonly [field: string, text: string | RegExp])[]): Promise<void> {
  const summary = page.locator('#error-summary');
  await expect(summary).toBeFocused();
  await expect(summary.getByRole('link')).toHaveText(errors.map(([, text]) => text));
  await expect(page).toHaveTitle(/^Error: Step \d of 9/);
  for (const [at, [field]] of errors.entries()) {
    await summary.getByRole('link').nth(at).click();
    await expect(page.locator(`#${field}`)).toBeFocused();
  }
  await sound(page);
}

async function opens(page: Page, number: number): Promise<void> {
  const [id, heading] = steps[number - 1] ?? steps[0];
  await page.goto(`./#/${id}`);
  await expect(page).toHaveTitle(new RegExp(`^Step ${number} of 9: ${heading}`));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
}

for (const [name, look] of Object.entries(looks)) {
  test.describe(name, () => {
    test.use(look);

    test('each step that waits says for which one', async ({ page }) => {
      for (const at of steps.keys()) {
        await opens(page, at + 1);
        await expect(page.getByText('This step waits for step 1')).toHaveCount(at === 0 ? 0 : 1);
        await sound(page);
      }
    });

    test('what is missing or mistaken is named, field by field', async ({ page, world }) => {
      const tenant = world.config.tenantId ?? '';
      await opens(page, 1);
      await page.getByRole('button', { name: 'Continue' }).click();
      await complains(page, [
        ['identity-management', 'Say whether automatic identity management is on.'],
        ['way', 'Say who shall move users and groups.'],
      ]);
      await page.getByRole('radio', { name: /^Yes/ }).check();
      await expect(page.getByText('Nothing has to be set up')).toBeVisible();
      await page.getByRole('button', { name: 'Continue' }).click();
      await complains(page, [
        ['identity-management', 'Automatic identity management is on, so there is nothing to set up here.'],
      ]);

      await opens(page, 2);
      const signIn = page.getByRole('button', { name: 'Sign in with Microsoft' });
      await page.locator('#client-id').fill('');
      await page.locator('#tenant-id').fill('');
      await signIn.click();
      await complains(page, [
        ['client-id', 'Enter the Application (client) ID.'],
        ['tenant-id', 'Enter the Directory (tenant) ID.'],
      ]);
      await page.locator('#client-id').fill('https://portal.azure.com/');
      await page.locator('#tenant-id').fill('contoso');
      await signIn.click();
      await complains(page, [['client-id', /^This is a web address\./], ['tenant-id', /^This is not an identifier\./]]);

      await opens(page, 4);
      const save = page.getByRole('button', { name: 'Save and continue' });
      await save.click();
      await complains(page, [['target', 'Enter the address of the workspace or the Account SCIM URL.']]);
      await page.locator('#target').fill('dapi0123456789abcdef0123456789abcdef');
      await save.click();
      await complains(page, [['target', /^This looks like a token\. It belongs in the field Token; here goes the address\./]]);
      await page.locator('#target').fill('https://accounts.azuredatabricks.net/api/2.1/accounts/'
        + `${tenant}/scim/v2`);
      await save.click();
      await complains(page, [['target', new RegExp(`^${tenant} is your Directory \\(tenant\\) ID, not the account’s\\.`)]]);
      await page.locator('#target').fill('https://accounts.azuredatabricks.net/api/2.1/accounts/'
        + '00000000-1111-2222-3333-444444444444/scim/v2');
      await save.click();
      await complains(page, [['token', 'Enter the token.']]);
      await page.locator('#token').fill('dapi0123456789abcdef0123456789abcdef');
      await save.click();
      await complains(page, [['token', /^This is a personal access token of a workspace \(it begins with dapi\)\./]]);
      await expect(page.locator('#token')).toHaveValue('');

      await opens(page, 6);
      await page.getByRole('button', { name: 'Save and continue' }).click();
      await complains(page, [['search', 'Search for a group and add it, or choose everyone.']]);
    });
  });
}

interface Report { ending: { how: string }; rows: { name: string; result: { state: string } }[] }

/** The cells of CSV (RFC 4180). */
function cells(csv: string): string[][] {
  expect(csv).toMatch(/\r\n$/);
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

test('a run is paused, resumed, stopped, and gone on with', async ({ page, world, complaints }) => {
  test.setTimeout(180_000);
  allowsLateReads(complaints);
  const { facts: known } = await connects(page, world, 'account');
  await picks(page, ['All Employees']);
  const { plan } = await reviews(page);
  await page.getByRole('button', { name: 'Apply changes' }).click();
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('heading', { name: 'Paused' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Resume' }), 'the focus stays').toBeFocused();
  await sound(page);

  const bar = page.getByRole('progressbar', { name: 'Requests done' });
  const done = () => bar.evaluate((element) => (element as HTMLProgressElement).value);
  const paused = await done();
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByRole('heading', { name: 'Applying' })).toBeVisible();
  await expect.poll(done).toBeGreaterThan(paused);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText('Stopped', { exact: true })).toBeVisible();
  await sound(page);

  await page.getByRole('button', { name: 'Continue' }).click();
  await arrives(page, 9, 'done', 'Summary');
  const json = await saves(page, 'Download report');
  const report = JSON.parse(json) as Report;
  const states = report.rows.map((row) => row.result.state);
  expect(report.ending.how).toBe('stopped');
  expect(report.rows.map((row) => row.name)).toEqual(plan.operations.map((line) => line.name));
  expect(new Set(states)).toEqual(new Set(['done', 'open']));
  const csv = await saves(page, 'Download CSV');
  const [head, ...lines] = cells(csv);
  expect(head).toEqual(['result', 'change', 'kind', 'name', 'entra object id', 'what', 'why', 'detail']);
  expect(lines.map((line) => line.length)).toEqual(lines.map(() => 8));
  const words: Record<string, string> = { done: 'done', open: 'not finished' };
  expect(lines.slice(0, states.length).map((line) => line[0])).toEqual(states.map((state) => words[state]));
  expect(json + csv).not.toContain(known.token.account);

  await page.getByRole('button', { name: 'Back' }).click();
  await arrives(page, 8, 'sync', 'Synchronise');
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByText('Everything is done')).toBeVisible({ timeout: 90_000 });
  await page.getByRole('button', { name: 'Continue' }).click();
  const whole = JSON.parse(await saves(page, 'Download report')) as Report;
  expect(whole.ending.how).toBe('complete');
  expect(new Set(whole.rows.map((row) => row.result.state))).toEqual(new Set(['done']));
});

for (const [name, groups] of [['dark', 'Data Engineers'], ['narrow', 'Data Platform']] as const) {
  test.describe(name, () => {
    test.use(looks[name]);

    test('the whole way', async ({ page, world, complaints }) => {
      test.setTimeout(120_000);
      allowsLateReads(complaints);
      await connects(page, world, 'account');
      await picks(page, [groups]);
      await reviews(page);
      await applies(page, 60_000);
    });
  });
}
