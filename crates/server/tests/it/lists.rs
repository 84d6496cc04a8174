//! The list machinery on a real database: every row exactly once in both directions, whatever the order, ties and missing values.

use chrono::{DateTime, Utc};
use http_body_util::BodyExt;
use som_server::export::{Export, Snapshot};
use som_server::http::list::{
    CursorKey, Dir, Field, FieldKind, ListQuery, ListSpec, Relation, SearchKind, Source,
};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::harness::TestApp;

const SPEC: ListSpec = ListSpec {
    name: "things",
    fields: &[
        Field::id("id", "t.id", "ord").sortable(),
        Field::text("name", "t.name").sortable().via("t.search"),
        Field::one_of("status", "t.status", &["open", "held"]),
        Field::decimal("total", "t.total").sortable(),
        Field::date("due_date", "t.due_date").nullable().sortable(),
        Field::timestamp("created_at", "t.created_at").sortable(),
        Field::boolean("late", "t.due_date < date '2026-01-05'").nullable(),
        Field::new("tags", "t.tags", FieldKind::Tags),
    ],
    default_sort: &[("created_at", Dir::Desc)],
    tiebreak: Field::id("id", "t.id", "ord"),
    search: Some(SearchKind::Trigram("t.search")),
    expand: &[],
};
static THINGS: ListSpec = SPEC;

fn scope(qb: &mut QueryBuilder<Postgres>) {
    qb.push("t.organization_id = ").push_bind(1_i32);
}

const SOURCE: Source<'static> = Source {
    columns: "t.id",
    from: "things t",
    scope: &scope,
};

#[derive(sqlx::FromRow)]
struct Thing {
    id: Uuid,
}

async fn database(app: &TestApp) -> sqlx::pool::PoolConnection<Postgres> {
    let mut db = app.admin_pool().await.acquire().await.unwrap();
    sqlx::raw_sql(
        "create table things (organization_id int, id uuid primary key, name text not null, search text not null, status text not null,
             total numeric(19,4) not null, due_date date, created_at timestamptz not null, tags text[] not null);
         insert into things
         select case when n > 97 then 2 else 1 end, ('00000000-0000-7000-8000-' || lpad(((n * 37) % 101)::text, 12, '0'))::uuid,
             case n % 7 when 0 then '=1+1' when 1 then '50%_off' else 'Thing ' || n % 7 end, lower('Thing ' || n || case when n % 7 = 1 then ' 50%_off' else '' end),
             case when n % 3 = 0 then 'held' else 'open' end, (n % 5) * 12.5, case when n % 4 > 0 then date '2026-01-01' + n % 6 end,
             timestamptz '2026-01-01 00:00:00.000001+00' + make_interval(secs => n % 9) + make_interval(secs => (n % 2) * 0.000001), array['t' || n % 3]
         from generate_series(0, 100) n;
         create index on things (organization_id, due_date, id);",
    )
    .execute(&mut *db)
    .await
    .unwrap();
    db
}

fn key() -> CursorKey {
    CursorKey::new(vec![1; 32].into(), None)
}

fn now() -> DateTime<Utc> {
    crate::harness::start()
}

fn ask(raw: &str) -> ListQuery {
    ListQuery::parse(&THINGS, Some(raw), &[], &key(), now()).unwrap()
}

async fn walk(db: &mut PgConnection, raw: &str, limit: u16) -> (Vec<Uuid>, Vec<Uuid>) {
    let (mut forward, mut backward) = (Vec::new(), Vec::new());
    let mut cursor = None;
    let mut last = None;
    loop {
        let paged = format!(
            "{raw}&limit={limit}{}",
            cursor.map(|c| format!("&cursor={c}")).unwrap_or_default()
        );
        let page = ask(&paged).fetch::<Thing>(db, &SOURCE).await.unwrap();
        assert_eq!(page.info.has_more, page.info.next.is_some());
        forward.extend(page.rows.iter().map(|row| row.id));
        last = page.info.prev.or(last);
        cursor = page.info.next;
        if cursor.is_none() {
            backward.extend(page.rows.iter().rev().map(|row| row.id));
            break;
        }
    }
    while let Some(cursor) = last {
        let page = ask(&format!("{raw}&limit={limit}&cursor={cursor}"))
            .fetch::<Thing>(db, &SOURCE)
            .await
            .unwrap();
        assert!(page.info.has_more);
        backward.extend(page.rows.iter().rev().map(|row| row.id));
        last = page.info.prev;
    }
    (forward, backward)
}

