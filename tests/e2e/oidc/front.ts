/**
 * Stands before the provider: passes everything on as it is, notes what passes, and changes one thing when a test wants it.
 * The browser knows the provider by this address only, so a provider that is killed and started anew has the same one.
 */
import { once } from 'node:events';
import { createServer, request as ask, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** The ports that a provider and its Graph listen on. */
export interface Ports { authority: number; graph: number }

/** An answer as it travels. */
export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What becomes of an answer: another one, a connection that ends before it, or one that ends in the middle of it. */
export type Outcome = Reply | 'cut' | 'half';

/** What is changed about one call of the token endpoint. */
export interface Meddling {
  /** Changes what the page sends. */
  form?: (form: URLSearchParams) => void;
  /** Answers in the place of the provider, which learns nothing of the call. */
  instead?: () => Outcome | Promise<Outcome>;
  /** Changes what the provider answered; it may ask the provider once more. */
  answer?: (reply: Reply, again: () => Promise<Reply>) => Outcome | Promise<Outcome>;
  /** How many calls in a row are changed in this way; one, when nothing is said. */
  times?: number;
}

/** The one thing that is changed. Each is done once; what was not done by the end of a test fails it. */
export interface Change {
  /** What the page asks of the authorization endpoint. */
  ask?: (query: URLSearchParams) => void;
  /** The answer in the fragment that sends the browser back to the page; a text takes the place of the whole address. */
  back?: (answer: URLSearchParams, page: string) => string | undefined | void;
  /** The call that redeems a code. */
  redeem?: Meddling;
  /** The call that renews a token. */
  renew?: Meddling;
  /** What Graph answers, though it was not asked. */
  graph?: Reply;
}

/** One call of the token endpoint as the page made it. */
export interface Call {
  grant: string;
  /** The code or the refresh token that it brought. */
  sent: string;
  /** What the page was answered, and the refresh token in it. */
  status: number | 'cut' | 'half';
  refresh: string | undefined;
}

/** The front of one provider. */
export interface Front {
  /** Where the browser finds the sign-in service, and Graph. */
  readonly authority: string;
  readonly graph: string;
  /** Every method and path that the sign-in service was asked for since the test began. */
  paths(): readonly string[];
  /** The calls of the token endpoint since then. */
  calls(): readonly Call[];
  /** What the page asked of the authorization endpoint since then. */
  asked(): readonly Record<string, string>[];
  /** The addresses that sent the browser back to the page since then. */
  answers(): readonly string[];
  /** Changes this from now on. */
  change(change: Change): void;
  /** What was to be changed and was not. */
  left(): string[];
  /** Forgets what was noted; from now on each secret that passes is told. */
  begin(tell: (secret: string) => void): void;
  /** Where the provider is; nowhere, while it does not run. */
  leads(ports: Ports | undefined): void;
  /** Asks the token endpoint as the page would, behind its back. */
  token(form: Record<string, string>): Promise<Reply>;
  end(): Promise<void>;
}

/** Passes a request on; nothing, when nobody takes it. */
function pass(port: number | undefined, from: IncomingMessage, path: string, body: string): Promise<Reply | undefined> {
  if (port === undefined) return Promise.resolve(undefined);
  const headers = { ...from.headers, 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve) => {
    const sent = ask({ host: '127.0.0.1', port, method: from.method, path, headers, agent: false }, (answer) => {
      text(answer).then(
        (words) => {
          // How it travels is the front's own affair: the body may become another one.
          const { 'content-length': _, 'transfer-encoding': __, connection: ___, 'keep-alive': ____, ...headers } = answer.headers;
          resolve({ status: answer.statusCode ?? 502, headers, body: words });
        },
        () => resolve(undefined),
      );
    });
    sent.on('error', () => resolve(undefined));
    sent.end(body);
  });
}

/** Answers the browser. */
function deliver(response: ServerResponse, outcome: Outcome, whole?: Reply): void {
  if (outcome === 'cut') {
    response.destroy();
    return;
  }
  const reply = outcome === 'half' ? whole : outcome;
  if (reply === undefined) {
    response.destroy();
    return;
  }
  const body = Buffer.from(reply.body);
  response.writeHead(reply.status, { 'content-length': String(body.length), ...reply.headers, connection: 'close' });
  if (outcome === 'half') response.write(body.subarray(0, body.length / 2), () => response.destroy());
  else response.end(body);
}

