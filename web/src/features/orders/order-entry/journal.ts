import type { Draft } from './model';

/* The order being keyed, kept on this device after each committed cell, so that a crash loses one cell at most. */

export interface Kept {
  id: string;
  /** Whose: person and organization, as devices are shared. */
  owner: string;
  /** The saved draft it belongs to, if any, and the version it was based on. */
  orderId: string | null;
  version: number | null;
  at: string;
  draft: Draft;
}

const STORE = 'entries';

function request<T>(made: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    made.onsuccess = () => resolve(made.result);
    made.onerror = () => reject(made.error ?? new Error('The device store refused'));
  });
}

let opened: Promise<IDBDatabase> | undefined;
function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    if (typeof indexedDB === 'undefined') return reject(new Error('This browser keeps nothing'));
    const asked = indexedDB.open('som-entry', 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: 'id' });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error('The device store cannot be opened'));
  });
  return opened;
}

async function store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  return (await database()).transaction(STORE, mode, { durability: 'relaxed' }).objectStore(STORE);
}

/** Whether it is kept. */
export async function keep(entry: Kept): Promise<boolean> {
  try {
    await request((await store('readwrite')).put(entry));
    return true;
  } catch {
    return false;
  }
}

export async function forget(id: string): Promise<void> {
  try {
    await request((await store('readwrite')).delete(id));
  } catch {
    // Nothing was kept, so there is nothing to forget.
  }
}

/** The newest entry left behind by this person for this order; null for a new one. */
export async function leftBehind(owner: string, orderId: string | null, own: string): Promise<Kept | null> {
  try {
    const all = await request((await store('readonly')).getAll() as IDBRequest<Kept[]>);
    const mine = all.filter((entry) => entry.owner === owner && entry.orderId === orderId && entry.id !== own);
    return mine.sort((a, b) => b.at.localeCompare(a.at))[0] ?? null;
  } catch {
    return null;
  }
}
