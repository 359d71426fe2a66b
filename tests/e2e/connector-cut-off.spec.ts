/**
 * The tab of the first visit is gone right after a change that it asked for, and with it all that it knew: whoever comes next finds
 * what is there, does the rest, and nothing comes about twice.
 */
import type { Page } from '@playwright/test';
import { follows, there, type Changes } from './changes.ts';
import { chooses, enters, facts, goes, pass, reviewed, tells, tested, writes } from './connector.ts';
import { arrives, colleague, type Facts } from './person.ts';
import { read } from './scim.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--people', '8', '--groups', '2'], apart: true });
test.describe.configure({ mode: 'parallel' });

/** Everything that a set-up changes, in this order. */
const ALL = [
  'POST instantiate',
  'PATCH servicePrincipals',
  'POST jobs',
  'PUT secrets',
  'POST appRoleAssignedTo',
  'POST provisionOnDemand',
  'POST start',
];

/**
 * After how many of them it is cut off, how the connector is listed then, and what a second visit changes. It enters the token
 * again, so that is told again; and who proves it is sent once more, which changes nothing.
 */
const CUTS: [number, string, string[]][] = [
  [1, 'half made: no job, no address', ALL.slice(1)],
  [2, 'half made: no job, no address', ALL.slice(2)],
  [3, 'half made: no address or token', ALL.slice(3)],
  [4, 'switched off', ['PUT secrets', 'POST appRoleAssignedTo', 'POST provisionOnDemand', 'POST start']],
  [5, 'switched off', ['PUT secrets', 'POST provisionOnDemand', 'POST start']],
  [6, 'switched off', ['PUT secrets', 'POST provisionOnDemand', 'POST start']],
  [7, 'running', ['PUT secrets']],
];

/** From the test to what would be written. */
async function prepares(page: Page, what: 'Start provisioning' | 'Write these changes'): Promise<void> {
  await page.getByRole('button', { name: 'Continue' }).click();
  await chooses(page, ['Data Engineers']);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await reviewed(page, what);
}

/** A first visit, to where the answer to the last of so many changes is waited for. */
async function begins(page: Page, known: Facts, cut: Changes, upTo: number): Promise<void> {
  await tells(page, known, 'account');
  if (upTo === 1) {
    await arrives(page, 5, 'test', 'Test the connection');
    await page.getByRole('button', { name: 'Test connection' }).click();
  } else {
    await tested(page);
    await prepares(page, 'Start provisioning');
    await page.getByRole('button', { name: 'Start provisioning' }).click();
  }
  await cut.reached;
  expect(cut.done).toEqual(ALL.slice(0, upTo));
}

for (const [upTo, state, rest] of CUTS) {
  test(`cut off after ${ALL[upTo - 1]}`, async ({ page, browser, world, secrets }) => {
    test.setTimeout(480_000);
    const known = await facts(page, world);
    secrets.add(known.token.account);
    const first = await colleague(browser, world);
    await enters(first.page, 'Ada', world.address);
    await begins(first.page, known, await follows(first.page, world, upTo), upTo);
    await first.page.context().close();

    await enters(page);
    // What was made a moment ago may not be readable yet.
    const listed = page.getByRole('row', { name: 'databricks-account-provisioning' });
    await expect(async () => {
      await page.getByRole('button', { name: 'Look again' }).click();
      await expect(listed).toContainText(state, { timeout: 3_000 });
    }).toPass({ timeout: 60_000 });
    const take = state.startsWith('half made') ? 'Complete' : 'Use';
    await page.getByRole('button', { name: `${take} databricks-account-provisioning`, exact: true }).click();
    await expect(listed).toContainText('chosen');
    const { done } = await follows(page, world);
    await tells(page, known, 'account');
    await tested(page);
    const what = upTo < ALL.length ? 'Start provisioning' : 'Write these changes';
    await prepares(page, what);
    const stages = await writes(page, what);
    expect(stages.filter((it) => !/: (passed|skipped)$/.test(it))).toEqual([]);
    expect(done).toEqual(rest);

    expect(await there(page, () => goes(page, 'sync'))).toEqual({
      connectors: ['databricks-account-provisioning'],
      applications: ['databricks-account-provisioning'],
      jobs: ['Active'],
      assigned: ['Data Engineers'],
      secrets: {
        BaseAddress: known.address.account,
        SecretToken: '*',
        SyncAll: 'false',
        SyncNotificationSettings:
          '{"DeleteThresholdEnabled":true,"DeleteThresholdValue":50,"Enabled":true,"Recipients":"ops@contoso.example"}',
      },
    });
    // The token is the right one, and the job works.
    await pass(world, 60);
    const { groups } = await read({ base: known.address.account, token: known.token.account });
    expect(groups['Data Engineers']?.externalId).toMatch(/^[0-9a-f-]{36}$/);
    expect(groups['Data Engineers']?.members).toEqual(expect.arrayContaining(['ada@contoso.example', 'lukasz.wojcik@contoso.example']));
  });
}