#[tokio::test]
async fn paging_visits_every_row_once_in_both_directions() {
    let app = TestApp::new().await;
    let mut db = database(&app).await;
    for sort in [
        "sort=-created_at",
        "sort=created_at",
        "sort=total",
        "sort=-total",
        "sort=due_date",
        "sort=-due_date",
        "sort=name,-total",
        "sort=-name,total",
        "sort=due_date,-total",
        "sort=-due_date,total,name",
        "sort=total,due_date",
        "sort=-total,due_date",
        "sort=total,-due_date",
        "sort=-id",
        "sort=due_date,id",
    ] {
        for filter in ["", "&status=open", "&due_date.null=true"] {
            let raw = format!("{sort}{filter}");
            let (expected, _) = walk(&mut db, &raw, 200).await;
            let unique: std::collections::BTreeSet<_> = expected.iter().collect();
            assert_eq!(unique.len(), expected.len(), "{raw}");
            if filter.is_empty() {
                assert_eq!(expected.len(), 98, "{raw}");
            }
            for limit in [1, 7, 50] {
                let (forward, backward) = walk(&mut db, &raw, limit).await;
                assert_eq!(forward, expected, "{raw} by {limit}");
                assert_eq!(
                    backward.into_iter().rev().collect::<Vec<_>>(),
                    expected,
                    "{raw} back by {limit}"
                );
            }
        }
    }
}

#[tokio::test]
async fn every_kind_of_filter_finds_what_plain_sql_finds() {
    let app = TestApp::new().await;
    let mut db = database(&app).await;
    for (raw, condition) in [
        ("status=held", "status = 'held'"),
        ("status.ne=held", "status = 'open'"),
        ("total.gt=25&total.lte=37.5", "total = 37.5"),
        ("total.in=0,50.0000", "total in (0, 50)"),
        ("due_date.null=true", "due_date is null"),
        (
            "due_date.ne=2026-01-01",
            "due_date is null or due_date <> '2026-01-01'",
        ),
        (
            "due_date.nin=2026-01-01,2026-01-02",
            "due_date is null or due_date > '2026-01-02'",
        ),
        (
            "due_date.between=2026-01-02,2026-01-03",
            "due_date in ('2026-01-02', '2026-01-03')",
        ),
        ("late=true", "due_date < '2026-01-05'"),
        ("late=false", "due_date is null or due_date >= '2026-01-05'"),
        (
            "filter=NOT%20late=true",
            "due_date is null or due_date >= '2026-01-05'",
        ),
        (
            "filter=due_date:*%20AND%20(status=held%20OR%20total%3E37.5)",
            "due_date is not null and (status = 'held' or total = 50)",
        ),
        ("created_at=2026-01-01", "true"),
        ("created_at.lte=2026-01-01", "true"),
        ("created_at.gt=2026-01-01", "false"),
        (
            "created_at.lt=2026-01-01T00:00:01Z",
            "created_at < '2026-01-01 00:00:01+00'",
        ),
        (
            "created_at.in=2026-01-01T00:00:00.000001Z,2026-01-02",
            "created_at = '2026-01-01 00:00:00.000001+00'",
        ),
        ("created_at.nin=2026-01-01,2026-01-03", "false"),
        ("tags.has=t1,t2", "tags <> '{t0}'"),
        ("name.contains=50%25_OFF", "name = '50%_off'"),
        ("name.contains=%25", "name = '50%_off'"),
        ("name.contains=_", "name = '50%_off'"),
        ("name.prefix=Thing%20", "left(name, 6) = 'Thing '"),
        ("q=thing%20100", "search = 'thing 100'"),
        ("q=tHING%20%25", "false"),
        ("q=50%25_off", "name = '50%_off'"),
        ("q=5", "search ~ '(^| )5'"),
    ] {
        let sql = format!(
            "select id from things where organization_id = 1 and ({condition}) order by id"
        );
        let expected: Vec<Uuid> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_all(&mut *db)
            .await
            .unwrap();
        let page = ask(&format!("{raw}&limit=200&sort=id"))
            .fetch::<Thing>(&mut db, &SOURCE)
            .await
            .unwrap();
        assert_eq!(
            page.rows.iter().map(|row| row.id).collect::<Vec<_>>(),
            expected,
            "{raw}"
        );
    }
}

