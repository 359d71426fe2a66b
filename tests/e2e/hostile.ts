/** Replays the requests of tests/relay/hostile.json, byte by byte. */
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';

/** One request of the table; its README says what the fields mean. */
export interface Hostile { name: string; what: string; raw: string; repeat?: { text: string; times: number } }

/** One answer on a connection. */
export interface Answer { status: number; type: string; headers: Record<string, string>; body: string }

/** The one host on the relay's list. */
export const host = 'adb-1.1.azuredatabricks.net';

/** How long a server may wait for more of a request before it is told that there is no more, in milliseconds. */
const patience = 1_500;

/** How long it may then take until it closes; longer fails, in milliseconds. */
const limit = 20_000;

export async function table(): Promise<Hostile[]> {
  const file = new URL('../relay/hostile.json', import.meta.url);
  return JSON.parse(await readFile(file, 'utf8')) as Hostile[];
}

/** The bytes of a request. */
export function bytes(request: Hostile, values: { page: string; port: number; token: string }): Buffer {
  const { text, times } = request.repeat ?? { text: '', times: 0 };
  const filled = request.raw
    .replaceAll('{REPEAT}', () => text.repeat(times))
    .replaceAll('{HOST}', host)
    .replaceAll('{ME}', '/api/2.0/preview/scim/v2/Me')
    .replaceAll('{USERS}', '/api/2.0/preview/scim/v2/Users')
    .replaceAll('{PAGE}', values.page)
    .replaceAll('{PORT}', String(values.port))
    .replaceAll('{TOKEN}', values.token);
  return Buffer.from(filled, 'latin1');
}

/**
 * Sends these bytes and reads until the server closes; gives all of its answers, none when it closes without one. A server
 * that waits for more is told after a while that there is none: closing this side sooner would make a front break off what
 * it is passing on. `localAddress` is the address of this machine that it comes from.
 */
export function send(port: number, raw: Buffer, localAddress = '127.0.0.1'): Promise<Answer[]> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress, allowHalfOpen: true });
    let heard = '';
    const quiet = setTimeout(() => socket.end(), patience);
    const late = setTimeout(() => {
      socket.destroy();
      reject(new Error(`The connection was not closed. Heard so far: ${heard.slice(0, 500)}`));
    }, limit);
    socket.on('data', (part) => {
      heard += part.toString('latin1');
      quiet.refresh();
    });
    // A server that refuses early closes before it has read everything.
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      clearTimeout(quiet);
      clearTimeout(late);
      resolve(answers(heard));
    });
    socket.write(raw);
  });
}

/** The answers in what was heard: where one ends says its length, or the end of the connection. */
function answers(heard: string): Answer[] {
  const found: Answer[] = [];
  let rest = heard;
  for (;;) {
    const [head] = /^HTTP\/1\.[01] \d{3}[^]*?\r\n\r\n/.exec(rest) ?? [];
    if (head === undefined) return found;
    const status = Number(head.slice(9, 12));
    const lines = head.trimEnd().split('\r\n').slice(1).map((line) => /^([^:]+): *(.*)$/.exec(line) ?? []);
    const headers = Object.fromEntries(lines.map(([, name = '', value = '']) => [name.toLowerCase(), value]));
    const length = status < 200 ? 0 : Number(headers['content-length'] ?? Infinity);
    const body = rest.slice(head.length, head.length + length);
    // An answer to come is announced with 100.
    if (status >= 200) found.push({ status, type: (headers['content-type'] ?? '').replace(/;.*/, ''), headers, body });
    rest = rest.slice(head.length + length);
  }
}
