/** Hosts with TLS on loopback, under names and certificates that hold for one test run only. */
import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { promisify } from 'node:util';

/** A certificate authority of this run. Nothing is installed anywhere. */
export interface Authority {
  /** The PEM file of its certificate. */
  readonly file: string;
  /** Makes a key and a certificate for one name, in PEM. */
  issue(name: string): Promise<Identity>;
  /** Deletes its files. */
  forget(): Promise<void>;
}

/** What a host shows for its name. */
export interface Identity { key: string; cert: string }

/** The fingerprint of a certificate's key as `--ignore-certificate-errors-spki-list` wants it. */
export function fingerprint({ cert }: Identity): string {
  const key = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}

const settings = (name: string) => `
[req]
distinguished_name = subject
prompt = no
[subject]
CN = ${name}
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[host]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:${name}
`;

async function openssl(folder: string, ...words: string[]): Promise<void> {
  try {
    await promisify(execFile)('openssl', words, { cwd: folder });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error('These tests make certificates with the program openssl, and it is not there. Install it '
      + '(Debian: `apt-get install openssl`) so that it is on PATH.', { cause: error });
  }
}

/** Makes an authority. */
export async function authority(): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'scim-setup-tls-'));
  const write = (name: string, text: string) => writeFile(join(folder, name), text, { mode: 0o600 });
  const key = () => generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey;
  const days = ['-sha256', '-days', '2'];
  await write('ca.key', key());
  await write('ca.cnf', settings('scim-setup test authority'));
  await openssl(folder, 'req', '-x509', '-new', '-key', 'ca.key', '-config', 'ca.cnf', '-extensions', 'authority',
    ...days, '-out', 'ca.pem');
  let serial = 0;
  return {
    file: join(folder, 'ca.pem'),
    issue: async (name) => {
      serial += 1;
      const own = key();
      await write('host.key', own);
      await write('host.cnf', settings(name));
      await openssl(folder, 'req', '-new', '-key', 'host.key', '-config', 'host.cnf', '-out', 'host.csr');
      await openssl(folder, 'x509', '-req', '-in', 'host.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial',
        `${serial}`, '-extfile', 'host.cnf', '-extensions', 'host', ...days, '-out', 'host.pem');
      return { key: own, cert: await readFile(join(folder, 'host.pem'), 'utf8') };
    },
    forget: () => rm(folder, { recursive: true }),
  };
}

/** One port at which several names answer with TLS, each with its own certificate. */
export interface Hosts {
  readonly port: number;
  /** From now on, what a name is asked is passed on to this origin of plain http. */
  leads(name: string, origin: string): void;
  /** What a name was asked: methods and paths, without queries. */
  asked(name: string): readonly string[];
  /** Who was asked for that is not here. */
  strangers(): readonly string[];
  end(): Promise<void>;
}

/** Starts them; a name answers once it leads somewhere. */
export async function hosts(identities: ReadonlyMap<string, Identity>): Promise<Hosts> {
  const contexts = new Map<string, SecureContext>();
  for (const [name, identity] of identities) contexts.set(name, createSecureContext(identity));
  const behind = new Map<string, string>();
  const asked = new Map<string, string[]>();
  const strangers: string[] = [];
  const server = createServer({
    minVersion: 'TLSv1.2',
    SNICallback: (name, answer) => {
      const context = contexts.get(name);
      if (!context) strangers.push(`TLS for ${name}`);
      answer(context ? null : new Error(`${name} is not here`), context);
    },
  }, (incoming, outgoing) => {
    const { host = 'nobody' } = incoming.headers;
    const origin = behind.get(host);
    const { pathname } = new URL(incoming.url ?? '/', 'https://localhost');
    // Who agrees on TLS with one name and then asks for another has lost its way too.
    if (!origin || (incoming.socket as { servername?: string }).servername !== host) {
      strangers.push(`${incoming.method} ${host}${pathname}`);
      outgoing.writeHead(421).end();
      return;
    }
    asked.set(host, [...asked.get(host) ?? [], `${incoming.method} ${pathname}`]);
    const { method = 'GET', url = '/', headers } = incoming;
    const onward = request(origin, { method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    leads: (name, origin) => { behind.set(name, origin); },
    asked: (name) => asked.get(name) ?? [],
    strangers: () => strangers,
    end: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
