/** Behind Caddy. */
import { hosted } from './hosting.ts';

hosted('Caddy');
