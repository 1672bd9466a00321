//! Templates: a drawing with parameters, and what is joined to it for the value of a parameter.

/// A named text, as a template lists them.
type Named = (String, String);

/// A template, in pieces of its text.
#[derive(Debug, Clone)]
pub struct Template {
    /// Each parameter with the text of its default, a text parameter without its quotation marks.
    pub parameters: Vec<(String, String)>,
    /// The drawing, with parameters in it.
    pub drawing: String,
    /// For each parameter that chooses: its values, each with the drawing that is joined.
    pub variants: Vec<(String, Vec<(String, String)>)>,
}

impl Template {
    /// Reads what stands in the brackets of a template. `None` if it is none.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = uncommented(text);
        let mut template = Self { parameters: Vec::new(), drawing: String::new(), variants: Vec::new() };
        for (name, value) in fields(inside(&text)?)? {
            match name.as_str() {
                "parameters" => template.parameters = values(&value)?,
                "drawing" => template.drawing = value,
                "variants" => {
                    for (parameter, table) in fields(inside(&value)?)? {
                        template.variants.push((parameter, fields(inside(&table)?)?));
                    }
                }
                _ => return None,
            }
        }
        Some(template)
    }

    /// Whether a value, as RON, is what the parameter is anyway.
    #[must_use]
    pub fn is_default(&self, parameter: &str, value: &str) -> bool {
        self.parameters.iter().any(|(name, default)| name == parameter && *default == plain(value))
    }

    /// The drawing and every chosen variant, with the parameters' texts in them. `None` if a value chooses nothing.
    #[must_use]
    pub fn parts(&self, with: &[(&str, String)]) -> Option<Vec<String>> {
        let given: Vec<Named> = self
            .parameters
            .iter()
            .map(|(name, default)| {
                let stated = with.iter().find(|(n, _)| n == name).map(|(_, v)| plain(v));
                (name.clone(), stated.unwrap_or_else(|| default.clone()))
            })
            .collect();
        let mut parts = vec![filled(&self.drawing, &given)];
        for (parameter, table) in &self.variants {
            let (_, value) = given.iter().find(|(name, _)| name == parameter)?;
            let (_, text) = table.iter().find(|(name, _)| name == value)?;
            parts.push(filled(text, &given));
        }
        Some(parts)
    }

    /// The drawing with its variants, written out as one.
    #[must_use]
    pub fn joined(&self, with: &[(&str, String)]) -> Option<String> {
        joined(&self.parts(with)?)
    }
}

/// Several drawings as one: maps and lists are put together, field by field, in the order in which they appear.
fn joined(parts: &[String]) -> Option<String> {
    let mut whole: Vec<Named> = Vec::new();
    for part in parts {
        for (name, value) in fields(inside(part)?)? {
            let Some((_, before)) = whole.iter_mut().find(|(n, _)| *n == name) else {
                whole.push((name, value));
                continue;
            };
            let (open, close) = match value.chars().next()? {
                '{' => ('{', '}'),
                '[' => ('[', ']'),
                _ => return None,
            };
            let first = inside(before)?.trim().trim_end_matches(',');
            let second = inside(&value)?.trim().trim_end_matches(',');
            *before = [first, second].iter().filter(|t| !t.is_empty()).copied().collect::<Vec<_>>().join(",\n");
            *before = format!("{open}\n{before},\n{close}");
        }
    }
    let mut text = String::from("Municipality(\n");
    for (name, value) in whole {
        let lines: Vec<&str> = value.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
        text.push_str(&format!("  {name}: {},\n", lines.join("\n    ")));
    }
    text.push(')');
    Some(text)
}

/// The characters of a text with whether each stands inside quotation marks.
fn marked(text: &str) -> impl Iterator<Item = (usize, char, bool)> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.char_indices().map(move |(at, c)| {
        let was_quoted = is_quoted;
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ => {}
        }
        (at, c, was_quoted || is_quoted)
    })
}

/// A text without its comments. They would swallow what is put behind them on one line.
fn uncommented(text: &str) -> String {
    text.lines()
        .map(|line| {
            let mut before = ' ';
            let comment = marked(line).find(|(_, c, is_quoted)| {
                let is_it = !is_quoted && *c == '/' && before == '/';
                before = *c;
                is_it
            });
            comment.map_or(line, |(at, ..)| &line[..at - 1]).trim_end().to_owned() + "\n"
        })
        .filter(|line| line != "\n")
        .collect()
}

/// What stands between the first bracket and the last.
fn inside(text: &str) -> Option<&str> {
    let open = text.find(['(', '{', '['])?;
    let close = text.rfind([')', '}', ']'])?;
    text.get(open + 1..close)
}

/// The fields of a map or of a struct, in order; names without quotation marks.
fn fields(text: &str) -> Option<Vec<Named>> {
    let mut found = Vec::new();
    let (mut depth, mut start, mut colon) = (0_usize, 0, None);
    for (at, c, is_quoted) in marked(text).chain([(text.len(), ',', false)]) {
        match c {
            _ if is_quoted => {}
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth = depth.checked_sub(1)?,
            ':' if depth == 0 && colon.is_none() => colon = Some(at),
            ',' if depth == 0 => {
                if let Some(colon) = colon.take() {
                    let name = text[start..colon].trim().trim_matches('"').to_owned();
                    found.push((name, text[colon + 1..at].trim().to_owned()));
                } else if !text[start..at].trim().is_empty() {
                    return None;
                }
                start = at + 1;
            }
            _ => {}
        }
    }
    Some(found)
}

/// The fields of a map of plain values.
fn values(text: &str) -> Option<Vec<Named>> {
    Some(fields(inside(text)?)?.into_iter().map(|(name, value)| (name, plain(&value))).collect())
}

/// A value as it is put in: a text without its quotation marks, anything else as written.
fn plain(value: &str) -> String {
    let text = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
    text.unwrap_or(value).to_owned()
}

/// `$name` and `${name}` replaced by the text of the parameter; the longest name counts.
fn filled(text: &str, given: &[Named]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let inner = after.strip_prefix('{').unwrap_or(after);
        let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
        match given.iter().find(|(name, _)| *name == inner[..end]) {
            Some((_, value)) => {
                out.push_str(value);
                let behind = &inner[end..];
                rest = if inner.len() < after.len() { behind.strip_prefix('}').unwrap_or(behind) } else { behind };
            }
            None => {
                out.push('$');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}
