/** Replays the requests of tests/relay/hostile.json, byte by byte. */
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';

/** One request of the table; its README says what the fields mean. */
interface Hostile { name: string; what: string; raw: string; repeat?: { text: string; times: number } }

/** The one host on the relay's list. */
export const host = 'adb-1.1.azuredatabricks.net';

/** How long a connection may be silent before it is given up, in milliseconds. */
const patience = 2_000;

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

/** Sends these bytes; gives the status and the media type of the first answer, or nothing when the connection was cut. */
export function send(port: number, raw: Buffer): Promise<{ status: number; type: string } | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    const end = () => {
      socket.destroy();
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1];
      const type = /^content-type: *([^;\r\n]+)/im.exec(answer)?.[1] ?? '';
      resolve(status === undefined ? undefined : { status: Number(status), type });
    };
    socket.setTimeout(patience, end);
    socket.on('data', (part) => {
      answer += part.toString('latin1');
      if (answer.includes('\r\n\r\n')) end();
    });
    socket.on('error', end);
    socket.on('close', end);
    socket.write(raw);
  });
}
