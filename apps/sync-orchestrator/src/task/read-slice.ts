import { PagePipeline, type Page, type PipelineParts } from './page-pipeline.js';

export interface SliceParts extends PipelineParts {
  readonly pages: AsyncIterable<Page>;
  /** Asked before every page and every publication. @throws when the slice must end here and now */
  check(): Promise<void>;
  /** True when others should have their turn, or the service stops. */
  enough(): boolean;
  /** Ends reading at once, also in the middle of a page: what it would bring is for nothing. */
  stopReading(reason: unknown): void;
}

/**
 * Reads a stream for a while: page after page into the pipeline, until the stream ends or it is enough. Whatever ends it, what is
 * in the pipeline gets through first if it can, so the next slice begins where this one really stopped.
 *
 * @returns whether the stream was read to its end
 * @throws whatever reading threw; or what stopped the pipeline, because then the pages after it were for nothing
 */
export async function readSlice(parts: SliceParts): Promise<'done' | 'more'> {
  const pipeline = new PagePipeline(parts, (error) => parts.stopReading(error));
  const reading = readInto(pipeline, parts);
  const end = await reading.then(
    (outcome) => ({ outcome }),
    (error: unknown) => ({ error }),
  );
  await pipeline.drain();
  if ('error' in end) throw end.error;
  return end.outcome;
}

async function readInto(pipeline: PagePipeline, { pages, check, enough }: SliceParts): Promise<'done' | 'more'> {
  const iterator = pages[Symbol.asyncIterator]();
  try {
    for (;;) {
      await check();
      const next = await iterator.next();
      if (next.done === true) return 'done';
      await check();
      // Unread, the page is the next generation's first one.
      if (!pipeline.hasRoomFor(next.value)) return 'more';
      await pipeline.take(next.value);
      if (next.value.done) return 'done';
      if (enough()) return 'more';
    }
  } finally {
    // Between two pages this returns at once, and lets go of a page that was asked for ahead.
    await iterator.return?.();
  }
}
