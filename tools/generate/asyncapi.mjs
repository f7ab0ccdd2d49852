/** docs/asyncapi.json, from the contracts of what is told on the bus. */
import { asyncApiDocument } from '@trunkline/gateway';

export const asyncApi = () => `${JSON.stringify(asyncApiDocument(), null, 2)}\n`;
