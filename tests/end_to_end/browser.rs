//! A browser that signs somebody in with Microsoft, step by step, so that a test can change any of them.

use crate::cloud::Cloud;
use crate::stage::CENTER;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{RequestBuilder, Response};
use serde_json::json;
use std::collections::BTreeMap;

pub(crate) struct Browser {
    http: reqwest::Client,
    server: String,
    /// Cookies of the contact center.
    pub(crate) cookies: BTreeMap<String, String>,
}

/// What Microsoft has the browser post to the contact center.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) fields: BTreeMap<String, String>,
}

/// What a browser shows, or where it was sent.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) status: u16,
    pub(crate) to: Option<String>,
    pub(crate) page: String,
}

impl Browser {
    pub(crate) fn new(cloud: &Cloud, server: &str) -> Self {
        let pem = std::fs::read(cloud.ca()).unwrap();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .add_root_certificate(reqwest::Certificate::from_pem(&pem).unwrap());
        Self {
            http: http.build().unwrap(),
            server: server.to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    /// The whole way in; ends where the contact center sends it or on the page that it shows.
    pub(crate) async fn signs_in(&mut self, cloud: &Cloud, oid: &str) -> Shown {
        let address = self.begins("?return_to=/contoso/desk").await;
        let form = self.picks(cloud, &address, oid).await;
        self.posts(&form).await
    }

    /// Comes to the contact center; answers where it is sent.
    pub(crate) async fn begins(&mut self, query: &str) -> String {
        let url = format!("{}/sign-in/{CENTER}/microsoft{query}", self.server);
        let shown = self.sees(self.http.get(url)).await;
        assert_eq!(shown.status, 303, "{}", shown.page);
        shown.to.unwrap()
    }

    /// Is somebody at Microsoft; answers what it is given to post.
    pub(crate) async fn picks(&self, cloud: &Cloud, address: &str, oid: &str) -> Form {
        cloud
            .entra("POST", "/sign-ins", json!({ "oid": oid }))
            .await;
        let answer = self.http.get(address).send().await.unwrap();
        form(&answer.text().await.unwrap())
    }

    /// Presses the button of somebody on Microsoft's own page.
    pub(crate) async fn presses(&mut self, address: &str, oid: &str) -> Shown {
        let shown = self.goes(address).await;
        let mut form = form(&shown.page);
        form.fields.insert("oid".to_owned(), oid.to_owned());
        let host = address.split('/').take(3).collect::<Vec<_>>().join("/");
        let request = self.http.post(format!("{host}{}", form.action));
        self.sees(request.form(&form.fields)).await
    }

    /// Posts Microsoft's answer to the contact center.
    pub(crate) async fn posts(&mut self, form: &Form) -> Shown {
        assert!(form.action.starts_with(&self.server), "{}", form.action);
        let request = self.http.post(&form.action).form(&form.fields);
        self.sees(request).await
    }

    /// The token of its session.
    pub(crate) fn session(&self) -> Option<String> {
        self.cookies.get("tandem").cloned()
    }

    pub(crate) async fn goes(&mut self, url: &str) -> Shown {
        let request = self.http.get(url);
        self.sees(request).await
    }

    async fn sees(&mut self, request: RequestBuilder) -> Shown {
        let cookies = self.cookies.iter();
        let cookies: Vec<String> = cookies.map(|(name, it)| format!("{name}={it}")).collect();
        let answer = request.header(COOKIE, cookies.join("; ")).send().await;
        let answer = answer.unwrap();
        self.keep(&answer);
        let to = answer.headers().get(LOCATION);
        Shown {
            status: answer.status().as_u16(),
            to: to.map(|it| it.to_str().unwrap().to_owned()),
            page: answer.text().await.unwrap(),
        }
    }

    fn keep(&mut self, answer: &Response) {
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// The form of a page, with what is hidden in it.
fn form(page: &str) -> Form {
    let (_, action) = page.split_once("action=\"").expect(page);
    let inputs = page.split("<input type=\"hidden\" name=\"").skip(1);
    let field = |input: &str| {
        let (name, rest) = input.split_once("\" value=\"").unwrap();
        let (value, _) = rest.split_once('"').unwrap();
        (name.to_owned(), plain(value))
    };
    Form {
        action: plain(action.split('"').next().unwrap()),
        fields: inputs.map(field).collect(),
    }
}

fn plain(html: &str) -> String {
    let html = html.replace("&lt;", "<").replace("&gt;", ">");
    let html = html.replace("&quot;", "\"").replace("&#39;", "'");
    html.replace("&amp;", "&")
}
