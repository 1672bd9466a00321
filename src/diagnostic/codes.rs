//! The one table of all codes, with the page that `sekisho explain CODE` prints.
//!
//! Not here: when a code is raised. That is said where the mistake is found.

/// A stable diagnostic code.
///
/// `S0xxx` the text of the file, `S1xxx` its shape, `S2xxx` names and meaning,
/// `S3xxx` limits and files, `S4xxx` checks, `W5xxx` warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static str);

impl Code {
    /// The code as printed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// The entry of the table.
    #[must_use]
    pub fn info(self) -> &'static CodeInfo {
        CODES.iter().find(|c| c.code == self).unwrap_or(&CODES[0])
    }
}

/// One page of the table.
#[derive(Debug)]
pub struct CodeInfo {
    /// The code.
    pub code: Code,
    /// Its name in one line, Japanese.
    pub title_ja: &'static str,
    /// Its name in one line, English.
    pub title_en: &'static str,
    /// What it means, why it is an error, a wrong and a right example. Japanese.
    pub page_ja: &'static str,
    /// The same in English.
    pub page_en: &'static str,
}

macro_rules! codes {
    ($( $(#[$doc:meta])* $name:ident = $code:literal: $ja:literal, $en:literal, $page_ja:literal, $page_en:literal; )*) => {
        impl Code {
            $( $(#[$doc])* #[doc = $en] pub const $name: Code = Code($code); )*
        }
        /// Every code, in order.
        pub static CODES: &[CodeInfo] = &[
            $( CodeInfo { code: Code::$name, title_ja: $ja, title_en: $en, page_ja: $page_ja, page_en: $page_en }, )*
        ];
    };
}

codes! {
    SYNTAX = "S0001": "RON として読めない", "not readable as RON", "", "";
    UNCLOSED = "S0002": "括弧や引用符が閉じていない", "a bracket or quotation mark is not closed", "", "";
    FULL_WIDTH = "S0003": "全角の記号が使われている", "a full-width symbol is used", "", "";
    NOT_UTF8 = "S0004": "UTF-8 の文字列ではない", "not UTF-8 text", "", "";
    TOO_DEEP = "S0005": "入れ子が深すぎる", "nested too deeply", "", "";
    EMPTY_FILE = "S0006": "ファイルが空である", "the file is empty", "", "";
    UNKNOWN_FIELD = "S1001": "知らない項目名", "unknown field", "", "";
    UNKNOWN_VARIANT = "S1002": "知らない種類", "unknown kind", "", "";
    MISSING_FIELD = "S1003": "必要な項目がない", "a required field is missing", "", "";
    WRONG_TYPE = "S1004": "値の型が違う", "wrong type of value", "", "";
    DUPLICATE_FIELD = "S1005": "同じ項目が二度書かれている", "a field is given twice", "", "";
    BAD_VALUE = "S1006": "値が範囲外または不正", "a value is malformed or out of range", "", "";
    NOT_FOR_KIND = "S1007": "この種類には使えない項目", "this field does not belong to this kind", "", "";
    CONFLICT = "S1008": "両立しない項目", "fields that exclude each other", "", "";
    DUPLICATE_NAME = "S2001": "名前の重複", "a name is defined twice", "", "";
    UNKNOWN_NAME = "S2002": "定義されていない名前", "a name that is not defined", "", "";
    WRONG_REFERENCE = "S2003": "この場所では参照できない名前", "a name of the wrong sort", "", "";
    BAD_NAME = "S2004": "名前に使えない文字", "characters a name cannot have", "", "";
    BAD_ADDRESS = "S2005": "アドレスの誤り", "malformed address", "", "";
    BAD_RULE = "S2006": "ルールの書式の誤り", "malformed rule", "", "";
    BAD_SERVICE = "S2007": "サービスの書式の誤り", "malformed service", "", "";
    NO_SEGMENT = "S2008": "どのセグメントにも属さない端点", "an endpoint outside every segment", "", "";
    ADDRESS_CLASH = "S2009": "アドレスの重なり", "overlapping addresses", "", "";
    EMPTY_CHECK = "S4001": "対象が空の検査", "a check with an empty source or target", "", "";
    NO_POLICY = "S4002": "方針がない", "no policy to check against", "", "";
    INCLUDE_NOT_FOUND = "S3001": "読み込むファイルがない", "included file not found", "", "";
    INCLUDE_CYCLE = "S3002": "読み込みの循環", "files include each other in a circle", "", "";
    INCLUDE_OUTSIDE = "S3003": "フォルダの外の読み込み", "include outside the project folder", "", "";
    TOO_MANY = "S3004": "数の上限を超えた", "too many", "", "";
    FILE_ERROR = "S3005": "ファイルを読み書きできない", "a file cannot be read or written", "", "";
    DEFAULT_UNSTATED = "W5001": "既定動作が書かれていない", "default action not stated", "", "";
    REDIRECT_UNSTATED = "W5002": "リダイレクトの設定が書かれていない", "redirection not stated", "", "";
    SHADOWED_RULE = "W5003": "隠れて効かないルール", "a rule that never matches", "", "";
    REDUNDANT_RULE = "W5004": "なくても同じルール", "a redundant rule", "", "";
    UNUSED_NAME = "W5005": "使われていない定義", "a definition nobody uses", "", "";
    EMPTY_SEGMENT = "W5006": "構成員のないセグメント", "a segment without members", "", "";
    UNKNOWN_ADDRESS = "W5007": "アドレスが書かれていない", "address not stated", "", "";
    UNSTATED = "W5008": "書かれていない属性", "an attribute is not stated", "", "";
}
