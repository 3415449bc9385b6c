//! A page without scripts, in the look of the UI: what must be said when the UI itself is not there yet,
//! such as why somebody was not let in.

use super::page::fresh_nonce;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// What a page says. All of it is text; markup in it is shown, not obeyed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// What happened, in a few words.
    pub title: String,
    /// What it means.
    pub text: String,
    /// What to do about it, step by step.
    pub steps: Vec<String>,
    /// What to tell whoever helps: names and values.
    pub details: Vec<(&'static str, String)>,
    /// Where to go: words and addresses of ours.
    pub links: Vec<(&'static str, String)>,
}

const STYLE: &str = "\
:root{color-scheme:light dark;font:16px/1.5 'Segoe UI',system-ui,sans-serif;\
--page:#f5f5f5;--card:#fff;--text:#242424;--soft:#424242;--line:#e0e0e0;--link:#4f52b2}\
@media (prefers-color-scheme:dark){:root{--page:#141414;--card:#292929;--text:#fff;--soft:#d6d6d6;\
--line:#3d3d3d;--link:#a8aaf0}}\
body{margin:0;background:var(--page);color:var(--text);min-height:100vh;display:grid;place-items:center}\
main{box-sizing:border-box;width:min(36rem,100%);padding:2.25rem 2.5rem;border-radius:12px;\
background:var(--card);border:1px solid var(--line)}\
p.brand{margin:0 0 1rem;font-weight:600}h1{margin:0 0 .5rem;font-size:1.5rem;line-height:2rem}\
li{margin:.5rem 0}dl{color:var(--soft);font-size:.875rem;overflow-wrap:anywhere}dt{font-weight:600}\
dd{margin:0 0 .5rem}a{color:var(--link)}nav a{display:inline-block;margin:.5rem 1.5rem .5rem 0;font-weight:600}\
@media (forced-colors:active){main{border:1px solid CanvasText}}";

/// The page.
#[must_use]
pub fn notice(status: StatusCode, notice: &Notice) -> Response {
    let Some(nonce) = fresh_nonce() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = Response::new(Body::from(html(notice, &nonce)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, html);
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn html(notice: &Notice, nonce: &str) -> String {
    let title = escape(&notice.title);
    let mut body = format!(
        "<p class=\"brand\">Tandem</p><h1>{title}</h1><p>{}</p>",
        escape(&notice.text)
    );
    if !notice.steps.is_empty() {
        body.push_str("<h2>What to do</h2><ol>");
        for step in &notice.steps {
            body.push_str(&format!("<li>{}</li>", escape(step)));
        }
        body.push_str("</ol>");
    }
    if !notice.details.is_empty() {
        body.push_str("<h2>For whoever helps you</h2><dl>");
        for (name, value) in &notice.details {
            body.push_str(&format!("<dt>{name}</dt><dd>{}</dd>", escape(value)));
        }
        body.push_str("</dl>");
    }
    body.push_str("<nav aria-label=\"Go on\">");
    for (words, address) in &notice.links {
        body.push_str(&format!("<a href=\"{}\">{words}</a>", escape(address)));
    }
    body.push_str("</nav>");
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} - Tandem</title>\
         <style nonce=\"{nonce}\">{STYLE}</style><main>{body}</main></html>"
    )
}

fn escape(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_text_on_the_page() {
        let said = Notice {
            title: "No".to_owned(),
            text: "<script>x</script>".to_owned(),
            steps: vec!["a & b".to_owned()],
            details: vec![("Code", "\"quoted\"".to_owned())],
            links: vec![("Try again", "/a?b=\"c\"".to_owned())],
        };
        let html = html(&said, "n");
        assert!(!html.contains("<script>") && html.contains("&lt;script&gt;"));
        assert!(html.contains("<li>a &amp; b</li>"));
        assert!(html.contains("href=\"/a?b=&quot;c&quot;\""));
    }

    #[test]
    fn page_allows_no_script_and_no_frame() {
        let response = notice(StatusCode::FORBIDDEN, &Notice::default());
        assert_eq!(response.status(), 403);
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str();
        let policy = policy.unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    }
}
