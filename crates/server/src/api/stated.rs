//! A reason that somebody has to state: it is kept, and somebody reads it.

use crate::problem::Problem;

/// Its characters.
const CHARS_MAX: usize = 200;

/// What was stated, without what is around it.
///
/// # Errors
/// 422 about the field when there is nothing, or too much.
pub(super) fn stated<'a>(field: &str, text: &'a str) -> Result<&'a str, Problem> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > CHARS_MAX {
        let detail = format!("write 1 to {CHARS_MAX} characters");
        return Err(Problem::invalid(field, detail));
    }
    Ok(text)
}
