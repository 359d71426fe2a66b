/**
 * npm's certified `oidc-provider` behind paths as Entra has them, and beside it a little Graph that takes its tokens.
 *
 * Loopback only, and everything is in memory: a provider that was killed knows nothing any more. Its one argument is the JSON
 * of `Given`; once it answers it prints the two ports it listens on as one line of JSON.
 *
 * What is not the provider's: the pages for accounts and consent (pages.mjs), the page where an administrator consents, and
 * that all paths stand below the tenant.
 */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import Provider, { interactionPolicy } from 'oidc-provider';
import { answer } from './graph.mjs';
import { adminConsent, interact, show } from './pages.mjs';

/**
 * @typedef {object} Given
 * @property {string} authority The origin under which the browser reaches the provider.
 * @property {string} graph The origin under which it reaches Graph; scopes begin with it.
 * @property {string} page The redirect URI of every application.
 * @property {string} tenant The tenant's id.
 * @property {Record<string, number>} applications The seconds that an access token lives, by the id of the application.
 * @property {{ oid: string, name: string, username: string }} person Who can sign in.
 */
const given = /** @type {Given} */ (JSON.parse(process.argv[2] ?? '{}'));
const { authority, graph, page, tenant, applications, person } = given;

const scopes = ['User.Read', 'User.Read.All', 'GroupMember.Read.All'].map((name) => `${graph}/${name}`);

/** Which applications an administrator consented to, for everybody. */
const everybody = new Set();

/** Entra's `prompt=select_account`, as one prompt more: it is met by picking an account. */
const policy = interactionPolicy.base();
policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const provider = new Provider(`${authority}/${tenant}/v2.0`, {
  clients: Object.keys(applications).map((id) => ({
    client_id: id,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [page],
    post_logout_redirect_uris: [page],
  })),
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'key-1' }] },
  cookies: { keys: ['for tests only'] },
  routes: {
    authorization: '/oauth2/v2.0/authorize',
    token: '/oauth2/v2.0/token',
    jwks: '/discovery/v2.0/keys',
    end_session: '/oauth2/v2.0/logout',
    revocation: '/revocation',
  },
  scopes: ['openid', 'profile', 'offline_access', ...scopes],
  claims: { openid: ['sub', 'oid', 'tid'], profile: ['name', 'preferred_username'] },
  // As Entra does: who signed in stands in the ID token.
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, oid: person.oid, tid: tenant, name: person.name, preferred_username: person.username }),
  }),
  pkce: { required: () => true },
  // As Entra does: an application gets one for `offline_access` without asking for consent each time.
  issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  ttl: {
    AccessToken: (_, token, client) => applications[client.clientId] ?? 3600,
    AuthorizationCode: 60,
    Grant: 86_400,
    IdToken: 3600,
    Interaction: 3600,
    RefreshToken: 86_400,
    Session: 86_400,
  },
  clientBasedCORS: (_, origin, client) => client.redirectUris.some((uri) => new URL(uri).origin === origin),
  interactions: { policy, url: (_, interaction) => `/${tenant}/interaction/${interaction.uid}` },
  features: {
    devInteractions: { enabled: false },
    revocation: { enabled: true },
    // The provider's own two pages ask a third party for a typeface.
    rpInitiatedLogout: {
      logoutSource: (ctx, form) => {
        ctx.body = show('Sign out?', {}, `${form}<button form="op.logoutForm" name="logout" value="yes">Yes</button>`);
      },
      postLogoutSuccessSource: (ctx) => { ctx.body = show('You signed out of your account', {}); },
    },
  },
  loadExistingGrant: async ({ oidc }) => {
    const id = oidc.result?.consent?.grantId ?? oidc.session.grantIdFor(oidc.client.clientId);
    const grant = id === undefined ? undefined : await provider.Grant.find(id);
    if (grant && everybody.has(oidc.client.clientId)) {
      grant.addOIDCScope(scopes.join(' '));
      await grant.save();
    }
    return grant;
  },
  renderError: (ctx, out) => {
    ctx.type = 'html';
    ctx.body = show('Sorry, but we’re having trouble signing you in', out);
  },
});

/** The provider's own paths, below the tenant. Everything else of its site is not here. */
const own = /^(?:\/v2\.0(?=\/\.well-known\/))?(\/.*)$/;
const callback = provider.callback();

async function sign(request, response) {
  const address = request.url ?? '/';
  const path = address.startsWith(`/${tenant}/`) ? address.slice(tenant.length + 1) : undefined;
  if (path === undefined) {
    // The browser asks for an icon where a page names none, and notes a 404 as an error.
    response.writeHead(address === '/favicon.ico' ? 204 : 404).end();
  } else if (path.startsWith('/interaction/')) {
    await interact(provider, request, response, scopes);
  } else if (path.startsWith('/v2.0/adminconsent')) {
    const body = new URLSearchParams(request.method === 'POST' ? await text(request) : '');
    adminConsent({ provider, tenant, page, applications, everybody }, new URL(address, authority), body, response);
  } else {
    // The provider builds its own addresses from the part of the original one that it does not see.
    request.url = own.exec(path)?.[1] ?? path;
    request.originalUrl = `/${tenant}${request.url}`;
    await callback(request, response);
  }
}

async function listen(handle) {
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      console.error(error);
      response.writeHead(500).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

const ports = { authority: await listen(sign), graph: await listen((request, response) => answer(provider, graph, request, response)) };
console.log(JSON.stringify(ports));
