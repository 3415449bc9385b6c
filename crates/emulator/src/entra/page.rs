//! The pages that a person sees in a browser: who signs in, what is wrong, that one is signed out, and
//! the form that posts an answer back. Plain, and usable with a keyboard and a screen reader.

use super::directory::Person;
use crate::answer::Answer;

/// People on the page; others sign in by `login_hint`.
const PEOPLE_SHOWN_MAX: usize = 200;

/// Escapes text for HTML, attributes in double quotes included.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// Who signs in? A button for each person.
pub(super) fn people<'a>(
    action: &str,
    query: &str,
    people: impl Iterator<Item = (&'a String, &'a Person)>,
) -> Answer {
    let buttons = buttons(people);
    let body = format!(
        "<h1>Pick an account</h1><p>This is the emulator: nobody is asked for a password.</p>\
         <form method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"query\" value=\"{}\">\
         <ul>{buttons}</ul></form>",
        escape(action),
        escape(query)
    );
    page(200, "Sign in", &body)
}

fn buttons<'a>(people: impl Iterator<Item = (&'a String, &'a Person)>) -> String {
    let button = |(oid, person): (&String, &Person)| {
        format!(
            "<li><button name=\"oid\" value=\"{}\"><b>{}</b><br>{}</button></li>",
            escape(oid),
            escape(&person.name),
            escape(&person.upn)
        )
    };
    people.take(PEOPLE_SHOWN_MAX).map(button).collect()
}

/// Whether the application may have what it asks for, and who says so.
pub(super) fn consent<'a>(
    action: &str,
    query: &str,
    scope: Option<&str>,
    people: impl Iterator<Item = (&'a String, &'a Person)>,
) -> Answer {
    let wanted = scope.unwrap_or("every permission of its registration");
    let body = format!(
        "<h1>Permissions requested</h1><p>Tandem asks, for everybody in your organization: {}</p>\
         <form method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"query\" value=\"{}\">\
         <button>Cancel</button><h2>Accept as</h2><ul>{}</ul></form>",
        escape(wanted),
        escape(action),
        escape(query),
        buttons(people)
    );
    page(200, "Permissions requested", &body)
}

/// The code that a device shows.
pub(super) fn device_code() -> Answer {
    let body = "<h1>Enter the code</h1><form method=\"get\" action=\"/devicelogin\">\
        <label>The code that the device shows<br><input name=\"user_code\" required autofocus autocomplete=\"off\">\
        </label><button>Next</button></form>";
    page(200, "Enter the code", body)
}

/// Who signs in at the device?
pub(super) fn device_people<'a>(
    code: &str,
    people: impl Iterator<Item = (&'a String, &'a Person)>,
) -> Answer {
    let body = format!(
        "<h1>Are you trying to sign in at a device?</h1><form method=\"post\" action=\"/devicelogin\">\
         <input type=\"hidden\" name=\"user_code\" value=\"{}\"><button>Cancel</button><h2>Sign in as</h2>\
         <ul>{}</ul></form>",
        escape(code),
        buttons(people)
    );
    page(200, "Sign in", &body)
}

pub(super) fn device_done() -> Answer {
    page(
        200,
        "Done",
        "<h1>Done</h1><p>The device knows. Close this window.</p>",
    )
}

/// What Entra shows when it cannot send the browser back.
pub(super) fn trouble(status: u16, description: &str) -> Answer {
    let body = format!(
        "<h1>Sorry, but we're having trouble signing you in.</h1><p role=\"alert\">{}</p>",
        escape(description)
    );
    page(status, "Sign in", &body)
}

pub(super) fn signed_out() -> Answer {
    let body = "<h1>You signed out of your account</h1><p>Close this window.</p>";
    page(200, "Signed out", body)
}

/// Posts the answer back (OAuth 2.0 Form Post Response Mode), by itself or by a button.
pub(super) fn post_back(redirect_uri: &str, fields: &[(&str, String)]) -> Answer {
    let inputs: String = fields
        .iter()
        .map(|(name, value)| {
            format!(
                "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
                escape(name),
                escape(value)
            )
        })
        .collect();
    let body = format!(
        "<h1>Working...</h1><form method=\"post\" action=\"{}\">{inputs}<button>Continue</button></form>\
         <script>document.forms[0].submit()</script>",
        escape(redirect_uri)
    );
    page(200, "Working...", &body)
}

fn page(status: u16, title: &str, body: &str) -> Answer {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>:root{{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}}\
         main{{max-width:30rem;margin:3rem auto;padding:0 1rem}}ul{{list-style:none;padding:0}}\
         button{{font:inherit;text-align:start;width:100%;padding:.5rem;margin:.25rem 0}}</style>\
         <main>{body}</main></html>"
    );
    Answer::text(status, "text/html; charset=utf-8", html)
        .with_header("cache-control", "no-store".to_owned())
        .with_header(
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
             base-uri 'none'; frame-ancestors 'none'"
                .to_owned(),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_on_the_page_is_text_and_not_markup() {
        assert_eq!(
            escape("<a href=\"x\">&'"),
            "&lt;a href=&quot;x&quot;&gt;&amp;&#39;"
        );
    }
}
