import type { Paginator } from './paginator.js';

/** One request is all there is. */
export const nonePaginator: Paginator<'none'> = () => null;
