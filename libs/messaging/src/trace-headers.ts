import type { MsgHdrs } from '@nats-io/transport-node';
import type { Trace } from '@trunkline/service';

export const requestIdHeader = 'Trunkline-Request-Id';

/** The headers of a traced request, written out in one go: the client library's own take longer to make than the rest of the message. */
export const traceHeaders = ({ requestId }: Trace): MsgHdrs => ({ encode: () => Buffer.from(`NATS/1.0\r\n${requestIdHeader}: ${requestId.replaceAll(/[\r\n]/g, '')}\r\n\r\n`) }) as unknown as MsgHdrs;
