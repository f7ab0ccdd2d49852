import { ensureTestInfra } from './test-infra.mjs';

/** Jest's `globalSetup`: what the tests need, if nobody provided it. Named by several projects it runs once. */
export default ensureTestInfra;
