import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';
import { me } from '@/testing/builders';
import type { Schemas } from '@/lib/api';

type Report = Schemas['Report'];
const counts = (entity: Schemas['ImportEntity'], change: Partial<Schemas['Counts']> = {}): Schemas['Counts'] => ({
  entity, objects: 3, lines: 0, created: 2, updated: 1, unchanged: 0, failed: 0, ...change,
});
const report = (change: Partial<Report> = {}): Report => ({
  committed: false, rows: 3, results: [counts('customers')], errors_total: 0, errors: [], warnings_total: 0, warnings: [], ...change,
});

interface Sent {
  query: Record<string, string>;
  mapping: string | null;
  key: string | null;
  csrf: string | null;
}
let sent: Sent[] = [];

/** The file arrives as a form, which the typed mocks do not read. */
function importing(answer: (sent: Sent) => Response | Promise<Response>) {
  return http.post('*/api/v1/imports', async ({ request }) => {
    const text = await request.text();
    const part = (name: string) => new RegExp(`name="${name}"[^\\r\\n]*\\r\\n(?:Content-Type[^\\r\\n]*\\r\\n)?\\r\\n([\\s\\S]*?)\\r\\n--`).exec(text)?.[1] ?? null;
    const { headers } = request;
    const query = Object.fromEntries(new URL(request.url).searchParams);
    const one = { query, mapping: part('mapping'), key: headers.get('idempotency-key'), csrf: headers.get('x-csrf-token') };
    sent.push(one);
    return answer(one);
  });
}

beforeEach(() => {
  sent = [];
});
afterEach(() => {
  vi.useRealTimers();
});

async function open() {
  const page = renderPage('/import');
  await screen.findByRole('heading', { level: 1, name: 'Import' });
  return page;
}

const file = (text = 'code,name\nC-1,Acme') => new File([text], 'customers.csv', { type: 'text/csv' });
const textOf = (blob: Blob) =>
  new Promise<string>((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.readAsText(blob);
  });
const button = (name: string) => screen.getByRole('button', { name });

