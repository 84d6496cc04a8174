//! A QR code as an outline that a page draws by itself: no picture to load, no markup to trust.

use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;

/// A drawn code.
#[derive(Debug)]
pub struct Drawn {
    /// Modules along one side; the quiet zone of four around it is the page's.
    pub size: i32,
    /// The dark modules as the `d` of an SVG path, one unit a module.
    pub path: String,
}

/// Draws a text.
///
/// # Errors
/// When it is longer than a code can hold.
pub fn draw(text: &str) -> anyhow::Result<Drawn> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium)?;
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let length = (x..size).take_while(|x| code.get_module(*x, y)).count();
            let length = i32::try_from(length)?;
            if length > 0 {
                // a run of dark modules is one rectangle
                write!(path, "M{x} {y}h{length}v1h-{length}z")?;
            }
            x += length.max(1);
        }
    }
    Ok(Drawn { size, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modules that a path covers.
    fn dark(drawn: &Drawn) -> Vec<(i32, i32)> {
        let runs = drawn.path.split('M').skip(1).map(|run| {
            let (at, rest) = run.split_once('h').unwrap();
            let (x, y) = at.split_once(' ').unwrap();
            let length: i32 = rest.split('v').next().unwrap().parse().unwrap();
            let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
            (x..x + length).map(move |x| (x, y)).collect::<Vec<_>>()
        });
        runs.flatten().collect()
    }

    #[test]
    fn the_outline_covers_the_dark_modules_and_no_others() {
        let text = "otpauth://totp/Sales%20Order%20Manager:ada%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
        let drawn = draw(text).unwrap();
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap();
        let covered = dark(&drawn);
        for y in 0..drawn.size {
            for x in 0..drawn.size {
                assert_eq!(covered.contains(&(x, y)), code.get_module(x, y), "{x} {y}");
            }
        }
        let finder = (0..7).all(|x| covered.contains(&(x, 0)));
        assert!(finder && !covered.contains(&(7, 0)));
        assert!(draw(&"x".repeat(5000)).is_err());
    }
}
