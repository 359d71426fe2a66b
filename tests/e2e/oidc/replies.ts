/** Answers of the token endpoint as no healthy one gives them. */
import type { Meddling, Reply } from './front.ts';

/** The provider's answer with some fields changed; `undefined` takes one out. */
export function fields(change: Record<string, unknown>): Meddling {
  return { answer: (reply) => altered(reply, change) };
}

function altered(reply: Reply, change: Record<string, unknown>): Reply {
  return { ...reply, body: JSON.stringify({ ...JSON.parse(reply.body) as object, ...change }) };
}

/**
 * The provider's ID token with some claims changed, and therefore without a signature. The page does not look at one: the
 * token comes straight from the token endpoint (OpenID Connect Core 3.1.3.7, point 6). What is tested is the claims.
 */
export function claims(change: Record<string, unknown>): Meddling {
  return {
    answer: (reply) => {
      const { id_token: token } = JSON.parse(reply.body) as { id_token: string };
      const now = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      return altered(reply, { id_token: `${part({ alg: 'none' })}.${part({ ...now, ...change })}.` });
    },
  };
}

/** The provider's answer in another form: with the headers that let the page read it. */
export function form(status: number, type: string, body: string, headers: Record<string, string> = {}): Meddling {
  return { answer: (reply) => ({ status, headers: { ...reply.headers, 'content-type': type, ...headers }, body }) };
}

/** An answer that the provider knows nothing of, which the page may read. */
export function instead(page: string, status: number, type: string, body: string, headers: Record<string, string> = {}): Meddling {
  const cors = { 'access-control-allow-origin': new URL(page).origin, 'access-control-expose-headers': 'retry-after' };
  return { instead: () => ({ status, headers: { ...cors, 'content-type': type, ...headers }, body }) };
}
