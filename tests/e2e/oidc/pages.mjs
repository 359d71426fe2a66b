/**
 * What a person meets at the sign-in service: picking an account and giving consent, for the provider's own interactions, and
 * the page where an administrator consents for everybody. They work without scripts, and have the words of Entra's.
 */
import { text } from 'node:stream/consumers';

const escape = (words) => String(words).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const html = (heading, body) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>${heading}</title>`
  + `<link rel="icon" href="data:,"><h1>${heading}</h1>${body}</html>`;

const send = (response, status, page) => {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(page);
};

/** A page of names and values, with this markup after them. */
export function show(heading, values, further = '') {
  const rows = Object.entries(values).map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`);
  return html(escape(heading), `<dl>${rows.join('')}</dl>${further}`);
}

const form = (fields) => `<form method="post">${fields}<button name="press" value="cancel">Cancel</button></form>`;
const accept = '<button name="press" value="accept">Accept</button>';

const pick = html('Pick an account', form('<button name="press" value="ada">Ada Lindqvist</button>'));

/** What an application asks for; Graph's scopes may be left out one by one. */
function requested(asked) {
  const boxes = asked.map((scope) => {
    const name = escape(scope.split('/').at(-1));
    return `<label><input type="checkbox" name="scope" value="${escape(scope)}" checked>${name}</label>`;
  });
  return html('Permissions requested', form(boxes.join('') + accept));
}

/** One visit of the provider's interactions. */
export async function interact(provider, request, response, scopes) {
  let details;
  try {
    details = await provider.interactionDetails(request, response);
  } catch (error) {
    send(response, 400, show('Sorry, but we’re having trouble signing you in', { error: error.message }));
    return;
  }
  const { prompt, params, session, grantId } = details;
  const missing = prompt.details.missingOIDCScope ?? [];
  if (request.method !== 'POST') {
    const asked = missing.filter((scope) => scopes.includes(scope));
    send(response, 200, prompt.name === 'consent' ? requested(asked) : pick);
    return;
  }
  const given = new URLSearchParams(await text(request));
  const finish = (result) => provider.interactionFinished(request, response, result);
  if (given.get('press') === 'cancel') {
    const doing = prompt.name === 'consent' ? 'to consent' : 'to sign in';
    await finish({ error: 'access_denied', error_description: `the person declined ${doing}` });
  } else if (prompt.name === 'consent') {
    const grant = grantId === undefined
      ? new provider.Grant({ accountId: session.accountId, clientId: params.client_id })
      : await provider.Grant.find(grantId);
    const left = missing.filter((scope) => scopes.includes(scope) && !given.getAll('scope').includes(scope));
    grant.addOIDCScope(missing.filter((scope) => !left.includes(scope)).join(' '));
    if (left.length > 0) grant.rejectOIDCScope(left.join(' '));
    await finish({ consent: { grantId: await grant.save() } });
  } else {
    await finish({ select_account: {}, login: { accountId: given.get('press') } });
  }
}

/** Entra's page for administrators. The answer comes in the query, as Entra's does. */
export function adminConsent({ tenant, page, applications, everybody }, address, given, response) {
  const asked = address.searchParams;
  const id = asked.get('client_id');
  if (!(id in applications) || asked.get('redirect_uri') !== page) {
    send(response, 400, show('Sorry, but we’re having trouble signing you in', { error: 'unknown application or address' }));
    return;
  }
  const press = given.get('press');
  if (press === null) {
    send(response, 200, requested((asked.get('scope') ?? '').split(' ')));
    return;
  }
  const back = new URL(page);
  const fields = press === 'accept'
    ? { admin_consent: 'True', tenant, scope: asked.get('scope') }
    : { error: 'access_denied', error_subcode: 'cancel', error_description: 'AADSTS65004: The person declined to consent.' };
  if (press === 'accept') everybody.add(id);
  for (const [name, value] of Object.entries({ ...fields, state: asked.get('state') })) back.searchParams.set(name, value);
  response.writeHead(302, { location: back.href }).end();
}
