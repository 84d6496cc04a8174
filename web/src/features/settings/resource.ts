import type { ComponentType, ReactNode } from 'react';
import type { Column } from '@/components/data-table';
import type { useForm } from '@/components/form';
import type { Filter } from '@/components/list-filters';
import { wordsFilter } from '@/lib/list-search';
import type { Me, PageOf } from '@/lib/types';

/* The settings that are lists of small records: each is described once, and one list page and one record page serve them all. */

export interface Row {
  id: string;
  version: number;
}

export type FormOf<F extends object> = ReturnType<typeof useForm<F>>;

export interface FieldsProps<V, F extends object> {
  form: FormOf<F>;
  /** The record as it is; null while a new one is being made. */
  row: V | null;
}

/** Taken out of use and put back, without being lost. */
export interface Ending<V> {
  inUse: (row: V) => boolean;
  /** The verbs on the buttons. */
  end: string;
  resume: string;
  /** What ending means, asked before it is done. */
  means: string;
  set: (row: V, inUse: boolean, key: string) => Promise<V>;
}

export interface Deed<V> {
  /** The verb on the buttons. */
  verb: string;
  /** What it means, asked before it is done, and what is said afterwards. */
  means: string;
  done: string;
  offered: (row: V) => boolean;
  run: (row: V, key: string) => Promise<V>;
}

export interface Resource<V extends Row, F extends object> {
  /** Its place below `/settings/`, and the first part of its query keys. */
  page: string;
  title: string;
  /** One of them, for titles and buttons: `tax`. */
  one: string;
  /** What it is for, on the page of all settings and over an empty list. */
  about: string;
  read: string;
  write: string;
  columns: Column<V>[];
  filters?: Filter[];
  searchLabel: string;
  sort: string;
  list: (query: Record<string, string>, signal: AbortSignal) => Promise<PageOf<V>>;
  get: (id: string) => Promise<V>;
  create?: (form: F, key: string) => Promise<V>;
  /** Without it a record is looked at, and acted upon by its buttons alone. */
  update?: (row: V, form: F, before: F, key: string) => Promise<V>;
  remove?: (row: V, key: string) => Promise<void>;
  /** What removing means, asked before it is done. */
  removing?: (row: V) => string;
  /** What removing is called, when it is called something else, and for which records it is offered. */
  removal?: { verb: string; done: string; offered: (row: V) => boolean };
  /** What else can be done with one of them, each after asking. */
  deeds?: Deed<V>[];
  /** Another list that belongs to this one. */
  beside?: { page: string; label: string };
  /** What else is out of date after a change: first parts of query keys. */
  affects?: string[];
  nameOf: (row: V) => string;
  /** Below the name: what tells it from others. */
  detailOf?: (row: V) => string;
  badge?: (row: V) => ReactNode;
  start: (row: V | null, me: Me) => F;
  Fields: ComponentType<FieldsProps<V, F>>;
  ending?: Ending<V>;
}

/** A resource whose records and form the shared pages need not know. */
export type AnyResource = Resource<Row, Record<string, unknown>>;

export const resource = <V extends Row, F extends object>(spec: Resource<V, F>): AnyResource => spec as unknown as AnyResource;

/** The search box as a filter on the fields it looks into; everything else as it stands. */
export function worded({ q, ...query }: Record<string, string>, fields: readonly string[]) {
  return { ...query, filter: wordsFilter(q, fields) };
}

/** What a change of one record must say: which version was seen, and the key of this one intention. */
export const written = ({ id, version }: Row, key: string) => ({ path: { id }, header: { 'If-Match': `"${version}"`, 'Idempotency-Key': key } });

export const made = (key: string) => ({ header: { 'Idempotency-Key': key } });

/** Empty text is no value. */
export const orNull = (text: string): string | null => text.trim() || null;
