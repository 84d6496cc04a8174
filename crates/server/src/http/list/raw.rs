//! The query string as pairs: strict UTF-8, bounded, without NUL.

use crate::http::Problem;

/// Most parameters of a request.
const PARAMETERS_MAX: usize = 100;

/// Decodes a query string. Errors: 400 `invalid_encoding`, `too_many_parameters`.
pub(super) fn pairs(raw: &str) -> Result<Vec<(String, String)>, Problem> {
    let parts: Vec<&str> = raw.split('&').filter(|part| !part.is_empty()).collect();
    if parts.len() > PARAMETERS_MAX {
        return Err(Problem::bad_request(
            "too_many_parameters",
            format!("A request has at most {PARAMETERS_MAX} query parameters."),
        ));
    }
    parts.into_iter().map(pair).collect()
}

fn pair(part: &str) -> Result<(String, String), Problem> {
    let (name, value) = part.split_once('=').unwrap_or((part, ""));
    let name = decode(name).ok_or_else(|| {
        Problem::bad_request(
            "invalid_encoding",
            "A parameter's name is not percent-encoded UTF-8.",
        )
    })?;
    match decode(value) {
        Some(value) => Ok((name, value)),
        None => Err(Problem::bad_parameter(
            &name,
            "invalid_encoding",
            format!("The value of `{name}` is not percent-encoded UTF-8."),
        )),
    }
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
            other => other,
        });
    }
    String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// Encodes pairs as a query string.
pub(super) fn encode<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_strictly() {
        let read = |raw| pairs(raw).map_err(|problem| problem.code);
        assert_eq!(
            read("a=1&&b=x%20y+z&c"),
            Ok(vec![
                ("a".into(), "1".into()),
                ("b".into(), "x y z".into()),
                ("c".into(), String::new())
            ])
        );
        for raw in [
            "a=%",
            "a=%4",
            "a=%zz",
            "a=%ff",
            "a=%ED%A0%80",
            "a=%00",
            "%00=a",
        ] {
            assert_eq!(read(raw), Err("invalid_encoding".into()), "{raw}");
        }
        assert_eq!(read(&"a&".repeat(101)), Err("too_many_parameters".into()));
    }
}
