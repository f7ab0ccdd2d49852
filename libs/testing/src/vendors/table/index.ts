import type { Vendor } from '../vendor.js';
import { google, linkedin, meta, tiktok } from './advertising.js';
import { netsuite, quickbooks, salesforce, shopify, stripe } from './commerce.js';
import { acme } from './custom.js';
import { figma, github, posthog, railway, vercel } from './developer.js';
import { hubspot, klaviyo, mailchimp, sendgrid } from './marketing.js';
import { gorgias, slack, zendesk } from './support.js';

/** Every vendor, with answers in the shapes of its documentation. */
export const vendors: readonly Vendor[] = [
  google, meta, linkedin, tiktok, hubspot, klaviyo, mailchimp, sendgrid, stripe, shopify, quickbooks, netsuite, salesforce, github, posthog, vercel, railway,
  figma, gorgias, zendesk, slack, acme,
];
