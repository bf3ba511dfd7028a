//! People and dates as other tools write them.

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use regex::Regex;

use super::front::plain_value;
use crate::{
    settings::Settings,
    text::{Time, is_id, slugify, usual_date},
    ticket::YamlValue,
};

/// Returns the people of a value, each as it is written: the items of a list, or the parts of a text such as
/// `Mei Lin (@mei), Omar Diaz (@omar)`.
pub(super) fn people_of(value: &YamlValue) -> Vec<String> {
    static BETWEEN: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\s*(?:[,;\n]|\s&\s|\sand\s)\s*").ok());
    let split = |text: &str| -> Vec<String> {
        match &*BETWEEN {
            Some(between) => between.split(text).map(str::to_owned).collect(),
            None => vec![text.to_owned()],
        }
    };
    let people = match value {
        YamlValue::List(items) => items.iter().flat_map(people_of).collect(),
        YamlValue::Map(entries) => {
            let name = ["login", "github", "email", "name"];
            let named = name.iter().find_map(|name| entries.iter().find(|(key, _)| key == name));
            named.map(|(_, value)| people_of(value)).unwrap_or_default()
        }
        value => value.as_text().map(|text| split(&text)).unwrap_or_default(),
    };
    people.into_iter().filter(|person| !person.trim().is_empty()).collect()
}

static LOGIN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:^|[\s(\[<])@([A-Za-z0-9][A-Za-z0-9_.-]*)").ok());

/// Returns whether a person is written with a login: `Mei Lin (@mei)`.
pub(super) fn has_login(text: &str) -> bool {
    LOGIN.as_ref().is_some_and(|login| login.is_match(&plain_value(text)))
}

/// Returns the name of a person in lower case, without login and address.
pub(super) fn person_name(text: &str) -> String {
    name_in(&plain_value(text)).to_lowercase()
}

fn name_in(text: &str) -> &str {
    text.split(['(', '<', '[']).next().unwrap_or_default().trim().trim_start_matches('@')
}

/// Returns the id of a person who is written as `Mei Lin (@mei)`, `@mei`, `Mei Lin <mei@acme.example>` or `Mei Lin`.
pub(super) fn person_id(text: &str, settings: &Settings) -> String {
    static EMAIL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[^\s<>(),:]+@[^\s<>(),]+").ok());
    let text = plain_value(text);
    // The address of a profile ends with the login.
    let text = match text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) {
        Some(address) if !address.contains(char::is_whitespace) => {
            format!("@{}", address.trim_end_matches('/').rsplit('/').next().unwrap_or_default())
        }
        _ => text,
    };
    let name = name_in(&text);
    let is_named = |known: &str| !name.is_empty() && known.eq_ignore_ascii_case(name);
    let login = LOGIN.as_ref().and_then(|login| login.captures(&text)).map(|found| found[1].to_owned());
    let is_login = |known: &String| login.as_ref().is_some_and(|login| known.eq_ignore_ascii_case(login));
    let known = settings.people.iter().find(|person| person.logins.iter().any(is_login));
    let known = known
        .or_else(|| settings.people.iter().find(|person| is_named(&person.name) || is_named(&person.id)));
    if let Some(person) = known {
        return person.id.clone();
    }
    let id = match (login, EMAIL.as_ref().and_then(|email| email.find(&text))) {
        (Some(login), _) => slugify(&login),
        (None, Some(email)) => settings.author_id(name, email.as_str()),
        (None, None) => slugify(name),
    };
    let id: String = id.chars().take(80).collect();
    let id = id.trim_matches('-');
    // A name without Latin letters stays as it is.
    if is_id(id) { id.to_owned() } else { text.chars().take(80).collect() }
}

/// Returns a date or time in a form that Casebook reads: `2014-03-11` for `March 11, 2014`.
pub(super) fn date_of(text: &str, zone: &TimeZone) -> Option<String> {
    static ISO: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\b(?:19|20)\d\d-[01]\d-[0-3]\d\b").ok());
    let text = plain_value(text);
    usual_date(&text, zone).or_else(|| {
        // A remark around a date, such as `(fill me in, 2014-03-11)`.
        let found = ISO.as_ref()?.find(&text).filter(|_| text.chars().count() <= 80)?.as_str();
        Time::parse_in(found, zone).map(|_| found.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::parse_settings;

    #[test]
    fn a_person_is_the_login_the_known_person_or_the_name() {
        let (settings, _) = parse_settings(
            "people:\n  mei: { name: Mei Lin, emails: [mei@acme.example], logins: [meilin] }\n",
        );
        for (text, id) in [
            ("Ada Example (@AdaX)", "adax"),
            ("@meilin", "mei"),
            ("Mei Lin", "mei"),
            ("M. Lin <mei@acme.example>", "mei"),
            ("Omar Diaz <omar.diaz@acme.example>", "omar-diaz"),
            ("omar@acme.example", "omar"),
            ("[@omar](https://forge.example/omar)", "omar"),
            ("https://forge.example/meilin", "mei"),
            ("https://forge.example/orgs/acme/teams/team-x/", "team-x"),
            ("Ola Nordmann", "ola-nordmann"),
            ("李雷", "李雷"),
        ] {
            assert_eq!(person_id(text, &settings), id, "{text}");
        }
        let text = YamlValue::Text("Ada (@ada), Omar Diaz (@omar) and Mei".into());
        assert_eq!(people_of(&text), ["Ada (@ada)", "Omar Diaz (@omar)", "Mei"]);
        let list = YamlValue::List(vec![YamlValue::Text("@ada".into()), YamlValue::Null]);
        assert_eq!(people_of(&list), ["@ada"]);
    }

    #[test]
    fn a_date_may_have_marks_and_a_remark() {
        for (text, date) in [
            ("**April 13th, 2019**", "2019-04-13"),
            ("`2019-04-13`", "2019-04-13"),
            ("(fill me in with today's date, 2014-03-11)", "2014-03-11"),
        ] {
            assert_eq!(date_of(text, &TimeZone::UTC).as_deref(), Some(date), "{text}");
        }
        assert_eq!(date_of("v2019", &TimeZone::UTC), None);
    }
}
