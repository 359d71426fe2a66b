/** What is done rarely at the board: a reminder, a restart in full, mappings back to the gallery's, a second job that somebody made. */
import { chooses, enters, facts, goes, insists, looks, overheard, pass, reviewed, tells, tested, writes } from './connector.ts';
import { arrives, saves, sound } from './person.ts';
import { read } from './scim.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--people', '24', '--groups', '4'] });

test('a reminder, a restart in full, a reset, and one job too many', async ({ page, world, secrets }) => {
  test.setTimeout(300_000);
  const known = await facts(page, world);
  secrets.add(known.token.account);
  const store = { base: known.address.account, token: known.token.account };
  await enters(page);
  await expect(page.getByRole('button', { name: 'Look again' })).toBeVisible();
  await page.getByLabel('Last day of the token').fill('2099-03-14');
  await tells(page, known, 'account');
  await tested(page);
  await page.getByRole('button', { name: 'Continue' }).click();
  await chooses(page, ['Data Engineers']);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await reviewed(page, 'Start provisioning');
  await writes(page, 'Start provisioning');
  await pass(world, 60);
  await looks(page, 'Healthy');
  const there = await read(store);

  // The reminder names the day and the connector, and nothing that is secret.
  await goes(page, 'done');
  await arrives(page, 9, 'done', 'Summary');
  const reminder = (await saves(page, 'Download calendar reminder')).replaceAll('\r\n ', '');
  expect(reminder).toContain('DTSTART;VALUE=DATE:20990314');
  expect(reminder).toContain('databricks-account-provisioning');
  await goes(page, 'sync');

  // Anew from the beginning: everybody is found again by name, and nobody is there twice.
  const rarely = page.locator('#fold-rarely');
  await page.getByText('Restart, reset, remove').click();
  await rarely.getByRole('button', { name: 'Restart in full…' }).click();
  // The fold with the button is gone: what is asked stands in sight, with the focus.
  await expect(page.locator('#question')).toBeFocused();
  await expect(page.getByText('Restart in full?')).toBeInViewport();
  await sound(page);
  await page.getByRole('button', { name: 'Leave it as it is' }).click();
  await expect(page.getByText('Restart in full?')).toHaveCount(0);
  await expect(rarely).toHaveAttribute('open');
  await rarely.getByRole('button', { name: 'Restart in full…' }).click();
  await insists(page, 'Restart in full');
  await pass(world, 60);
  await looks(page, 'Healthy');
  expect(await read(store)).toEqual(there);

  // The gallery's mappings come back, with the identity put right once more.
  await expect(rarely).toHaveAttribute('open');
  await rarely.getByRole('button', { name: 'Reset attribute mappings…' }).click();
  await sound(page);
  await insists(page, 'Reset them');
  await pass(world, 60);
  await looks(page, 'Healthy');
  expect(await read(store)).toEqual(there);
  await goes(page, 'review');
  await expect(page.getByRole('row', { name: 'externalId the object id stays' })).toBeVisible({ timeout: 60_000 });

  // Somebody made a second job: which of the two goes is asked, and the other one goes on.
  const { jobs, authorization } = await overheard(page, () => goes(page, 'sync'));
  const listed = async () => {
    const answer = await fetch(jobs, { headers: { authorization } });
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { value: { id: string; templateId: string }[] }).value;
  };
  const [kept] = await listed();
  const made = await fetch(jobs, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ templateId: kept?.templateId }),
  });
  expect(made.status).toBe(201);
  const { id: second } = (await made.json()) as { id: string };
  await looks(page, 'There are several provisioning jobs');
  await expect(page.getByRole('link', { name: 'Synchronise (done)' })).toHaveCount(0);
  await sound(page);
  await page.getByRole('button', { name: `Remove the job ${second}…` }).click();
  await insists(page, `Remove the job ${second}`);
  await looks(page, 'Healthy');
  expect((await listed()).map((job) => job.id)).toEqual([kept?.id]);
});
