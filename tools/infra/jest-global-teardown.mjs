import { stopTestInfra } from './test-infra.mjs';

/** Jest's `globalTeardown`. */
export default stopTestInfra;