#[tokio::test]
async fn counts_are_capped_and_leave_the_transaction_usable() {
    let app = TestApp::new().await;
    let mut db = database(&app).await;
    let mut count = async |raw: &str| {
        ask(raw)
            .fetch::<Thing>(&mut db, &SOURCE)
            .await
            .unwrap()
            .info
            .count
    };
    assert!(count("limit=5").await.is_none());
    for raw in ["limit=5&count=exact", "limit=5&count=estimate"] {
        let counted = count(raw).await.unwrap();
        assert_eq!(
            (counted.value, counted.relation),
            (98, Relation::Eq),
            "{raw}"
        );
    }
    sqlx::raw_sql(
        "insert into things select 1, gen_random_uuid(), 'x', 'x', 'open', 1, null, now(), '{}' from generate_series(1, 12000); analyze things",
    )
    .execute(&mut *db)
    .await
    .unwrap();
    let mut count = async |raw: &str| {
        ask(raw)
            .fetch::<Thing>(&mut db, &SOURCE)
            .await
            .unwrap()
            .info
            .count
            .unwrap()
    };
    let exact = count("limit=5&count=exact").await;
    assert_eq!((exact.value, exact.relation), (10_000, Relation::Gte));
    let estimate = count("limit=5&count=estimate").await;
    assert_eq!(estimate.relation, Relation::Approx);
    assert!((10_000..14_000).contains(&estimate.value), "{estimate:?}");
}

struct Owned(sqlx::Transaction<'static, Postgres>);

impl Snapshot for Owned {
    fn connection(&mut self) -> &mut PgConnection {
        &mut self.0
    }

    fn keys(&self) -> Option<&som_server::db::DataKeys> {
        None
    }
}

async fn exported(app: &TestApp, raw: &str) -> Vec<u8> {
    let db = app.admin_pool().await.begin().await.unwrap();
    let export = Export::parse(&THINGS, Some(raw), &["tags"], &key(), now()).unwrap();
    let response = export.answer(Owned(db), "things t", scope).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(
        response.headers()["content-disposition"]
            .to_str()
            .unwrap()
            .contains("things-2026-11-24.")
    );
    response
        .into_body()
        .collect()
        .await
        .unwrap()
        .to_bytes()
        .to_vec()
}

#[tokio::test]
async fn exports_stream_every_row() {
    let app = TestApp::new().await;
    let mut db = database(&app).await;
    sqlx::raw_sql("insert into things select 1, gen_random_uuid(), 'x,\"y\"', 'x', 'open', 1234567.891, null, now(), '{}' from generate_series(1, 2500)").execute(&mut *db).await.unwrap();
    let csv = String::from_utf8(
        exported(
            &app,
            "sort=due_date&columns=name,total,due_date,late,created_at,id",
        )
        .await,
    )
    .unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(
        reader.headers().unwrap(),
        vec!["name", "total", "due_date", "late", "created_at", "id"]
    );
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2598);
    assert!(
        rows.iter().any(|row| &row[0] == "'=1+1")
            && !rows.iter().any(|row| row[0].starts_with('='))
    );
    assert_eq!(
        rows.iter()
            .filter(|row| &row[0] == "x,\"y\"" && &row[1] == "1234567.891" && row[2].is_empty())
            .count(),
        2500
    );
    assert_eq!((&rows[0][2], &rows[0][3]), ("2026-01-01", "true"));
    assert!(
        rows.iter()
            .all(|row| row[5].starts_with("ord_") && row[4].ends_with('Z'))
    );
}

#[tokio::test]
async fn spreadsheets_keep_types() {
    use calamine::{Data, Reader};
    let app = TestApp::new().await;
    database(&app).await;
    let bytes = exported(
        &app,
        "format=xlsx&sort=due_date&columns=name,total,due_date&status=open",
    )
    .await;
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(sheet.height(), 66);
    let first: Vec<&Data> = sheet.rows().nth(1).unwrap().iter().collect();
    assert!(matches!(first[1], Data::Float(_)), "{first:?}");
    assert!(matches!(first[2], Data::DateTime(_)), "{first:?}");
    assert!(
        sheet
            .rows()
            .skip(1)
            .all(|row| !matches!(&row[0], Data::String(text) if text.starts_with('=')))
    );
}

#[tokio::test]
async fn exports_refuse_what_they_do_not_know() {
    let code = |raw: &str| {
        Export::parse(&THINGS, Some(raw), &["tags"], &key(), now())
            .map_or_else(|problem| problem.code, |_| "ok".to_owned())
    };
    assert_eq!(code("format=pdf"), "unknown_format");
    assert_eq!(code("columns=name,tags"), "unknown_column");
    assert_eq!(code("columns=name,name"), "invalid_value");
    assert_eq!(code("limit=5"), "unknown_parameter");
    assert_eq!(code("bom=yes"), "invalid_value");
    let export = Export::parse(&THINGS, None, &["tags"], &key(), now()).unwrap();
    assert!(export.columns.iter().all(|column| column.name != "tags"));
}
