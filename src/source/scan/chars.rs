//! Which characters RON knows, and which only look like them.

/// Blanks of RON. Other blanks of Unicode are errors there, so they are [`lookalike`]s here.
pub(super) fn is_blank(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\r' | '\n' | '\x0B' | '\x0C' | '\u{85}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}'
    )
}

/// The ASCII character that somebody who typed `c` outside a string probably meant.
///
/// None of these can begin a token of RON.
pub(super) fn lookalike(c: char) -> Option<char> {
    match c {
        '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200b}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{2060}'
        | '\u{3000}'
        | '\u{feff}' => Some(' '),
        '“' | '”' | '„' | '‟' | '〝' | '〞' | '〟' | '‘' | '’' | '「' | '」' | '『' | '』' | '＇' => {
            Some('"')
        }
        '、' => Some(','),
        '。' => Some('.'),
        '〔' | '【' => Some('['),
        '〕' | '】' => Some(']'),
        '\u{2212}' => Some('-'),
        // Full-width letters are letters for RON; all other full-width ASCII is not.
        '\u{ff01}'..='\u{ff5e}' if !c.is_alphabetic() => char::from_u32(u32::from(c) - 0xfee0),
        _ => None,
    }
}

pub(super) fn is_word_start(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '+' | '-')
    } else {
        is_word_part(c) && lookalike(c).is_none()
    }
}

/// Wider than RON's identifiers, so that an odd character does not split a word.
pub(super) fn is_word_part(c: char) -> bool {
    if c.is_ascii() {
        return is_word_start(c);
    }
    if is_blank(c) || c.is_control() {
        return false;
    }
    c.is_alphanumeric() || c == '＿' || lookalike(c).is_none()
}

pub(super) fn closing(bracket: char) -> char {
    match bracket {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}
