import type { HostShare } from './refresh-lease.js';

/** A host where something is due, and what it can take. */
export interface Wanting {
  readonly host: string;
  readonly room: number;
  /** It answers late or not at all. */
  readonly slow: boolean;
}

export interface Means {
  /** Refreshes that may still be begun, of so many in all. */
  readonly free: number;
  readonly total: number;
  /** Taken by one statement. */
  readonly most: number;
}

/** So much of the whole is kept from slow hosts, so that any number of them leaves the others their turn. */
const keptFromSlow = 0.5;

/** How many to take of which host. Each gets the same, and what one cannot use goes to those that can. */
export function shareOut(wanting: readonly Wanting[], { free, total, most }: Means): HostShare[] {
  const able = wanting.filter(({ room }) => room > 0).slice(0, most);
  const slow = able.filter((host) => host.slow);
  const quick = able.filter((host) => !host.slow);
  const all = Math.min(free, most);
  const given = evenly(quick, all);
  const left = Math.min(all - sum(given), free - sum(given) - Math.floor(total * keptFromSlow));
  return [...given, ...evenly(slow, left)];
}

function evenly(hosts: readonly Wanting[], available: number): HostShare[] {
  const shares: HostShare[] = [];
  let left = available;
  const byRoom = hosts.slice(0, Math.max(0, available)).sort((a, b) => a.room - b.room);
  // The smallest first: what it leaves of its even share is there for those after it.
  byRoom.forEach(({ host, room }, index) => {
    const share = Math.min(room, Math.ceil(left / (byRoom.length - index)));
    if (share <= 0) return;
    left -= share;
    shares.push({ host, most: share });
  });
  return shares;
}

const sum = (shares: readonly HostShare[]): number => shares.reduce((total, { most }) => total + most, 0);
