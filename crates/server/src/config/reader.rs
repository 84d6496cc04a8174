//! Reads typed values for the sections and collects every fault instead of stopping at the first.
use super::Fault;
use super::source::Values;
use super::value::FromText;
use std::time::Duration;

/// Hands typed values to the sections.
pub(super) struct Reader<'a> {
    pub(super) values: &'a Values,
    pub(super) faults: Vec<Fault>,
}

impl Reader<'_> {
    /// The value of a key that has a default; `None` means a fault was noted.
    pub(super) fn get<T: FromText>(&mut self, name: &str) -> Option<T> {
        let Some((text, _)) = self.values.get(name) else {
            self.faults.push(Fault::of(name, "must be set".into()));
            return None;
        };
        T::from_text(text)
            .map_err(|message| self.faults.push(Fault::of(name, message)))
            .ok()
    }

    /// The value of an optional key; empty counts as unset.
    pub(super) fn optional<T: FromText>(&mut self, name: &str) -> Option<T> {
        let set = self
            .values
            .get(name)
            .is_some_and(|(text, _)| !text.is_empty());
        if set { self.get(name) } else { None }
    }

    /// A duration between two bounds.
    pub(super) fn duration(
        &mut self,
        name: &str,
        least: Duration,
        most: Duration,
    ) -> Option<Duration> {
        let value: Duration = self.get(name)?;
        if value < least || value > most {
            self.faults.push(Fault::of(
                name,
                format!("must lie between {least:?} and {most:?}"),
            ));
            return None;
        }
        Some(value)
    }

    /// A whole number between two bounds.
    pub(super) fn number(&mut self, name: &str, least: u32, most: u32) -> Option<u32> {
        let value: u32 = self.get(name)?;
        if value < least || value > most {
            self.faults.push(Fault::of(
                name,
                format!("must lie between {least} and {most}"),
            ));
            return None;
        }
        Some(value)
    }
}
