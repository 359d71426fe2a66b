/** Behind nginx. */
import { hosted } from './hosting.ts';

hosted('nginx');
