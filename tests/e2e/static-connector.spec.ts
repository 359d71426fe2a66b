/** Entra's own provisioning from any web space: no relay, no program, no special headers, and no request from the page to Databricks. */
import { chooses, enters, insists, looks, pauses, resumes, reviewed, tells, tested, writes } from './connector.ts';
import { sound, type Facts } from './person.ts';
import { plain, type Host } from './plain.ts';
import { recorded, start, type Program } from './program.ts';
import { read } from './scim.ts';
import { expect, test } from './world.ts';

/** What `scim-setup sample --json` prints. */
interface Sample {
  authority: string;
  graph: string;
  databricks: string;
  portal: string;
  tenantId: string;
  clientId: string;
  accountId: string;
  workspaceUrl: string;
  workspaceToken: string;
  plainToken: string;
  accountScimUrl: string;
  accountToken: string;
}

let host: Host;
let program: Program;
let sample: Sample;

test.beforeAll(async () => {
  host = await plain('/tools/scim/');
  const words = ['sample', '--port', '0', '--people', '24', '--groups', '4', '--redirect', host.base, ...recorded(), '--json'];
  program = await start(words, /^\{.*\}$/m);
  sample = JSON.parse(program.ready) as Sample;
  const { authority, graph, databricks, portal, clientId, tenantId } = sample;
  const cloud = { id: 'sample', name: 'Sample tenant', authority, graph, portal, databricks: [databricks] };
  host.configure(JSON.stringify({ cloud: 'sample', clientId, tenantId, clouds: [cloud] }));
});

test.afterAll(async () => {
  await program.end();
  await host.end();
});

test('the whole way on a plain static host', async ({ page, complaints, secrets }) => {
  test.setTimeout(300_000);
  const calls: string[] = [];
  page.context().on('request', (request) => calls.push(request.url()));
  const origins = [new URL(host.base).origin, sample.authority, sample.graph].map((it) => it.replace(/[.]/g, '\\.'));
  complaints.allow(new RegExp(`^third-party request: [A-Z]+ (${origins.join('|')})/`));
  complaints.allow(/^console error: .*404.*relay/);
  secrets.home(host.base);
  secrets.add(sample.accountToken);
  const known = {
    address: { workspace: sample.workspaceUrl, account: sample.accountScimUrl },
    token: { workspace: sample.workspaceToken, account: sample.accountToken },
  } as Facts;
  const store = { base: sample.accountScimUrl, token: sample.accountToken };

  await enters(page, 'Ada', host.base);
  await tells(page, known, 'account');
  expect((await tested(page)).at(-1)).toBe('Credentials accepted: passed');
  await page.getByRole('button', { name: 'Continue' }).click();
  await chooses(page, ['Data Engineers']);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await reviewed(page, 'Start provisioning');
  expect((await writes(page, 'Start provisioning')).map((it) => it.split(': ')[1])).toEqual(Array(8).fill('passed'));
  const hourPasses = async () => {
    const answer = await fetch(`${sample.authority}/sample/time`, { method: 'POST', body: new URLSearchParams({ minutes: '60' }) });
    expect(answer.status).toBe(200);
  };
  await hourPasses();
  await page.getByRole('button', { name: 'Continue' }).click();
  await looks(page, 'Healthy');
  await sound(page);

  // The board works from here as from anywhere.
  await pauses(page);
  await resumes(page);
  await looks(page, 'Healthy');
  await page.getByText('Restart, reset, remove').click();
  await page.getByRole('button', { name: 'Restart…' }).click();
  await insists(page, 'Restart it');
  await hourPasses();
  await looks(page, 'Healthy');
  expect((await read(store)).groups['Data Engineers']?.members.length).toBeGreaterThan(5);
  expect(calls.filter((url) => new URL(url).origin === sample.databricks), 'requests to Databricks').toEqual([]);
  // The line that was asked for is there to name the tokens.
  secrets.absent(program.said().replace(program.ready, ''), 'the log of the sample tenant');
});
