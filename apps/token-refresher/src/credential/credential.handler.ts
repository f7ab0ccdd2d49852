import { Controller, Inject } from '@nestjs/common';
import { credentials, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { ConfigureCredential } from './configure-credential.js';
import { DeleteCredential } from './delete-credential.js';
import { DescribeCredential } from './describe-credential.js';
import { PutCredential } from './put-credential.js';
import { VerifyCredential } from './verify-credential.js';

@Controller()
export class CredentialHandler {
  constructor(
    @Inject(PutCredential) private readonly putting: PutCredential,
    @Inject(ConfigureCredential) private readonly configuring: ConfigureCredential,
    @Inject(VerifyCredential) private readonly verifying: VerifyCredential,
    @Inject(DescribeCredential) private readonly describing: DescribeCredential,
    @Inject(DeleteCredential) private readonly deleting: DeleteCredential,
  ) {}

  @Rpc(credentials.put)
  put(request: RequestOf<typeof credentials.put>): Promise<ReplyOf<typeof credentials.put>> {
    return this.putting.put(request);
  }

  @Rpc(credentials.configure)
  configure(request: RequestOf<typeof credentials.configure>): Promise<ReplyOf<typeof credentials.configure>> {
    return this.configuring.configure(request);
  }

  @Rpc(credentials.verify)
  verify(request: RequestOf<typeof credentials.verify>): Promise<ReplyOf<typeof credentials.verify>> {
    return this.verifying.verify(request);
  }

  @Rpc(credentials.describe)
  describe(request: RequestOf<typeof credentials.describe>): Promise<ReplyOf<typeof credentials.describe>> {
    return this.describing.describe(request);
  }

  @Rpc(credentials.delete)
  delete(request: RequestOf<typeof credentials.delete>): Promise<ReplyOf<typeof credentials.delete>> {
    return this.deleting.delete(request);
  }
}
