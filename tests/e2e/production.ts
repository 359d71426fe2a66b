/**
 * The release page with nothing preset, and the sample tenant behind the names of the real services: both the browser
 * and the relay find these names with TLS on loopback, and no others.
 */
import type { LaunchOptions } from '@playwright/test';
import { dist, recorded, start } from './program.ts';
import { address as printed, type Server } from './server.ts';
import { authority, fingerprint, hosts, type Hosts } from './tls.ts';
import { test as base } from './world.ts';

export const login = 'login.microsoftonline.com';
export const graph = 'graph.microsoft.com';
export const account = 'accounts.azuredatabricks.net';
export const workspace = 'adb-1234567890123456.7.azuredatabricks.net';

/** What `scim-setup sample --json` prints, as far as tests use it. */
interface Facts {
  clientId: string;
  tenantId: string;
  accountId: string;
  workspaceToken: string;
  accountToken: string;
  /** Where the services are without TLS. */
  listening: { authority: string; graph: string; databricks: string };
}

/** Everything that runs. */
export interface Production extends Server {
  readonly facts: Facts;
  readonly hosts: Hosts;
  /** What Chromium must be started with to find the services. */
  readonly flags: readonly string[];
}

async function produce(tenant: readonly string[]): Promise<Production> {
  const issuer = await authority();
  const identities = new Map<string, Awaited<ReturnType<typeof issuer.issue>>>();
  for (const name of [login, graph, account, workspace]) identities.set(name, await issuer.issue(name));
  const ends = [issuer.forget];
  const end = async () => {
    for (const next of ends.splice(0).reverse()) await next();
  };
  try {
    const services = await hosts(identities);
    ends.push(services.end);
    const here = `127.0.0.1:${services.port}`;
    const reached = [account, workspace].flatMap((name) => ['--allow', name, '--route', `${name}=${here}`]);
    const page = await start(['serve', '--dir', dist, '--listen', 'localhost:0', ...reached, '--ca', issuer.file], printed);
    ends.push(page.end);
    const names = ['--authority', `https://${login}`, '--graph', `https://${graph}`, '--databricks', `https://${workspace}`];
    const sample = await start(
      ['sample', '--port', '0', '--redirect', page.ready, ...names, ...recorded(), ...tenant, '--json'],
      /^\{.*\}$/m,
    );
    ends.push(sample.end);
    const facts = JSON.parse(sample.ready) as Facts;
    services.leads(login, facts.listening.authority);
    services.leads(graph, facts.listening.graph);
    for (const name of [account, workspace]) services.leads(name, facts.listening.databricks);
    // Of all certificates the browser would refuse, it takes these two, known by their keys.
    const known = [...identities].filter(([name]) => name === login || name === graph);
    return {
      address: page.ready,
      config: {},
      origins: new Set([new URL(page.ready).origin, `https://${login}`, `https://${graph}`]),
      // Of the sample tenant all but the line that is asked for, which is there to name the tokens.
      said: () => page.said() + sample.said().replace(sample.ready, ''),
      end,
      facts,
      hosts: services,
      flags: [
        `--host-resolver-rules=EXCLUDE localhost, MAP ${login}:443 ${here}, MAP ${graph}:443 ${here}, MAP * ~NOTFOUND`,
        `--ignore-certificate-errors-spki-list=${known.map(([, identity]) => fingerprint(identity)).join(',')}`,
        // A proxy would look names up by itself.
        '--no-proxy-server',
      ],
    };
  } catch (error) {
    await end();
    throw error;
  }
}

export const test = base.extend<object, { production: Production }>({
  production: [
    async ({ serveWith }, use) => {
      const production = await produce(serveWith);
      await use(production);
      await production.end();
    },
    { scope: 'worker' },
  ],
  worldOf: [async ({ production }, use) => use(() => Promise.resolve(production)), { scope: 'worker' }],
  launchOptions: [
    async ({ launchOptions, production }, use) => {
      const options: LaunchOptions = { ...launchOptions, args: [...launchOptions.args ?? [], ...production.flags] };
      await use(options);
    },
    { scope: 'worker' },
  ],
});
