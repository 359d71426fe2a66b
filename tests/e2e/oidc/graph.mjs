/** As much of Microsoft Graph as signing in and a search need. It takes the provider's tokens, and no others. */

/** What may be read, with which scope. */
const things = {
  organization: ['User.Read', [{ id: '7d2f6f0e-5b1c-4d0a-9a44-0c8d5a1e2b30', displayName: 'Contoso' }]],
  groups: ['GroupMember.Read.All', [
    { id: '5a0f5c9e-1111-4c55-8a11-6d1f6f6e0001', displayName: 'Data Engineers', securityEnabled: true, mailEnabled: false },
  ]],
  users: ['User.Read.All', [
    {
      id: '5a0f5c9e-2222-4c55-8a11-6d1f6f6e0002', displayName: 'Data Steward', userPrincipalName: 'steward@contoso.example',
      mail: 'steward@contoso.example', accountEnabled: true, userType: 'Member',
    },
  ]],
};

/** As Graph does, for every origin. */
const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization, consistencylevel, accept',
};

export async function answer(provider, origin, request, response) {
  const send = (status, body) => {
    response.writeHead(status, { ...cors, 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(body));
  };
  const refuse = (status, code, message) => send(status, { error: { code, message } });
  if (request.method === 'OPTIONS') {
    response.writeHead(204, cors).end();
    return;
  }
  const { pathname } = new URL(request.url ?? '/', origin);
  const [scope, value] = things[pathname.replace('/v1.0/', '')] ?? [];
  const held = await provider.AccessToken.find(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? 'none');
  if (held === undefined || held.isExpired) {
    refuse(401, 'InvalidAuthenticationToken', 'Access token has expired or is not yet valid.');
  } else if (scope === undefined) {
    refuse(404, 'Request_ResourceNotFound', 'There is no such resource.');
  } else if (!held.scopes.has(`${origin}/${scope}`)) {
    refuse(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
  } else {
    send(200, { value });
  }
}
