import { screen, waitFor } from '@testing-library/react';
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
    await user.click(screen.getByRole('textbox', { name: 'Mapping (JSON)' }));
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

  async function begin(states: object[]) {
    let asked = 0;
    server.use(
      importing(() => new HttpResponse(null, { status: 202, headers: { location: '/api/v1/jobs/job_1' } })),
      mock('get', '/api/v1/jobs/{id}', () => HttpResponse.json(states[Math.min(asked++, states.length - 1)])),
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

  it.each(['failed', 'dead', 'cancelled'])('says that it %s', async (state) => {
    await begin([job(state, { error: 'The file vanished.' })]);
    expect(await screen.findByRole('alert')).toHaveTextContent(/The import did not finish.*The file vanished\./);
  });

  it('ends with a word when a job is done without a report', async () => {
    await begin([job('done')]);
    expect(await screen.findByRole('alert')).toHaveTextContent('The import did not finish');
  });
});
