export { tokensDatabase } from './database.js';
export { tokenRefresher } from './token-refresher.js';
