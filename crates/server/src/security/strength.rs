//! What a new password must be: long, not guessable, no rules about characters.

use crate::http::FieldProblem;

/// Fewest characters of a password that is the only factor (NIST SP 800-63B-4).
pub const LENGTH_MIN: usize = 15;
/// Most characters, here and at sign-in.
pub const LENGTH_MAX: usize = 256;
/// Characters that must remain when the words of the context are taken away.
const OWN_MIN: usize = 8;
/// zxcvbn judges at most this much; what comes after only makes a password better.
const JUDGED: usize = 72;

/// Checks a new password; `context` are words an attacker would try first (name, e-mail, company).
pub fn check(password: &str, context: &[&str], pointer: &str) -> Result<(), FieldProblem> {
    let length = password.chars().count();
    if length < LENGTH_MIN {
        return Err(FieldProblem::at(
            pointer,
            "password_too_short",
            format!("The password needs at least {LENGTH_MIN} characters."),
        )
        .with_param("min_length", LENGTH_MIN));
    }
    if length > LENGTH_MAX {
        return Err(FieldProblem::at(
            pointer,
            "password_too_long",
            format!("The password is longer than {LENGTH_MAX} characters."),
        )
        .with_param("max_length", LENGTH_MAX));
    }
    let words = words(context);
    let mut inputs: Vec<&str> = words.iter().map(String::as_str).collect();
    inputs.extend(["sales", "order", "orders", "manager", "som"]);
    let own = without(&password.to_lowercase(), &words);
    let judged: String = password.chars().take(JUDGED).collect();
    if own.chars().count() >= OWN_MIN
        && zxcvbn::zxcvbn(&judged, &inputs).score() >= zxcvbn::Score::Three
    {
        return Ok(());
    }
    Err(FieldProblem::at(
        pointer,
        "password_too_weak",
        "The password is easy to guess. Use several unrelated words or a password manager.",
    ))
}

/// What is left of a password without the words everybody knows, longest first.
fn without(password: &str, words: &[String]) -> String {
    let mut words: Vec<&String> = words.iter().filter(|w| !w.is_empty()).collect();
    words.sort_by_key(|w| std::cmp::Reverse(w.len()));
    words.iter().fold(password.to_owned(), |left, word| {
        left.replace(word.as_str(), "")
    })
}

fn words(context: &[&str]) -> Vec<String> {
    let split = |text: &&str| {
        text.split(|c: char| !c.is_alphanumeric())
            .map(str::to_lowercase)
            .collect::<Vec<_>>()
    };
    let mut words: Vec<String> = context
        .iter()
        .flat_map(split)
        .filter(|w| w.chars().count() > 2)
        .collect();
    words.extend(context.iter().map(|text| text.to_lowercase()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(password: &str) -> String {
        check(
            password,
            &["Ada Byron", "ada@analytical.example", "Analytical Engines"],
            "/password",
        )
        .err()
        .map_or("ok".to_owned(), |p| p.code)
    }

    #[test]
    fn length_and_guessability() {
        assert_eq!(verdict("copper lantern seventh tide"), "ok");
        assert_eq!(verdict("short"), "password_too_short");
        assert_eq!(verdict(&"x".repeat(257)), "password_too_long");
        for weak in [
            "password1234567",
            "aaaaaaaaaaaaaaaa",
            "123456789012345",
            "adabyronadabyron",
            "analyticalengines",
            "qwertyuiop12345",
            "byronadabyronada1",
        ] {
            assert_eq!(verdict(weak), "password_too_weak", "{weak}");
        }
    }
}
