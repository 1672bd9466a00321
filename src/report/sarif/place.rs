//! Places as SARIF has them: relative addresses with percent signs, lines and columns from 1, and messages in which
//! nothing of a drawing acts as a placeholder or a link.

use serde_json::{Value, json};

use crate::report::{Place, clean};

/// Text for a message: braces doubled, as the format asks; what looks like an embedded link taken apart.
pub(super) fn message(text: &str) -> String {
    clean(text).replace('{', "{{").replace('}', "}}").replace("](", "] (")
}

/// A file name as an address: relative names stay relative, absolute ones become `file:` addresses.
pub(super) fn uri(file: &str) -> String {
    let windows = file.get(1..3).is_some_and(|s| s == ":\\" || s == ":/");
    let file = if windows || file.starts_with("\\\\") { file.replace('\\', "/") } else { file.to_owned() };
    let file = file.strip_prefix("./").unwrap_or(&file);
    let mut out = match (windows, file.starts_with('/')) {
        (true, _) => String::from("file:///"),
        (_, true) => String::from("file://"),
        _ => String::new(),
    };
    for byte in file.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(byte.into()),
            // A colon in the first part of a relative address would be read as a scheme.
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// A place in a file.
pub(super) fn physical(place: &Place) -> Value {
    json!({
        "artifactLocation": artifact(&place.file),
        "region": { "startLine": place.line, "startColumn": place.column },
    })
}

fn artifact(file: &str) -> Value {
    let uri = uri(file);
    if uri.starts_with("file:") { json!({ "uri": uri }) } else { json!({ "uri": uri, "uriBaseId": "%SRCROOT%" }) }
}

/// A location: the place, or the drawing as a whole.
pub(super) fn location(place: Option<&Place>, file: &str) -> Value {
    match place {
        Some(place) => json!({ "physicalLocation": physical(place) }),
        None => json!({ "physicalLocation": { "artifactLocation": artifact(file), "region": { "startLine": 1 } } }),
    }
}

/// A location with a remark.
pub(super) fn remark(text: &str, place: Option<&Place>) -> Value {
    let mut value = json!({ "message": { "text": message(text) } });
    if let Some(place) = place {
        value["physicalLocation"] = physical(place);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::{message, uri};

    #[test]
    fn a_relative_name_stays_relative_and_is_encoded() {
        assert_eq!(uri("models/a b.ron"), "models/a%20b.ron");
        assert_eq!(uri("./市.ron"), "%E5%B8%82.ron");
        assert_eq!(uri("javascript:x.ron"), "javascript%3Ax.ron");
        assert_eq!(uri("a\\b%.ron"), "a%5Cb%25.ron");
    }

    #[test]
    fn an_absolute_name_is_a_file_address() {
        assert_eq!(uri("/srv/a.ron"), "file:///srv/a.ron");
        assert_eq!(uri("C:\\srv\\a.ron"), "file:///C%3A/srv/a.ron");
    }

    #[test]
    fn a_name_is_neither_placeholder_nor_link() {
        assert_eq!(message("{0} [x](1)\n"), "{{0}} [x] (1) ");
    }
}
