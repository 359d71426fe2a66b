/**
 * What becomes of requests of tests/relay/hostile.json before a front, where it is not a plain refusal: literally, as Caddy 2.6
 * and nginx 1.22 do it. Another version may refuse more.
 */
import type { Kind } from './fronts.ts';

/**
 * By front, those that it puts in order before it passes them on. Each then arrives as one well-formed request and reaches the
 * host behind the relay exactly once. All others reach nothing.
 */
export const repaired: Record<Kind, readonly string[]> = {
  Caddy: [
    'framing: two lengths that agree',
    'framing: an empty length',
    'framing: a length, then chunked',
    'framing: chunked, then a length',
    'framing: chunked after a fold',
    'framing: a chunk that ends in a bare line feed',
    'headers: a folded header',
    'headers: a folded authorization',
    'headers: a header without a name',
    'hop-by-hop: a connection that names the authorization',
    'hop-by-hop: a connection that names the length',
    'hop-by-hop: a connection that names two',
    'hop-by-hop: a connection that contradicts itself',
    'hop-by-hop: an empty connection',
    'hop-by-hop: a change to TLS',
    'hop-by-hop: a connection to be changed',
    'hop-by-hop: a trailer that is announced',
    'forms: the version HTTP/1.2',
    'pipelined: a second mark behind a bare line feed',
    'pipelined: lines that all end in a bare line feed',
    'pipelined: a head that ends in a bare line feed',
  ],
  nginx: [
    'framing: a chunk that ends in a bare line feed',
    'framing: chunks on a GET',
    'headers: a header without a colon',
    'headers: a header name in brackets',
    'headers: a header name of other bytes',
    'hop-by-hop: a connection that names the authorization',
    'hop-by-hop: a connection that names the mark',
    'hop-by-hop: a connection that names the length',
    'hop-by-hop: a connection that names two',
    'hop-by-hop: a connection that contradicts itself',
    'hop-by-hop: an empty connection',
    'hop-by-hop: a change to websockets',
    'hop-by-hop: a change to HTTP/2',
    'hop-by-hop: a change to TLS',
    'hop-by-hop: a connection to be changed',
    'hop-by-hop: a body that waits to be asked for',
    'hop-by-hop: another expectation',
    'forms: the version HTTP/1.2',
    'forms: the version HTTP/1.10',
    'forms: two blanks before the version',
    'forms: two blanks before the target',
    "oversized: a chunk's extension that is too large",
    'oversized: trailers that are too large',
    'pipelined: a second mark behind a bare line feed',
    'pipelined: lines that all end in a bare line feed',
    'pipelined: a head that ends in a bare line feed',
  ],
};

/**
 * By front, those that it answers by itself with something else than a refusal: status and media type of each answer. Caddy has
 * an empty answer for names that are not the page's; what leads out of the relay leads to the page's own files.
 */
export const elsewhere: Record<Kind, Readonly<Record<string, string>>> = {
  Caddy: {
    'paths: dots over the relay in the path': '200 application/json',
    'names: an empty name': '200 ',
    'names: another name': '200 ',
    'names: the allowed host as name': '200 ',
    "names: the page's name continued": '200 ',
    'names: a trailing dot': '200 ',
    'names: two ports': '200 ',
    'names: an open bracket': '200 ',
    "names: an address that is not this machine's": '200 ',
    'names: the unspecified address': '200 ',
    'names: loopback in decimal': '200 ',
    'names: loopback in octal': '200 ',
    'names: loopback in short': '200 ',
    'names: another name, forwarded for the page': '200 ',
    'forms: an absolute address of the host': '200 ',
    'forms: an absolute address of another host': '200 ',
    'forms: an absolute address of the metadata service': '200 ',
    'forms: an address with a user': '200 ',
    'forms: another scheme': '200 ',
    'forms: an asterisk': '200 ',
    'forms: a tunnel to the host': '200 ',
    'forms: a tunnel to the listener': '200 ',
    'forms: the beginning of HTTP/2': '200 ',
    'pipelined: a second request under another name': '404 application/json, 200 ',
    'pipelined: the beginning of HTTP/2 after a refusal': '403 application/json, 200 ',
  },
  nginx: {
    'paths: dots over the relay in the path': '200 application/json',
    'headers: another line break in the request line': 'cut',
    'forms: an absolute address of another host': '200 text/html',
    'forms: HTTP/0.9': 'cut',
  },
};