describe('import', () => {
  it('tries first and writes only when asked, each time with a key of its own', async () => {
    server.use(importing(({ query }) => HttpResponse.json(report({ committed: query.commit === 'true' }))));
    // This environment loses the bytes of a file on their way into a request, so it is looked at where it is put in.
    const put = vi.spyOn(FormData.prototype, 'set');
    const { user } = await open();
    expect(button('Try')).toBeDisabled();
    expect(button('Import')).toBeDisabled();
    const chosen = file();
    await user.upload(screen.getByLabelText('File'), chosen);
    expect(screen.getByText('customers.csv')).toBeInTheDocument();
    await user.click(button('Try'));
    expect(await screen.findByText('Everything can be imported')).toBeInTheDocument();
    expect(screen.getByText(/3 rows read\. Nothing has been written yet\./)).toBeInTheDocument();
    expect(screen.getByRole('row', { name: 'Customers 2 1 0 0' })).toBeInTheDocument();
    await user.click(button('Import'));
    expect(await screen.findByText('Imported')).toBeInTheDocument();
    expect(screen.getByRole('heading', { name: 'Result' })).toBeInTheDocument();
    expect(button('Import')).toBeDisabled();
    expect(sent.map(({ query }) => query)).toEqual([
      { entity: 'customers', commit: 'false', mode: 'all' },
      { entity: 'customers', commit: 'true', mode: 'all' },
    ]);
    expect(put).toHaveBeenCalledWith('file', chosen);
    expect(sent[0]).toMatchObject({ mapping: null, csrf: 'test-token' });
    expect(sent[0]!.key).toMatch(/^[0-9a-f-]{36}$/);
    expect(sent[1]!.key).not.toBe(sent[0]!.key);
  });

  it('names faults by row, column and value with their cure, and imports only if asked to skip them', async () => {
    const issue = { entity: 'products' as const, row: 88, column: 'sku', value: 'HX-1O20', code: 'not_found', detail: 'There is no such product.', fix: 'Letter O for zero?' };
    server.use(
      importing(() =>
        HttpResponse.json(
          report({
            rows: 1200, results: [counts('products', { created: 1198, failed: 2 })], errors_total: 2, errors: [issue], warnings_total: 1,
            warnings: [{ ...issue, row: 5, column: null, value: null, detail: 'Nothing to change.', fix: '' }],
          }),
        ),
      ),
    );
    const { user } = await open();
    await user.click(screen.getByRole('combobox', { name: 'What is in it' }));
    await user.click(await screen.findByRole('option', { name: 'Products' }));
    await user.upload(screen.getByLabelText('File'), file());
    await user.click(button('Try'));
    expect(await screen.findByText('2 faults found')).toBeInTheDocument();
    expect(screen.getByText('Row 88, “sku”, HX-1O20:').closest('li')).toHaveTextContent('There is no such product. Letter O for zero?');
    expect(screen.getByRole('heading', { name: 'Faults (2)' })).toBeInTheDocument();
    expect(screen.getByText('The first 1 are shown.')).toBeInTheDocument();
    expect(screen.getByText('Row 5:')).toBeInTheDocument();
    expect(screen.getByRole('row', { name: 'Products 1,198 1 0 2' })).toBeInTheDocument();
    expect(button('Import')).toBeDisabled();
    await user.click(screen.getByRole('combobox', { name: 'When some rows are wrong' }));
    await user.click(await screen.findByRole('option', { name: /Only the rows/ }));
    // Another way of importing is another trial.
    expect(screen.queryByText('2 faults found')).not.toBeInTheDocument();
    await user.click(button('Try'));
    await waitFor(() => expect(button('Import')).toBeEnabled());
    expect(sent.at(-1)!.query).toEqual({ entity: 'products', commit: 'false', mode: 'valid' });
  });

  it('sends a mapping along, and forgets the trial when the file changes', async () => {
    server.use(importing(() => HttpResponse.json(report())));
    const { user } = await open();
    await user.upload(screen.getByLabelText('File'), file());
    await user.click(screen.getByText(/Columns with other names/));
    await user.click(screen.getByRole('textbox', { name: 'Mapping' }));
    await user.paste('{"columns":{}}');
    await user.click(button('Try'));
    expect(await screen.findByText('Everything can be imported')).toBeInTheDocument();
    expect(sent[0]!.mapping).toBe('{"columns":{}}');
    await user.upload(screen.getByLabelText('File'), file('code\nC-2'));
    expect(screen.queryByText('Everything can be imported')).not.toBeInTheDocument();
  });

  it('shows why a file was refused', async () => {
    server.use(importing(() => refuse(422, 'unreadable_file', { title: 'The file cannot be read', detail: 'It is neither CSV nor XLSX.' })));
    const { user } = await open();
    await user.upload(screen.getByLabelText('File'), file());
    await user.click(button('Try'));
    expect(await screen.findByRole('alert')).toHaveTextContent(/The file cannot be read.*neither CSV nor XLSX.*req_test/);
  });

  it('puts a problem at the file, with the way to it from the summary', async () => {
    server.use(importing(() => refuse(422, 'validation_failed', { errors: [{ pointer: '#/file', code: 'unreadable_file', detail: 'Line 7 has no end.' }] })));
    const { user } = await open();
    const input = screen.getByLabelText('File');
    await user.upload(input, file());
    await user.click(button('Try'));
    const alert = await screen.findByRole('alert');
    expect(input).toHaveAccessibleDescription('Line 7 has no end.');
    expect(input).toBeInvalid();
    await user.click(within(alert).getByRole('button', { name: 'Line 7 has no end.' }));
    expect(input).toHaveFocus();
    // Another file is another matter.
    await user.upload(input, file('code\nC-9'));
    expect(input).toBeValid();
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  it('opens what was folded when the mapping is at fault, and keeps it open while it is corrected', async () => {
    server.use(importing(({ mapping }) => (mapping === 'nope' ? refuse(422, 'validation_failed', { errors: [{ pointer: '#/mapping', code: 'invalid_mapping', detail: 'The mapping is not right.' }] }) : HttpResponse.json(report()))));
    const { user } = await open();
    await user.upload(screen.getByLabelText('File'), file());
    const fold = screen.getByText(/Columns with other names/);
    await user.click(fold);
    await user.type(screen.getByRole('textbox', { name: 'Mapping' }), 'nope');
    await user.click(fold);
    expect(fold.closest('details')).not.toHaveAttribute('open');
    await user.click(button('Try'));
    await waitFor(() => expect(fold.closest('details')).toHaveAttribute('open'));
    const mapping = screen.getByRole('textbox', { name: 'Mapping' });
    expect(mapping).toHaveAccessibleDescription(/The mapping is not right\.$/);
    await user.clear(mapping);
    await user.type(mapping, 'superstore');
    expect(fold.closest('details')).toHaveAttribute('open');
    await user.click(button('Try'));
    expect(await screen.findByText('Everything can be imported')).toBeInTheDocument();
    expect(sent.map((one) => one.mapping)).toEqual(['nope', 'superstore']);
  });

  it('saves the failed rows as a file named after the one that was read', async () => {
    const csv = 'code,name,error\nC-2,,name: required\n';
    server.use(importing(() => HttpResponse.json(report({ errors_total: 1, failed_rows: csv }))));
    const kept: Blob[] = [];
    const names: string[] = [];
    vi.stubGlobal('URL', Object.assign(URL, { createObjectURL: (blob: Blob) => `blob:${kept.push(blob)}`, revokeObjectURL: vi.fn() }));
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      names.push(`${this.href} ${this.download}`);
    });
    const { user } = await open();
    await user.upload(screen.getByLabelText('File'), file());
    await user.click(button('Try'));
    await user.click(await screen.findByRole('button', { name: 'Save the failed rows' }));
    expect(names).toEqual(['blob:1 customers.failed.csv']);
    expect(kept[0]!.type).toBe('text/csv');
    expect(await textOf(kept[0]!)).toBe(csv);
    vi.unstubAllGlobals();
  });

  it('offers no file of failed rows when none failed, and tells of an import that kept nothing', async () => {
    server.use(importing(({ query }) => HttpResponse.json(report(query.commit === 'true' ? { errors_total: 1, errors: [] } : {}))));
    const { user } = await open();
    await user.upload(screen.getByLabelText('File'), file());
    await user.click(button('Try'));
    expect(await screen.findByText('Everything can be imported')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Save the failed rows' })).not.toBeInTheDocument();
    // Between the trial and the import somebody took a code: all or nothing kept nothing.
    await user.click(button('Import'));
    expect(await screen.findByText('1 faults found')).toBeInTheDocument();
    expect(screen.getByText(/Nothing has been written yet/)).toBeInTheDocument();
    expect(button('Import')).toBeDisabled();
  });

  it.each([
    [403, 'forbidden', { title: 'You may not import orders', missing_permission: 'orders.write' }, /You may not import orders.*lacks the permission orders\.write/],
    [413, 'too_large', { title: 'The file is too large', detail: 'At most 20 MiB.' }, /The file is too large.*At most 20 MiB\./],
    [429, 'rate_limited', { title: 'Too many requests', detail: 'Try again in 7 seconds.' }, /Too many requests.*7 seconds/],
    [503, 'unavailable', { title: 'The server is busy' }, /The server is busy/],
  ] as const)('says why the server refused (%i), and keeps the file for another try', async (status, code, more, said) => {
    let refused = false;
    server.use(
      importing(() => {
        if (refused) return HttpResponse.json(report());
        refused = true;
        return refuse(status, code, more);
      }),
    );
    const { user } = await open();
    await user.upload(screen.getByLabelText('File'), file());
    await user.click(button('Try'));
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent(said);
    expect(alert).toHaveFocus();
    expect(button('Import')).toBeDisabled();
    await user.click(button('Try'));
    expect(await screen.findByText('Everything can be imported')).toBeInTheDocument();
  });

  it('survives an answer that is no problem document', async () => {
    server.use(importing(() => new HttpResponse('<h1>Bad gateway</h1>', { status: 502 })));
    const { user } = await open();
    await user.upload(screen.getByLabelText('File'), file());
    await user.click(button('Try'));
    expect(await screen.findByRole('alert')).toHaveTextContent('The server answered 502');
  });

  it('is closed to those who may not', async () => {
    server.use(mock('get', '/api/v1/me', () => me({ permissions: ['orders.read'] })));
    renderPage('/import');
    expect(await screen.findByRole('heading', { name: 'You may not use this page' })).toBeInTheDocument();
  });
});

describe('a large import', () => {
  const job = (state: string, more: object = {}) => ({
    id: 'job_1', kind: 'import', state, attempts: 1, max_attempts: 3, progress: { done: 1, total: 2 }, error: null, created_by: null,
    run_at: '2026-11-20T09:30:00Z', created_at: '2026-11-20T09:30:00Z', updated_at: '2026-11-20T09:30:00Z', finished_at: null, result: null, ...more,
  });

  async function begin(states: (object | (() => Response))[]) {
    let asked = 0;
    server.use(
      importing(() => new HttpResponse(null, { status: 202, headers: { location: '/api/v1/jobs/job_1' } })),
      mock('get', '/api/v1/jobs/{id}', () => {
        const state = states[Math.min(asked++, states.length - 1)]!;
        return typeof state === 'function' ? (state as () => Response)() : HttpResponse.json(state);
      }),
    );
    const page = await open();
    await page.user.upload(screen.getByLabelText('File'), file());
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true, advanceTimeDelta: 200 });
    await page.user.click(button('Try'));
    return { ...page, times: () => asked };
  }

  it('is followed as a job to its end', async () => {
    const { times } = await begin([job('queued'), job('running'), job('done', { result: report({ rows: 50_000 }) })]);
    expect(await screen.findByText(/50,000 rows read/)).toBeInTheDocument();
    expect(times()).toBe(3);
  });

  it('shows how far it is', async () => {
    await begin([job('running', { progress: { done: 1500, total: 50_000 } }), job('running', { progress: { done: 2500, total: null } }), job('done', { result: report() })]);
    expect(await screen.findByText('1,500 of 50,000 rows')).toBeInTheDocument();
    expect(screen.getByRole('progressbar', { name: 'Progress of the import' })).toHaveAttribute('value', '1500');
    expect(button('Try')).toBeDisabled();
    expect(await screen.findByText('2,500 rows')).toBeInTheDocument();
    expect(await screen.findByText('Everything can be imported')).toBeInTheDocument();
    expect(screen.queryByRole('progressbar')).not.toBeInTheDocument();
  });

  it('goes on asking while the server is busy, restarts or cannot be reached', async () => {
    const { times } = await begin([
      job('running'), () => refuse(503, 'unavailable'), () => refuse(429, 'rate_limited'), () => Response.error(), job('done', { result: report({ rows: 4321 }) }),
    ]);
    expect(await screen.findByText(/4,321 rows read/, undefined, { timeout: 20_000 })).toBeInTheDocument();
    expect(times()).toBe(5);
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  it('stops asking when it is told that the job is gone', async () => {
    const { times } = await begin([job('running'), () => refuse(404, 'not_found', { title: 'There is no such job' })]);
    expect(await screen.findByRole('alert')).toHaveTextContent('There is no such job');
    expect(times()).toBe(2);
  });

  it('says when it is finished, on another page too', async () => {
    server.use(mock('get', '/api/v1/sessions', { data: [], page: { next: null, prev: null, has_more: false, count: null } }));
    let ended = false;
    const { user, at } = await begin([() => HttpResponse.json(ended ? job('done', { result: report({ committed: true, rows: 77 }) }) : job('running'))]);
    await screen.findByText('1 of 2 rows');
    await user.keyboard('gu');
    await waitFor(() => expect(at()).toBe('/account'));
    ended = true;
    expect(await screen.findAllByText('Import finished')).not.toHaveLength(0);
    expect(screen.getAllByText('77 rows read')).not.toHaveLength(0);
  });

  it.each(['failed', 'dead', 'cancelled'])('says that it %s', async (state) => {
    await begin([job(state, { error: 'The file vanished.' })]);
    expect(await screen.findByRole('alert')).toHaveTextContent(/The import did not finish.*The file vanished\./);
  });

  it('ends with a word when a job is done without a report', async () => {
    await begin([job('done')]);
    expect(await screen.findByRole('alert')).toHaveTextContent('The import did not finish');
  });
});
