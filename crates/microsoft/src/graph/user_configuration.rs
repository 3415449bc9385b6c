//! How Teams is set up for people: the numbers of their lines, which Graph tells nowhere else (microsoft-graph.md 3.3).

use crate::request::{Method, Request};
use crate::wire::null_is_default;
use serde::Deserialize;

/// What is asked of everybody.
const LIST: &str = "/v1.0/admin/teams/userConfigurations?$select=id,telephoneNumbers";

/// `GET /admin/teams/userConfigurations` with `$filter` and `$top`: the first page of those who have a phone in Teams, as
/// nobody else has a line. How large a page may be is not published; 999 is what Graph's other lists of people take, and
/// what comes may be shorter. TeamsUserConfiguration.Read.All.
#[must_use]
pub fn list_with_phone() -> Request {
    let path = format!("{LIST}&$filter=isEnterpriseVoiceEnabled%20eq%20true&$top=999");
    Request::without_body(Method::Get, path)
}

/// The same of everybody who has Teams, in pages as large as the service makes them: where it does not take the other one.
#[must_use]
pub fn list() -> Request {
    Request::without_body(Method::Get, LIST.to_owned())
}

/// What is set up for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserConfiguration {
    /// The object id of the user.
    pub id: String,
    #[serde(default, deserialize_with = "null_is_default")]
    pub telephone_numbers: Vec<AssignedNumber>,
}

/// A number that somebody was given.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssignedNumber {
    #[serde(default, deserialize_with = "null_is_default")]
    pub telephone_number: String,
    /// primary, private, alternate; words that are new are possible.
    #[serde(default, deserialize_with = "null_is_default")]
    pub assignment_category: String,
}

impl AssignedNumber {
    /// Whether it is for everybody: a private line is given to whom its owner likes.
    #[must_use]
    pub fn is_public(&self) -> bool {
        !self.assignment_category.eq_ignore_ascii_case("private")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Page;

    // B-079
    #[test]
    fn page_tells_the_lines_of_people_and_which_of_them_are_private() {
        let body = r#"{"value":[
            {"id":"1","telephoneNumbers":[
                {"telephoneNumber":"+12065550100","assignmentCategory":"primary"},
                {"telephoneNumber":"12065550101","assignmentCategory":"private"},
                {"telephoneNumber":null,"assignmentCategory":null}]},
            {"id":"2","telephoneNumbers":null},{"id":"3"}],
            "@odata.nextLink":"https://graph.microsoft.com/v1.0/admin/teams/userConfigurations?$skiptoken=x"}"#;
        let page: Page<UserConfiguration> = serde_json::from_str(body).unwrap();
        let [ann, ben, cid] = page.value.as_slice() else {
            panic!("three people")
        };
        let public: Vec<bool> = { ann.telephone_numbers.iter() }
            .map(AssignedNumber::is_public)
            .collect();
        assert_eq!(public, [true, false, true]);
        assert!(ben.telephone_numbers.is_empty() && cid.telephone_numbers.is_empty());
        assert!(page.next_link.is_some());
    }
}
