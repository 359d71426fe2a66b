/** Whom the connector provisions: a list from elsewhere, groups within groups; and all of it written before anything starts. */
import { there } from './changes.ts';
import { enters, facts, looks, pass, resumes, reviewed, runs, tells, tested } from './connector.ts';
import { arrives, sound } from './person.ts';
import { read } from './scim.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--people', '24', '--groups', '5'] });

test('a list is pasted, the groups within are chosen too, and it is written without starting', async ({ page, world, secrets }) => {
  test.setTimeout(300_000);
  const known = await facts(page, world);
  secrets.add(known.token.account);
  const store = { base: known.address.account, token: known.token.account };
  await enters(page);
  await tells(page, known, 'account');
  await tested(page);
  await page.getByRole('button', { name: 'Continue' }).click();
  await arrives(page, 6, 'scope', 'Users and groups');
  const mail = page.getByLabel('Notification email');
  await mail.fill('ops@contoso.example');

  // Who is found is chosen, and who is not stays in the field.
  await page.getByText('Paste a list of people and groups').click();
  const list = page.getByLabel('People and groups, one on each line');
  await list.fill('  Data Platform \n\nNobody of Contoso\n   \numa@contoso.example');
  await page.getByRole('button', { name: 'Add them' }).click();
  const chosen = page.getByRole('region', { name: 'Chosen' }).getByRole('listitem');
  await expect(chosen).toHaveText([/^Data Platform/, /^Uma Ordinary/]);
  await expect(page.getByText('These were not added. Nobody of Contoso: not found').first()).toBeVisible();
  await expect(list).toHaveValue('Nobody of Contoso');
  await sound(page);
  await list.fill(' \n ');
  await page.getByRole('button', { name: 'Add them' }).click();
  await expect(page.getByText('Enter a name on each line.').first()).toBeVisible();
  await expect(chosen).toHaveCount(2);

  // Entra does not read groups within a group: they are chosen beside it.
  await page.getByRole('button', { name: 'Look at who would come' }).click();
  await expect(page.getByText('“Data Platform” holds other groups, which Entra does not read')).toBeVisible();
  await expect(page.getByText('Assign these too: “Data Engineers”, “Data Scientists”.')).toBeVisible();
  await sound(page);
  const within = page.getByRole('button', { name: 'Choose the groups within Data Platform too' });
  await within.click();
  await expect(chosen).toHaveText([/^Data Platform/, /^Data Engineers/, /^Data Scientists/, /^Uma Ordinary/]);
  await page.getByRole('button', { name: 'Look at who would come' }).click();
  await expect(page.getByText('All groups within it are chosen.')).toBeVisible();
  await expect(within).toHaveCount(0);
  await sound(page);
  // What was entered beside it stands there still.
  await expect(mail).toHaveValue('ops@contoso.example');
  await page.getByRole('button', { name: 'Save and continue' }).click();

  // All is written but the proof and the start.
  await reviewed(page, 'Start provisioning');
  const before = await read(store);
  expect(await runs(page, 'Write without starting')).toEqual([
    'Connection tested once more: passed',
    'Sign-in as chosen: passed',
    'Provisioning job there: passed',
    'Address, token and settings saved: passed',
    'Attribute mappings checked: passed',
    'People and groups assigned: passed',
    'One person provisioned: skipped',
    'Provisioning started: skipped',
  ]);
  await page.getByRole('button', { name: 'Continue' }).click();
  await arrives(page, 8, 'sync', 'Synchronise');
  await looks(page, 'Not started');
  await sound(page);
  const written = await there(page, () => looks(page, 'Not started'));
  const assigned = ['Data Platform', 'Data Engineers', 'Data Scientists', 'Uma Ordinary'];
  expect(written).toMatchObject({ connectors: ['databricks-account-provisioning'], jobs: ['Disabled'], assigned });
  await pass(world, 60);
  expect(await read(store), 'nothing has started').toEqual(before);

  // A later review proves and starts it, and nothing else.
  await resumes(page);
  await pass(world, 60);
  await looks(page, 'Healthy');
  expect(await there(page, () => looks(page, 'Healthy'))).toEqual({ ...(written as object), jobs: ['Active'] });
  const { groups } = await read(store);
  expect(Object.keys(groups).filter((name) => !(name in before.groups)).sort()).toEqual(['Data Platform', 'Data Scientists']);
});
