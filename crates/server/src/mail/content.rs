//! What a mail says, as blocks: the plain text and the HTML are made of the same, and every word of the HTML is escaped on the way.

use std::fmt::Write;

/// One piece of a mail.
#[derive(Debug, Clone)]
pub(super) enum Block {
    /// A paragraph.
    Text(String),
    /// A link on its own line; the address is one of ours.
    Link {
        /// What it does.
        label: &'static str,
        /// Where it leads.
        address: String,
    },
    /// A fact with its name.
    Fact(&'static str, String),
}

/// A mail without its envelope.
#[derive(Debug, Clone)]
pub(super) struct Content {
    pub(super) subject: String,
    blocks: Vec<Block>,
}

impl Content {
    /// A mail with this subject; line breaks and other control characters in it become spaces.
    pub(super) fn new(subject: impl AsRef<str>) -> Self {
        let clean = |c: char| if c.is_control() { ' ' } else { c };
        Self {
            subject: subject.as_ref().chars().map(clean).collect(),
            blocks: Vec::new(),
        }
    }

    #[must_use]
    pub(super) fn text(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Text(text.into()));
        self
    }

    #[must_use]
    pub(super) fn link(mut self, label: &'static str, address: String) -> Self {
        self.blocks.push(Block::Link { label, address });
        self
    }

    #[must_use]
    pub(super) fn fact(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.blocks.push(Block::Fact(name, value.into()));
        self
    }

    /// Plain text.
    pub(super) fn plain(&self) -> String {
        let mut out = String::new();
        for block in &self.blocks {
            let _ = match block {
                Block::Text(text) => writeln!(out, "{text}\n"),
                Block::Link { label, address } => writeln!(out, "{label}:\n{address}\n"),
                Block::Fact(name, value) => writeln!(out, "{name}: {value}\n"),
            };
        }
        out
    }

    /// HTML without images, scripts or anything loaded from elsewhere.
    pub(super) fn html(&self) -> String {
        let mut out = String::from(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"></head>\
             <body style=\"font-family:sans-serif;line-height:1.5;max-width:36em\">",
        );
        for block in &self.blocks {
            let _ = match block {
                Block::Text(text) => write!(out, "<p>{}</p>", escaped(text)),
                Block::Link { label, address } => write!(
                    out,
                    "<p><a href=\"{}\">{}</a></p>",
                    escaped(address),
                    escaped(label)
                ),
                Block::Fact(name, value) => write!(
                    out,
                    "<p><strong>{}:</strong> {}</p>",
                    escaped(name),
                    escaped(value)
                ),
            };
        }
        out.push_str("</body></html>");
        out
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_become_markup_or_headers() {
        let content = Content::new("Hello\r\nBcc: all@example.com")
            .text("<script>alert(1)</script> & 'co'")
            .link("Open", "https://som.example/x#t=a\"b".to_owned())
            .fact("Device", "\"><img src=x>");
        assert_eq!(content.subject, "Hello  Bcc: all@example.com");
        let html = content.html();
        assert!(
            !html.contains("<script") && !html.contains("<img"),
            "{html}"
        );
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#39;co&#39;"));
        assert!(html.contains("href=\"https://som.example/x#t=a&quot;b\""));
        assert!(
            content
                .plain()
                .contains("Open:\nhttps://som.example/x#t=a\"b\n")
        );
    }
}
