//! The filter grammars: what they accept, how they refuse, that their text is stable.

use proptest::prelude::*;

use super::{SPEC, ask, ok};
use crate::http::list::filter::{Compare, Expr, Op, SUFFIXES, parse};
use crate::http::list::spec::FieldKind;

fn canonical(raw: &str) -> String {
    ok(raw)
        .filter
        .map(|filter| filter.canonical())
        .unwrap_or_default()
}

fn refused(text: &str) -> (&'static str, Option<usize>, Vec<String>) {
    let error = parse(&SPEC, text).unwrap_err();
    (error.code, error.position, error.suggestions)
}

#[test]
fn parameters_and_expressions_are_one_language() {
    for (raw, text) in [
        ("status=open", r#"status = "open""#),
        ("status=open,held,open", r#"status.in = ("held", "open")"#),
        ("status.nin=open,held", r#"status.nin = ("held", "open")"#),
        ("total.amount.gt=0500.50", r#"total > "500.5""#),
        ("total.gte=-0", r#"total >= "0""#),
        (
            "created_at.between=2026-01-01,2026-01-31",
            r#"created_at.between = ("2026-01-01", "2026-01-31")"#,
        ),
        (
            "customer.name.contains=acme",
            r#"customer.name.contains = "acme""#,
        ),
        (
            "customer.name=Smith\\,%20Inc",
            r#"customer.name = "Smith, Inc""#,
        ),
        ("customer_po.null=true", r#"customer_po.null = "true""#),
        ("tags.has=vip,new", r#"tags.has = ("new", "vip")"#),
        ("on_hold=true", r#"on_hold = "true""#),
        (
            "status=open&customer_po=a%22b",
            r#"customer_po = "a\"b" AND status = "open""#,
        ),
        ("filter=status%20%3D%20%22open%22", r#"status = "open""#),
        (
            "filter=status=open AND (total>500 OR NOT customer.name:acme)",
            r#"status = "open" AND (total > "500" OR NOT customer.name.contains = "acme")"#,
        ),
        ("filter=customer_po:*", r#"customer_po.null = "false""#),
        (
            "filter=status.in=(open, 'held')",
            r#"status.in = ("held", "open")"#,
        ),
        ("filter=((status=open))", r#"status = "open""#),
        ("filter=NOT NOT status=open", r#"NOT NOT status = "open""#),
        (
            "status=open&filter=total<5 OR total>9",
            r#"status = "open" AND (total < "5" OR total > "9")"#,
        ),
    ] {
        let raw = raw
            .replace(' ', "%20")
            .replace('>', "%3E")
            .replace('<', "%3C");
        assert_eq!(canonical(&raw), text, "{raw}");
    }
}

#[test]
fn refusals_have_a_place_and_a_suggestion() {
    assert_eq!(
        refused("statu = open"),
        ("unknown_filter", Some(1), vec!["status".to_owned()])
    );
    assert_eq!(refused("status = open AND totl > 5").1, Some(19));
    assert_eq!(refused("internal = x").0, "unknown_filter");
    assert_eq!(
        refused("status > open"),
        ("unknown_filter", Some(8), vec![])
    );
    assert_eq!(
        refused("status = opne"),
        ("invalid_filter_value", Some(10), vec!["open".to_owned()])
    );
    assert_eq!(
        refused("requested_date = 2026-02-30").0,
        "invalid_filter_value"
    );
    assert_eq!(
        refused("customer_po.contians = x").2,
        ["customer_po.contains"]
    );
    for (text, position) in [
        ("", 1),
        ("status", 7),
        ("status =", 9),
        ("status = open held", 15),
        ("(status = open", 15),
        ("status = open)", 14),
        ("status = open AND", 18),
        ("NOT", 4),
        ("status.in = (open", 18),
        ("status = \"open", 10),
        ("status = open; drop", 14),
        ("status ! open", 8),
        ("AND status = open", 5),
        ("status = open AND total > 5 OR total < 1", 29),
    ] {
        let (code, at, _) = refused(text);
        assert!(
            matches!(code, "invalid_filter" | "unknown_filter"),
            "{text}: {code}"
        );
        if code == "invalid_filter" {
            assert_eq!(at, Some(position), "{text}");
        }
    }
}

#[test]
fn size_and_depth_are_bounded() {
    let deep = format!("{}status = open{}", "(".repeat(10), ")".repeat(10));
    assert!(parse(&SPEC, &deep).is_ok());
    assert_eq!(refused(&format!("({deep})")).0, "filter_too_complex");
    assert_eq!(refused(&"(".repeat(4000)).0, "filter_too_complex");
    assert_eq!(refused(&"NOT ".repeat(900)).0, "filter_too_complex");
    assert_eq!(refused(&"x".repeat(4001)).0, "filter_too_complex");
    let many = |n| vec!["total > 1"; n].join(" OR ");
    assert!(parse(&SPEC, &many(50)).is_ok());
    assert_eq!(refused(&many(51)).0, "filter_too_complex");
    let values = |n| {
        format!(
            "id.in=({})",
            vec!["ord_01K9ZC5T3GE8V9M4R2X7Q6P0AB"; n].join(",")
        )
    };
    assert!(values(120).chars().count() < 4000 && parse(&SPEC, &values(120)).is_ok());
    let numbers = (0..201)
        .map(|n| n.to_string())
        .collect::<Vec<_>>()
        .join(",");
    assert_eq!(
        ask(&format!("number={numbers}")).unwrap_err().code,
        "invalid_filter_value"
    );
    let both = format!(
        "status=open&filter={}",
        many(50).replace(' ', "%20").replace('>', "%3E")
    );
    assert_eq!(ask(&both).unwrap_err().code, "filter_too_complex");
}

#[test]
fn every_operator_is_offered_only_where_it_works() {
    for field in SPEC.fields.iter().filter(|field| field.filter) {
        for (suffix, op) in SUFFIXES {
            let value = match field.kind {
                _ if *op == Op::Null => "true",
                FieldKind::Date | FieldKind::Timestamp => "2026-01-01",
                FieldKind::Bool => "true",
                FieldKind::Enum(_) => "open",
                FieldKind::Id("ord") => "ord_01K9ZC5T3GE8V9M4R2X7Q6P0AB",
                FieldKind::Id(_) => "usr_01K9ZC5T3GE8V9M4R2X7Q6P0AB",
                FieldKind::Text
                | FieldKind::Upper
                | FieldKind::Tags
                | FieldKind::Personal
                | FieldKind::Decimal
                | FieldKind::Int => "1",
            };
            let value = if *op == Op::Between {
                format!("{value},{value}")
            } else {
                value.to_owned()
            };
            let result = ask(&format!("{}.{suffix}={value}", field.name));
            assert_eq!(
                result.is_ok(),
                op.applies_to(field),
                "{}.{suffix}",
                field.name
            );
        }
    }
}

fn value_of(kind: FieldKind) -> BoxedStrategy<String> {
    match kind {
        FieldKind::Text | FieldKind::Upper | FieldKind::Tags => {
            r#"[a-zA-Z0-9 ,."'\\%_äß()=*-]{1,20}"#.boxed()
        }
        FieldKind::Enum(members) => proptest::sample::select(members)
            .prop_map(str::to_owned)
            .boxed(),
        FieldKind::Id(prefix) => any::<u128>()
            .prop_map(move |bits| {
                som_domain::ids::OrderId::from_uuid(uuid::Uuid::from_u128(bits))
                    .to_string()
                    .replace("ord_", &format!("{prefix}_"))
            })
            .boxed(),
        FieldKind::Date => (1_i32..9999, 1_u32..13, 1_u32..29)
            .prop_map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}"))
            .boxed(),
        FieldKind::Timestamp => (0_i64..4_000_000_000_000_000)
            .prop_map(|at| {
                chrono::DateTime::from_timestamp_micros(at)
                    .unwrap_or_default()
                    .to_rfc3339()
            })
            .boxed(),
        FieldKind::Personal => proptest::strategy::Just(String::new()).boxed(),
        FieldKind::Decimal => "-?[0-9]{1,19}(\\.[0-9]{1,8})?".boxed(),
        FieldKind::Bool => any::<bool>().prop_map(|b| b.to_string()).boxed(),
        FieldKind::Int => any::<i64>().prop_map(|i| i.to_string()).boxed(),
    }
}

fn comparison() -> impl Strategy<Value = Expr> {
    let fields: Vec<usize> = SPEC
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| field.filter)
        .map(|(i, _)| i)
        .collect();
    (
        proptest::sample::select(fields),
        any::<proptest::sample::Index>(),
    )
        .prop_flat_map(|(i, pick)| {
            let field = &SPEC.fields[i];
            let ops: Vec<Op> = SUFFIXES
                .iter()
                .map(|(_, op)| *op)
                .filter(|op| op.applies_to(field))
                .collect();
            let op = ops[pick.index(ops.len())];
            let (least, most) = match op {
                Op::Between => (2, 2),
                Op::Eq | Op::Ne | Op::Prefix | Op::Contains | Op::Has => (1, 4),
                Op::Gt | Op::Gte | Op::Lt | Op::Lte | Op::Null => (1, 1),
            };
            let kind = if op == Op::Null {
                FieldKind::Bool
            } else {
                field.kind
            };
            proptest::collection::vec(value_of(kind), least..=most).prop_map(move |values| {
                Expr::Compare(Compare::new(field, op, &values).expect("valid"))
            })
        })
}

fn expression() -> impl Strategy<Value = Expr> {
    comparison().prop_recursive(4, 30, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Expr::Or),
            inner.prop_map(|expr| Expr::Not(Box::new(expr))),
        ]
    })
}

proptest! {
    #[test]
    fn the_canonical_text_parses_back(expr in expression()) {
        let text = expr.canonical();
        if text.chars().count() <= 4000 && expr.size() <= 50 {
            let again = parse(&SPEC, &text).map_err(|e| TestCaseError::fail(format!("{text}: {e:?}")))?;
            prop_assert_eq!(again.canonical(), text);
            prop_assert_eq!(again, expr);
        }
    }

    #[test]
    fn reading_never_panics(text: String, name in "[a-z_.]{0,12}") {
        let _ = parse(&SPEC, &text);
        let _ = ask(&text);
        let _ = ask(&format!("{name}={text}"));
        let _ = ask(&format!("filter={text}&sort={text}&limit={text}&cursor={text}&count={text}&q={text}&expand={text}&fields={text}"));
    }

    #[test]
    fn nearly_right_filters_never_panic(text in r#"((status|total|customer\.name|sku|tags|created_at|NOT|AND|OR|[()"',:=<>!*.-]|open|2026-01-01|[0-9äß%_\\]{1,3}| )){0,24}"#) {
        let _ = parse(&SPEC, &text);
    }
}
