/** What a page changes at Graph, and a cut after any of it. */
import { expect, type Page, type Request } from '@playwright/test';
import { overheard } from './connector.ts';
import type { Server } from './world.ts';

/** The gallery's entry of Databricks' connector. */
const GALLERY = '9c9818d2-2900-49e8-8ba4-22688be7c675';

/** What got to Graph. */
export interface Changes {
  /** Each change that was done, by its verb and the last word of its path. */
  readonly done: readonly string[];
  /** The one after which no answer comes back. */
  readonly reached: Promise<void>;
}

/** What a request asks to be changed: reading in batches and testing change nothing. */
function wanted(request: Request): string[] {
  const last = (path: string) => path.split('/').filter((word) => !/\d/.test(word)).at(-1) ?? '';
  const asked = [{ method: request.method(), url: new URL(request.url()).pathname }];
  const all = asked[0]?.url.endsWith('/$batch') ? (request.postDataJSON() as { requests: typeof asked }).requests : asked;
  const words = all.map(({ method, url }) => `${method} ${last(url)}`);
  return words.filter((it) => !/^(GET|OPTIONS) |^POST validateCredentials$/.test(it));
}

/** Follows the changes from now on. The answer to the last of so many never gets to the page. */
export async function follows(page: Page, world: Server, upTo = Infinity): Promise<Changes> {
  const done: string[] = [];
  let reach = () => {};
  const reached = new Promise<void>((resolve) => { reach = resolve; });
  await page.route(`${world.config.clouds?.[0]?.graph}/**`, async (route) => {
    const what = wanted(route.request());
    if (what.length === 0) return route.continue();
    const answer = await route.fetch();
    // One who was assigned a moment ago is passed over until the service has heard of it: then nothing was done.
    if (answer.ok() && !(await answer.text()).includes('EntrySynchronizationSkipped')) done.push(...what);
    if (done.length >= upTo) return reach();
    return route.fulfill({ response: answer });
  });
  return { done, reached };
}

/** What Graph has of the tenant's connectors, where the page looks at one. */
export async function there(page: Page, doing: () => Promise<void>): Promise<unknown> {
  const { jobs, authorization } = await overheard(page, doing);
  const list = async (address: string) => {
    const answer = await fetch(address, { headers: { authorization } });
    expect(answer.status, address).toBe(200);
    return ((await answer.json()) as { value: Record<string, unknown>[] }).value;
  };
  const principal = jobs.replace('/synchronization/jobs', '');
  const all = principal.replace(/[^/]+$/, '?$top=999').replace('/?', '?');
  const made = (one: Record<string, unknown>) => one['applicationTemplateId'] === GALLERY;
  const secrets = await list(`${principal}/synchronization/secrets`);
  return {
    connectors: (await list(all)).filter(made).map((one) => one['displayName']),
    applications: (await list(all.replace('servicePrincipals', 'applications'))).filter(made).map((one) => one['displayName']),
    jobs: (await list(jobs)).map((job) => (job['schedule'] as { state: string }).state),
    assigned: (await list(`${principal}/appRoleAssignedTo`)).map((one) => one['principalDisplayName']),
    secrets: Object.fromEntries(secrets.map((one) => [one['key'], one['value']])),
  };
}
