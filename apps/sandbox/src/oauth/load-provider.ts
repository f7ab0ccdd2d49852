import type * as OidcProvider from 'oidc-provider';

/**
 * Loads `oidc-provider`. On Node 20 it prints "Unsupported runtime. Use Node.js v22.x LTS" when imported. That one line is left out:
 * the product supports Node 20.19 and newer, the parts used here are exercised there by this project's tests, and the sandbox never
 * runs in production. Every other warning still shows, because it would mean a wrong configuration.
 */
/* eslint-disable no-console -- oidc-provider prints through the console; holding one of its lines back is done there or not at all */
export async function loadProvider(): Promise<typeof OidcProvider> {
  const { warn } = console;
  console.warn = (...parts: unknown[]) => {
    if (!/^\S*oidc-provider WARNING: Unsupported runtime\./.test(String(parts[0]).replace(/^\u001b\[[\d;]*m/, ''))) warn.apply(console, parts);
  };
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
}
