import { FileWindow } from './file-window.js';
import type { RemoteFiles } from './sftp-files.js';

const content = Buffer.from(Array.from({ length: 1_000 }, (_, index) => String(index % 10)).join(''));
const asked: [number, number][] = [];
const files: RemoteFiles = {
  list: () => Promise.reject(new Error('not asked')),
  read: (_path, offset, length) => {
    asked.push([offset, length]);
    return Promise.resolve(content.subarray(offset, offset + length));
  },
  close: () => undefined,
};
beforeEach(() => void (asked.length = 0));

describe('a window on a file', () => {
  it('asks for no byte twice, and says where the file ends', async () => {
    const window = new FileWindow(files, '/f');
    let offset = 0;
    for (let isEnd = false; !isEnd; offset += 90) {
      const seen = await window.from(offset, 100);
      expect(seen.bytes.subarray(0, 100)).toEqual(content.subarray(offset, offset + 100));
      ({ isEnd } = seen);
    }
    expect(asked.reduce((sum, [, length]) => sum + length, 0)).toBeLessThan(content.length + 100);
    expect(asked.every(([from], index) => index === 0 || from === asked[index - 1]![0] + asked[index - 1]![1])).toBe(true);
  });

  it('gives what is there already without asking, and begins anew before it', async () => {
    const window = new FileWindow(files, '/f');
    await window.from(500, 200);
    expect((await window.from(600, 100)).bytes).toEqual(content.subarray(600, 700));
    expect(asked).toHaveLength(1);
    expect((await window.from(0, 10)).bytes).toEqual(content.subarray(0, 10));
    expect((await window.from(995, 10)).isEnd).toBe(true);
    expect((await window.from(10, 5)).isEnd).toBe(false);
  });
});
