/** Nobody lets the page assign: somebody else does that in Entra, with what the page says. */
import { follows, there } from './changes.ts';
import { PERMISSIONS, chooses, enters, facts, looks, overheard, pass, reviewed, tells, tested, writes } from './connector.ts';
import { arrives, colleague, consents, signsIn, sound } from './person.ts';
import { read } from './scim.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--people', '24', '--groups', '4'] });

test('the page assigns nobody, and sees who was assigned by hand', async ({ page, browser, world, secrets }) => {
  test.setTimeout(300_000);
  const known = await facts(page, world);
  secrets.add(known.token.account);
  const lacks = page.getByText('Assigning from here takes one more permission');
  await signsIn(page, 'Ada', 'Entra’s provisioning service');
  await expect(lacks).toBeVisible();
  await consents(page, PERMISSIONS);
  await arrives(page, 4, 'workspace', 'Databricks workspace');
  const { done } = await follows(page, world);
  await tells(page, known, 'account');
  await tested(page);
  await page.getByRole('button', { name: 'Continue' }).click();
  await chooses(page, ['Data Engineers']);
  await expect(lacks).toBeVisible();
  await page.getByRole('checkbox', { name: 'I assign people and groups by hand, in the Entra admin center' }).check();
  await page.getByRole('button', { name: 'Save and continue' }).click();

  // Where to assign them, and whom, is said.
  await reviewed(page, 'Start provisioning');
  await expect(page.getByRole('row', { name: /^Assignments/ })).toHaveText(/0\s*stays/);
  const link = await page.getByRole('link', { name: 'Users and groups of the enterprise application' }).getAttribute('href') ?? '';
  expect(link).toMatch(/#view\/Microsoft_AAD_IAM\/ManagedAppMenuBlade\/~\/Users\/objectId\/[0-9a-f-]{36}\/appId\/[0-9a-f-]{36}$/);
  await expect(page.locator('#fold-assign-by-hand').getByRole('listitem')).toHaveText(['Data Engineers']);
  await sound(page);
  const stages = await writes(page, 'Start provisioning');
  expect(stages.filter((it) => !/: (passed|skipped)$/.test(it))).toEqual([]);
  expect(done).toEqual(['POST instantiate', 'PATCH servicePrincipals', 'POST jobs', 'PUT secrets', 'POST start']);
  const principal = /objectId\/([^/]+)/.exec(link)?.[1] ?? 'none';

  // Somebody who may assigns the group.
  const grace = await colleague(browser, world);
  await enters(grace.page, 'Grace', world.address);
  const { authorization } = await overheard(grace.page, () => grace.page.getByRole('button', { name: 'Look again' }).click());
  await grace.page.context().close();
  await assigns(`${world.config.clouds?.[0]?.graph}/v1.0`, authorization, principal, 'Data Engineers');

  await page.getByRole('button', { name: 'Look at the changes again' }).click();
  await expect(page.getByText('Who is assigned already: 1')).toBeVisible();
  await expect(page.getByText('There is nothing to write')).toBeVisible();
  await sound(page);
  await pass(world, 60);
  await looks(page, 'Healthy');
  expect(await there(page, () => looks(page, 'Healthy'))).toMatchObject({ jobs: ['Active'], assigned: ['Data Engineers'] });
  const { groups } = await read({ base: known.address.account, token: known.token.account });
  expect(groups['Data Engineers']?.externalId).toMatch(/^[0-9a-f-]{36}$/);
  expect(done, 'nothing more was changed').toEqual(['POST instantiate', 'PATCH servicePrincipals', 'POST jobs', 'PUT secrets', 'POST start']);
});

/** Assigns a group as the Entra admin center does. */
async function assigns(graph: string, authorization: string, principal: string, name: string): Promise<void> {
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${graph}${path}`, { ...init, headers: { authorization, 'content-type': 'application/json' } });
    expect(answer.status, path).toBeLessThan(300);
    return (await answer.json()) as Record<string, unknown>;
  };
  const groups = (await ask(`/groups?$filter=${encodeURIComponent(`displayName eq '${name}'`)}`))['value'] as { id: string }[];
  const roles = (await ask(`/servicePrincipals/${principal}`))['appRoles'] as { id: string; displayName: string }[];
  const appRoleId = roles.find((role) => role.displayName === 'User')?.id;
  const body = JSON.stringify({ principalId: groups[0]?.id, resourceId: principal, appRoleId });
  const assigned = `/servicePrincipals/${principal}/appRoleAssignedTo`;
  await ask(assigned, { method: 'POST', body });
  // What was changed a moment ago does not show at once.
  await expect.poll(async () => (await ask(assigned))['value'], { timeout: 30_000 }).toHaveLength(1);
}