async function listener(handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>) {
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    end: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function parsed(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Opens a front for the provider of this tenant. `page` is the address that answers are sent to, once it is known. */
export async function front(tenant: string, page: () => string): Promise<Front> {
  let ports: Ports | undefined;
  let changing: Change = {};
  let paths: string[] = [];
  let calls: Call[] = [];
  let asked: Record<string, string>[] = [];
  let answers: string[] = [];
  let tell: (secret: string) => void = () => undefined;
  const endpoint = `/${tenant}/oauth2/v2.0/`;

  /** Tells the secrets in an answer of the token endpoint. */
  const known = (reply: Reply | undefined) => {
    const brought = parsed(reply?.body ?? '');
    for (const name of ['access_token', 'refresh_token', 'id_token']) {
      if (typeof brought[name] === 'string') tell(brought[name]);
    }
    return brought;
  };

  /** Hands out a change that is to be done now, and notes that it is done. */
  const due = (grant: string): Meddling | undefined => {
    const name = grant === 'authorization_code' ? 'redeem' : 'renew';
    const meddling = changing[name];
    const times = (meddling?.times ?? 1) - 1;
    if (meddling && times > 0) changing[name] = { ...meddling, times };
    else delete changing[name];
    return meddling;
  };

  const redeem = async (request: IncomingMessage, response: ServerResponse) => {
    const form = new URLSearchParams(await text(request));
    const grant = form.get('grant_type') ?? '';
    for (const name of ['code', 'code_verifier', 'refresh_token']) if (form.has(name)) tell(form.get(name) ?? '');
    const sent = form.get('code') ?? form.get('refresh_token') ?? '';
    const meddling = due(grant);
    meddling?.form?.(form);
    const provider = () => pass(ports?.authority, request, request.url ?? '/', form.toString());
    const reply = meddling?.instead ? undefined : await provider();
    known(reply);
    const again = async () => {
      const second = await provider();
      known(second);
      if (second === undefined) throw new Error('the provider does not answer');
      return second;
    };
    let outcome: Outcome = reply ?? 'cut';
    if (meddling?.instead) outcome = await meddling.instead();
    else if (reply && meddling?.answer) outcome = await meddling.answer(reply, again);
    const told = typeof outcome === 'string' ? outcome : outcome.status;
    const refresh = typeof outcome === 'string' ? undefined : known(outcome)['refresh_token'];
    calls.push({ grant, sent, status: told, refresh: typeof refresh === 'string' ? refresh : undefined });
    deliver(response, outcome, reply);
  };

  const sign = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    paths.push(`${request.method} ${url.pathname}`);
    if (request.method === 'POST' && url.pathname === `${endpoint}token`) return redeem(request, response);
    if (url.pathname === `${endpoint}authorize`) {
      asked.push(Object.fromEntries(url.searchParams));
      changing.ask?.(url.searchParams);
      delete changing.ask;
    }
    const reply = await pass(ports?.authority, request, `${url.pathname}${url.search}`, await text(request));
    const location = reply?.headers.location;
    if (reply && location?.startsWith(page())) {
      const [, answer = ''] = location.split('#');
      const pairs = new URLSearchParams(answer);
      const code = pairs.get('code');
      if (code) tell(code);
      const back = changing.back;
      delete changing.back;
      reply.headers.location = back?.(pairs, page()) ?? (answer ? `${page()}#${pairs.toString()}` : location);
      answers.push(reply.headers.location);
    }
    deliver(response, reply ?? 'cut');
  };

  const graph = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method !== 'OPTIONS' && changing.graph) {
      deliver(response, changing.graph);
      delete changing.graph;
      return;
    }
    deliver(response, await pass(ports?.graph, request, request.url ?? '/', await text(request)) ?? 'cut');
  };

  const [authority, directory] = [await listener(sign), await listener(graph)];
  return {
    authority: authority.origin,
    graph: directory.origin,
    paths: () => paths,
    calls: () => calls,
    asked: () => asked,
    answers: () => answers,
    change: (change) => { changing = { ...change }; },
    left: () => Object.keys(changing),
    begin: (to) => { [changing, paths, calls, asked, answers, tell] = [{}, [], [], [], [], to]; },
    leads: (to) => { ports = to; },
    token: async (form) => {
      const answer = await fetch(`http://127.0.0.1:${ports?.authority}${endpoint}token`, {
        method: 'POST',
        headers: { origin: new URL(page()).origin },
        body: new URLSearchParams(form),
      });
      const reply = { status: answer.status, headers: {}, body: await answer.text() };
      known(reply);
      return reply;
    },
    end: async () => { await Promise.all([authority.end(), directory.end()]); },
  };
}
