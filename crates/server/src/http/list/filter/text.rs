//! The canonical text of a filter: what cursors are bound to, what saved views store; it parses back to the same tree.

use super::{Compare, Expr, Op};

impl Expr {
    /// The text of this condition in the grammar of `filter=`.
    pub fn canonical(&self) -> String {
        match self {
            Self::And(parts) => join(parts, " AND "),
            Self::Or(parts) => join(parts, " OR "),
            Self::Not(inner) => format!("NOT {}", inner.nested()),
            Self::Compare(compare) => compare.canonical(),
        }
    }

    fn nested(&self) -> String {
        match self {
            Self::And(_) | Self::Or(_) => format!("({})", self.canonical()),
            Self::Not(_) | Self::Compare(_) => self.canonical(),
        }
    }
}

fn join(parts: &[Expr], with: &str) -> String {
    parts
        .iter()
        .map(Expr::nested)
        .collect::<Vec<_>>()
        .join(with)
}

impl Compare {
    fn canonical(&self) -> String {
        let name = self.field.name;
        let values: Vec<String> = self
            .values
            .iter()
            .map(|value| quote(&value.canonical()))
            .collect();
        let value = match values.as_slice() {
            [one] => one.clone(),
            many => format!("({})", many.join(", ")),
        };
        match (self.op, self.values.len()) {
            (Op::Eq, 1) => format!("{name} = {value}"),
            (Op::Eq, _) => format!("{name}.in = {value}"),
            (Op::Ne, 1) => format!("{name} != {value}"),
            (Op::Ne, _) => format!("{name}.nin = {value}"),
            (Op::Gt, _) => format!("{name} > {value}"),
            (Op::Gte, _) => format!("{name} >= {value}"),
            (Op::Lt, _) => format!("{name} < {value}"),
            (Op::Lte, _) => format!("{name} <= {value}"),
            (Op::Prefix, _) => format!("{name}.prefix = {value}"),
            (Op::Contains, _) => format!("{name}.contains = {value}"),
            (Op::Has, _) => format!("{name}.has = {value}"),
            (Op::Null, _) => format!("{name}.null = {value}"),
            (Op::Between, _) => format!("{name}.between = {value}"),
        }
    }
}

fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

impl std::fmt::Display for Expr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.canonical())
    }
}
