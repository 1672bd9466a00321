//! The one table of all codes, with the page that `sekisho explain CODE` prints.
//!
//! The examples are the same in both languages and are written once; the pages
//! are for people who design networks and may never have seen RON.
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
    ($(
        $name:ident = $code:literal: $title_ja:literal, $title_en:literal,
        ja: $ja:literal,
        en: $en:literal,
        wrong: $wrong:literal,
        right: $right:literal;
    )*) => {
        impl Code {
            $( #[doc = $title_en] pub const $name: Code = Code($code); )*
        }
        /// Every code, in the order of the documentation.
        pub static CODES: &[CodeInfo] = &[
            $( CodeInfo {
                code: Code::$name,
                title_ja: $title_ja,
                title_en: $title_en,
                page_ja: concat!($ja, "\n\n誤:\n", $wrong, "\n正:\n", $right),
                page_en: concat!($en, "\n\nwrong:\n", $wrong, "\nright:\n", $right),
            }, )*
        ];
    };
}

codes! {
    SYNTAX = "S0001": "RON として読めない", "not readable as RON",
        ja: "図面は RON という書式で書きます。項目は「名前: 値」の形にして、カンマで区切ります。\n\
             この場所はその書式に合わないため、続きを読めません。\n\
             推測で読むと、意図と違う図面を検査して「安全」と答えるおそれがあるので、直るまで検査しません。",
        en: "A drawing is written in a format called RON: `name: value`, separated by commas.\n\
             This place does not follow it, so the rest cannot be read.\n\
             A guess might check a different network from yours and call it safe, so nothing is checked until it is repaired.",
        wrong: r#"    "in-pc": Terminal(at: "in" count: 800)"#,
        right: r#"    "in-pc": Terminal(at: "in", count: 800)"#;
    UNCLOSED = "S0002": "括弧や引用符が閉じていない", "a bracket or quotation mark is not closed",
        ja: "開いた括弧 ( [ { や引用符 \" に、対応する閉じ側がありません。種類の違う括弧で閉じた場合や、閉じ側が余っている場合も同じです。\n\
             どこまでが一つのまとまりか決められないので、エラーにしています。\n\
             閉じ忘れの場所は字下げから推定しています。示された行と、その少し後を見てください。",
        en: "An opening bracket ( [ { or a quotation mark \" has no partner. A closing bracket of another shape or one too many counts as well.\n\
             Without it nobody can tell what belongs together, so this is an error.\n\
             The place is estimated from the indentation: look at the line shown and a little after it.",
        wrong: r#"    nodes: { "in-pc": Terminal(at: "in", count: 800 }"#,
        right: r#"    nodes: { "in-pc": Terminal(at: "in", count: 800) }"#;
    FULL_WIDTH = "S0003": "全角の記号が使われている", "a full-width symbol is used",
        ja: "括弧、コロン、カンマ、引用符、空白は半角で書きます。全角の記号は、似ていても別の文字です。\n\
             引用符の中の名前や説明には、全角の文字を自由に使えます。\n\
             自動では置き換えません。引用符の閉じ忘れで、中と外が入れ替わっていることがあるからです。",
        en: "Brackets, colons, commas, quotation marks and blanks are half-width (ASCII). Full-width ones look alike but are other characters.\n\
             Inside quotation marks, in names and descriptions, full-width characters are welcome.\n\
             They are not replaced silently: if a quotation mark is missing, inside and outside may be exchanged.",
        wrong: r#"    "in-pc": Terminal（at： "in"、 count: 800）"#,
        right: r#"    "in-pc": Terminal(at: "in", count: 800)"#;
    NOT_UTF8 = "S0004": "UTF-8 の文字列ではない", "not UTF-8 text",
        ja: "図面は UTF-8 で保存します。このファイルには UTF-8 として読めない部分があります。\n\
             Shift_JIS や UTF-16 で保存されていることが多いです。文字を推測すると、名前が別の名前に化けるおそれがあるので読みません。\n\
             メモ帳では「名前を付けて保存」の「エンコード」で UTF-8 を選びます。",
        en: "A drawing is saved as UTF-8. Part of this file cannot be read as UTF-8.\n\
             Often it was saved as Shift_JIS or UTF-16. Guessing could turn one name into another, so it is not read.\n\
             In Windows Notepad choose the encoding UTF-8 under \"Save as\".",
        wrong: r#"    name: "����s""#,
        right: r#"    name: "上野市""#;
    TOO_DEEP = "S0005": "入れ子が深すぎる", "nested too deeply",
        ja: "括弧の中の括弧が 128 重を超えています。\n\
             ふつうの図面は 10 重ほどで書けるので、閉じ忘れか、図面ではないファイルと思われます。\n\
             途中で打ち切って検査すると書かれた内容を見落とすため、エラーにしています。",
        en: "More than 128 brackets are open inside each other.\n\
             A usual drawing needs about ten, so brackets were probably not closed, or this file is no drawing.\n\
             To stop reading halfway would overlook what is written, so this is an error.",
        wrong: r#"    addresses: { "offices": [[[[[[[[ ... ]]]]]]]] }"#,
        right: r#"    addresses: { "offices": ["10.3.0.0/20", "10.4.0.0/20"] }"#;
    EMPTY_FILE = "S0006": "ファイルが空である", "the file is empty",
        ja: "ファイルの中に図面がありません。空か、コメントだけです。\n\
             何も描かれていない図面には危ない経路もありませんが、それは「安全」とは違います。\n\
             ファイル名の間違いや、保存のし忘れがないか確かめてください。",
        en: "There is no drawing in the file: it is empty or has comments only.\n\
             An empty drawing has no dangerous path either, but that is not the same as safe.\n\
             Please check the file name, and whether the file was saved.",
        wrong: r#"    // 上野市"#,
        right: r#"    Municipality(name: "上野市", model: BetaPrime)"#;
    UNKNOWN_FIELD = "S1001": "知らない項目名", "unknown field",
        ja: "この項目名は、この場所では使えません。書き間違いか、ほかの種類の機器の項目と思われます。\n\
             読み飛ばすと、書いたつもりの設定が検査に入らないまま「安全」と出るおそれがあるので、エラーにしています。\n\
             使える項目名は、メッセージに並べてあります。",
        en: "This field cannot be used here. It is misspelt, or belongs to another kind of device.\n\
             If it were skipped, a setting you believe to be checked would be missing from the check, so this is an error.\n\
             The message lists the fields that can be used.",
        wrong: r#"    "in-pc": Terminal(at: "in", cuont: 800)"#,
        right: r#"    "in-pc": Terminal(at: "in", count: 800)"#;
    UNKNOWN_VARIANT = "S1002": "知らない種類", "unknown kind",
        ja: "機器の種類、層、モデルなどは、決められた名前の中から選びます。この名前はその中にありません。\n\
             ふるまいは種類で決まるので、分からない種類のままでは経路を調べられません。\n\
             大文字と小文字は区別します。引用符は付けません。",
        en: "Kinds of devices, layers, models and the like are chosen from fixed names. This is none of them.\n\
             The kind decides what a device does; without it no path can be followed.\n\
             Upper and lower case matter. Kinds have no quotation marks.",
        wrong: r#"    segments: { "in": (layer: internet) }"#,
        right: r#"    segments: { "in": (layer: Internet) }"#;
    MISSING_FIELD = "S1003": "必要な項目がない", "a required field is missing",
        ja: "この種類の機器や定義に、なくてはならない項目が書かれていません。\n\
             たとえば画面転送には、見る側(viewer)と見られる側(desktop)の両方が要ります。\n\
             足りない項目を勝手に補うと、実際と違うつながり方を検査してしまうので、エラーにしています。",
        en: "A field without which this kind of device or definition makes no sense is missing.\n\
             A screen transfer, for example, needs both the side that looks (viewer) and the side that is shown (desktop).\n\
             If it were filled in by a guess, other connections than the real ones would be checked.",
        wrong: r#"    "sgw": ScreenGateway(viewer: "in")"#,
        right: r#"    "sgw": ScreenGateway(viewer: "in", desktop: "lg")"#;
    WRONG_TYPE = "S1004": "値の型が違う", "wrong sort of value",
        ja: "この項目に書ける値の形と違います。数、引用符で囲んだ文字、true / false、( … )、[ … ]、{ … } は区別します。\n\
             たとえば \"800\" は文字で、800 は数です。\n\
             読み替えはしません。読み替えの結果が意図どおりかどうか、確かめられないからです。",
        en: "This field takes another sort of value. Numbers, texts in quotation marks, true / false, ( … ), [ … ] and { … } are told apart.\n\
             \"800\", for example, is a text; 800 is a number.\n\
             Values are not converted: nobody could tell whether the result is what you meant.",
        wrong: r#"    "in-pc": Terminal(at: "in", count: "800")"#,
        right: r#"    "in-pc": Terminal(at: "in", count: 800)"#;
    DUPLICATE_FIELD = "S1005": "同じ項目が二度書かれている", "a field is given twice",
        ja: "一つの ( … ) の中に、同じ項目が二度あります。\n\
             値が違うとき、どちらが正しいかは書いた人にしか分かりません。後の方を黙って採ると、危ない設定が隠れます。\n\
             正しい方を残して、もう一方を消してください。",
        en: "The same field stands twice inside one ( … ).\n\
             If the values differ, only the author knows which one is right. Taking the last one silently could hide a dangerous setting.\n\
             Please keep the right one and remove the other.",
        wrong: r#"    "fw": Firewall(joins: ["in", "lg"], default: Deny, default: Permit)"#,
        right: r#"    "fw": Firewall(joins: ["in", "lg"], default: Deny)"#;
    BAD_VALUE = "S1006": "値が範囲外または不正", "a value is malformed or out of range",
        ja: "値の形は合っていますが、この項目では意味をなさない値です。台数が負の数になっている、数が大きすぎる、などです。\n\
             近い値に丸めることはしません。桁の打ち間違いに気づけなくなるからです。\n\
             書ける範囲は、メッセージに示してあります。",
        en: "The value has the right form but makes no sense here: a negative number of terminals, say, or a number that is too large.\n\
             It is not rounded to the nearest possible one, because then a mistyped digit would go unnoticed.\n\
             The message says what is possible.",
        wrong: r#"    "in-pc": Terminal(at: "in", count: -800)"#,
        right: r#"    "in-pc": Terminal(at: "in", count: 800)"#;
    NOT_FOR_KIND = "S1007": "この種類には使えない項目", "this field does not belong to this kind",
        ja: "項目名は正しいのですが、この種類の機器では意味がありません。\n\
             たとえば sink(受け取るだけで外へ出さない)は、プリンターにだけ使えます。\n\
             無視すると、効いていない対策が効いているように見えるので、エラーにしています。",
        en: "The field exists, but means nothing for this kind of device.\n\
             Only a printer, for example, can be a sink (it takes, and never gives anything out).\n\
             If it were ignored, a protection that does nothing would look as if it worked.",
        wrong: r#"    "in-pc": Terminal(at: "in", sink: true)"#,
        right: r#"    "in-mfp": Printer(at: "in", sink: true)"#;
    CONFLICT = "S1008": "両立しない項目", "fields that exclude each other",
        ja: "同時には成り立たない項目が、一緒に書かれています。\n\
             たとえば一つのルールは、許可(permit)か拒否(deny)のどちらか一方です。\n\
             どちらかを優先して読むことはしません。意図と逆の結論になるおそれがあるからです。",
        en: "Fields that cannot both be true are given together.\n\
             One rule, for example, either permits or denies.\n\
             Neither of them is preferred: the conclusion could be the opposite of what you meant.",
        wrong: r#"    rules: [ (permit: "in-pc -> sgw tcp 443", deny: "any -> any") ]"#,
        right: r#"    rules: [ (permit: "in-pc -> sgw tcp 443"), (deny: "any -> any") ]"#;
    DUPLICATE_NAME = "S2001": "名前の重複", "a name is defined twice",
        ja: "セグメント、ネットワーク、ノード、アドレスの定義は、同じ名前を使えません。読み込んだファイルの中の名前も含みます。\n\
             一方だけを使うと、もう一方の機器が検査から消えてしまうので、エラーにしています。\n\
             見た目が同じで、内部の文字コードだけが違う名前も、同じ名前として扱います。",
        en: "Segments, networks, nodes and address definitions must have different names, including those of included files.\n\
             If only one of the two were used, the other device would vanish from the check.\n\
             Names that look the same but are encoded differently count as the same name.",
        wrong: r#"    nodes: { "pc": Terminal(at: "in"), "pc": Terminal(at: "lg") }"#,
        right: r#"    nodes: { "in-pc": Terminal(at: "in"), "lg-pc": Terminal(at: "lg") }"#;
    UNKNOWN_NAME = "S2002": "定義されていない名前", "a name that is not defined",
        ja: "ここで使われている名前は、図面のどこにも定義されていません。書き間違いか、定義のし忘れと思われます。\n\
             つながりが一つ欠けたまま検査すると、本当はある経路を見落とすので、エラーにしています。\n\
             似た名前があれば、メッセージに示してあります。",
        en: "The name used here is defined nowhere in the drawing. It is misspelt, or its definition is missing.\n\
             With one connection less, a path that really exists would be overlooked, so this is an error.\n\
             If there is a similar name, the message shows it.",
        wrong: "    segments: { \"in\": (layer: Internet) },\n    nodes: { \"in-pc\": Terminal(at: \"int\") }",
        right: "    segments: { \"in\": (layer: Internet) },\n    nodes: { \"in-pc\": Terminal(at: \"in\") }";
    WRONG_REFERENCE = "S2003": "この場所では参照できない名前", "a name of the wrong sort",
        ja: "名前は定義されていますが、この場所に書ける種類のものではありません。\n\
             たとえば at には、機器をつなぐセグメントかネットワークの名前を書きます。別の機器の名前は書けません。\n\
             そのまま読むと、ないはずのつながりができるか、あるはずのつながりが消えます。",
        en: "The name is defined, but is not the sort of thing that can stand here.\n\
             `at`, for example, takes the segment or network a device is connected to, not another device.\n\
             Otherwise a connection would appear that does not exist, or one that exists would be lost.",
        wrong: r#"    "in-pc": Terminal(at: "fw")"#,
        right: r#"    "in-pc": Terminal(at: "in")"#;
    BAD_NAME = "S2004": "名前に使えない文字", "characters a name cannot have",
        ja: "名前に、使えない文字が入っています。 , -> . @ { } ( ) [ ] \" \\ と、見えない制御文字、両端の空白は使えません。\n\
             数字と点だけの名前(アドレスと区別できません)と、any も使えません。日本語は使えます。\n\
             これらはルールの書式で使う文字なので、許すとルールが別の意味に読めてしまいます。",
        en: "The name has characters that names cannot have: , -> . @ { } ( ) [ ] \" \\, invisible control characters, or blanks at its ends.\n\
             A name of digits and dots only (it would look like an address) and `any` are not possible either. Japanese is.\n\
             Rules are written with these characters; a name with them could change what a rule means.",
        wrong: r#"    "in->pc": Terminal(at: "in")"#,
        right: r#"    "in-pc": Terminal(at: "in")"#;
    BAD_ADDRESS = "S2005": "アドレスの誤り", "malformed address",
        ja: "IP アドレスとして正しくありません。アドレス、プレフィックス(10.3.0.0/20)、範囲(10.4.1.1-10.4.1.9)が書けます。\n\
             プレフィックスより下のビットが 0 でないものも誤りです。範囲を広く読むか狭く読むかで、結論が変わるからです。\n\
             010 のように 0 で始まる数も、8 進数と読む機器があるため書けません。",
        en: "This is no IP address. Possible are an address, a prefix (10.3.0.0/20) and a range (10.4.1.1-10.4.1.9).\n\
             Bits behind the prefix must be 0: whether such a range is read wide or narrow changes the answer.\n\
             Numbers that begin with 0, such as 010, are refused, because some devices read them as octal.",
        wrong: r#"    "in-pc": Terminal(at: "in", address: "10.3.0.1/20")"#,
        right: r#"    "in-pc": Terminal(at: "in", address: "10.3.0.0/20")"#;
    BAD_RULE = "S2006": "ルールの書式の誤り", "malformed rule",
        ja: "ルールは「送信元 -> 宛先 サービス」の順に、一つの引用符の中に書きます。\n\
             送信元と宛先には、名前かアドレスをカンマで並べるか、any と書きます。サービスは省けます。その後に、状態(new など)を一つ書けます。\n\
             読めないルールを飛ばすと、許可のはずの通信が消え、拒否のはずの通信が通ってしまうので、エラーにしています。",
        en: "A rule is written as \"source -> destination service\" inside one pair of quotation marks.\n\
             Source and destination are names or addresses with commas between them, or any. The service can be left out. One state, such as new, may follow.\n\
             If a malformed rule were skipped, permitted traffic would vanish, or denied traffic would pass.",
        wrong: r#"    (permit: "in-pc => sgw tcp 443", reason: "LGWAN の画面を見る")"#,
        right: r#"    (permit: "in-pc -> sgw tcp 443", reason: "LGWAN の画面を見る")"#;
    BAD_SERVICE = "S2007": "サービスの書式の誤り", "malformed service",
        ja: "サービスは tcp 443、tcp 80,443、udp 1024-65535、icmp echo-request、proto 47 のように書きます。\n\
             services で定義した名前も使えます。ポート番号は 0 から 65535 です。\n\
             読めないサービスを「すべて」や「なし」と読むと、結論が逆になるおそれがあるので、エラーにしています。",
        en: "A service is written like tcp 443, tcp 80,443, udp 1024-65535, icmp echo-request or proto 47.\n\
             Names defined under `services` can be used as well. Ports go from 0 to 65535.\n\
             To read a malformed service as \"all\" or \"none\" could turn the answer into its opposite.",
        wrong: r#"    (permit: "in-pc -> sgw tcp 70443")"#,
        right: r#"    (permit: "in-pc -> sgw tcp 443")"#;
    NO_SEGMENT = "S2008": "どのセグメントにも属さない端点", "an endpoint outside every segment",
        ja: "端末やサーバーのように情報を持つ機器は、必ずどれかのセグメントに属します。\n\
             この機器がつながるネットワークには、セグメントが決められていません。\n\
             属する先が分からないと、そこに届く通信を許してよいか判断できないので、エラーにしています。",
        en: "What holds information, such as a terminal or a server, always belongs to some segment.\n\
             The network this one is connected to has no segment.\n\
             Without it nobody can say whether traffic that arrives there is allowed.",
        wrong: "    networks: { \"dmz\": (label: \"DMZ\") },\n    nodes: { \"web\": Server(at: \"dmz\") }",
        right: "    networks: { \"dmz\": (label: \"DMZ\", segment: \"in\") },\n    nodes: { \"web\": Server(at: \"dmz\") }";
    ADDRESS_CLASH = "S2009": "アドレスの重なり", "overlapping addresses",
        ja: "別々のものに、同じ IP アドレスが書かれています。\n\
             ルールはアドレスで書かれることが多く、どちらを指すか決められないと、許可も拒否も判断できません。\n\
             台帳の写し間違いか、プレフィックスの広げすぎがないか確かめてください。",
        en: "Two different things have the same IP address.\n\
             Rules often speak of addresses; if it is open which of the two is meant, neither permit nor deny can be decided.\n\
             Please look for a copying mistake, or a prefix that is too wide.",
        wrong: "    \"a-pc\": Terminal(at: \"in\", address: \"10.3.0.5\"),\n    \"b-pc\": Terminal(at: \"in\", address: \"10.3.0.5\")",
        right: "    \"a-pc\": Terminal(at: \"in\", address: \"10.3.0.5\"),\n    \"b-pc\": Terminal(at: \"in\", address: \"10.3.0.6\")";
    EMPTY_CHECK = "S4001": "対象が空の検査", "a check with an empty source or target",
        ja: "この検査には、出発点か到達点になるものが一つもありません。\n\
             対象がなければ経路も必ず「なし」になりますが、それは何も確かめていないのと同じです。\n\
             「安全」と見せないために、エラーにしています。",
        en: "There is nothing that this check could start from or arrive at.\n\
             Without them the answer is always \"no path\", but nothing has been checked.\n\
             So that it does not look like \"safe\", this is an error.",
        wrong: r#"    forbid: [ Attack(from: [], to: "lg") ]"#,
        right: r#"    forbid: [ Attack(from: "ext", to: "lg") ]"#;
    NO_POLICY = "S4002": "方針がない", "no policy to check against",
        ja: "何を許し、何を禁じるかが書かれていないため、検査することがありません。\n\
             model を書くと、そのモデルの許可表と、標準の検査が使われます。permits や forbid を自分で書くこともできます。\n\
             検査がないまま終わると「問題なし」に見えるので、エラーにしています。",
        en: "Nothing says what is allowed and what is forbidden, so there is nothing to check.\n\
             `model` brings the table of its permitted crossings and the standard checks. You can also write `permits` or `forbid` yourself.\n\
             To end without any check would look like \"no problem\", so this is an error.",
        wrong: r#"    Municipality(name: "上野市", segments: { "in": (layer: Internet) })"#,
        right: r#"    Municipality(name: "上野市", model: BetaPrime, segments: { "in": (layer: Internet) })"#;
    INCLUDE_NOT_FOUND = "S3001": "読み込むファイルがない", "included file not found",
        ja: "include に書かれたファイルが見つかりません。\n\
             場所は、このファイルのあるフォルダから数えます。区切りは / です。\n\
             欠けたまま検査すると、そこに描かれた機器と経路を見落とすので、エラーにしています。",
        en: "The file named under `include` does not exist.\n\
             Its place is counted from the folder of this file, with / between folders.\n\
             Without it, the devices and paths drawn there would be overlooked.",
        wrong: r#"    include: ["shared/pcs.ron"]"#,
        right: r#"    include: ["shared/psc.ron"]"#;
    INCLUDE_CYCLE = "S3002": "読み込みの循環", "files include each other in a circle",
        ja: "ファイルが互いに読み込み合って、輪になっています。\n\
             どちらが先か決められず、読み終わることもできないので、エラーにしています。\n\
             共通の部分を三つ目のファイルに分けて、両方からそれを読み込んでください。",
        en: "Files include each other, so that they form a circle.\n\
             Neither comes first and reading would never end, so this is an error.\n\
             Please move what they share into a third file and include that one from both.",
        wrong: "    include: [\"b.ron\"],      // a.ron\n    include: [\"a.ron\"],      // b.ron",
        right: "    include: [\"common.ron\"], // a.ron\n    include: [\"common.ron\"], // b.ron";
    INCLUDE_OUTSIDE = "S3003": "フォルダの外の読み込み", "include outside the project folder",
        ja: "読み込めるのは、最初の図面があるフォルダと、その下のファイルだけです。\n\
             受け取った図面を検査しただけで、関係のないファイルを読んでしまうことを防ぐためです。\n\
             また、フォルダごと渡せば、誰の手元でも同じ結果になります。必要なファイルは中に写してください。",
        en: "Only files in the folder of the first drawing and below can be included.\n\
             Otherwise checking a drawing somebody sent you could read files that are none of its business.\n\
             It also means that the folder alone gives the same result everywhere. Please copy what you need into it.",
        wrong: r#"    include: ["../../prefecture/psc.ron"]"#,
        right: r#"    include: ["shared/psc.ron"]"#;
    TOO_MANY = "S3004": "数の上限を超えた", "too many",
        ja: "ファイルの大きさ、読み込むファイルの数、誤りの数などが、扱える上限を超えています。\n\
             上限までで打ち切って検査すると、残りを見落としたまま「安全」と出るおそれがあるので、エラーにしています。\n\
             同じ役割の端末は、一台ずつ書かずに count でまとめて書けます。",
        en: "A limit is exceeded: the size of a file, the number of included files, the number of mistakes or the like.\n\
             To check only the part up to the limit could say \"safe\" without having seen the rest, so this is an error.\n\
             Terminals of the same role need not be written one by one: use `count`.",
        wrong: "    \"pc-0001\": Terminal(at: \"in\"),\n    \"pc-0002\": Terminal(at: \"in\"),\n    \"pc-0003\": Terminal(at: \"in\")",
        right: r#"    "pc": Terminal(at: "in", count: 800)"#;
    FILE_ERROR = "S3005": "ファイルを読み書きできない", "a file cannot be read or written",
        ja: "ファイルを開けないか、読み書きの途中で失敗しました。理由はメッセージの終わりにあります。\n\
             権限がない、ほかのソフトが開いている、ファイルではなくフォルダを指している、などが考えられます。\n\
             読めた分だけで検査すると見落としが出るので、エラーにしています。",
        en: "A file cannot be opened, or reading or writing it failed. The message ends with the reason.\n\
             Perhaps you have no permission, another program uses it, or it is a folder and not a file.\n\
             To check only what could be read would overlook the rest, so this is an error.",
        wrong: r#"    include: ["shared"]"#,
        right: r#"    include: ["shared/psc.ron"]"#;
    DEFAULT_UNSTATED = "W5001": "既定動作が書かれていない", "default action not stated",
        ja: "どのルールにも当てはまらない通信を、通すのか止めるのかが書かれていません。\n\
             「止める」と決めてかかると危ない経路を見落とし、「通す」と決めてかかると誤った警報になります。\n\
             そこで両方の場合を調べ、結論が分かれるものは「未確定」とします。default を書けば確定します。",
        en: "It is not stated whether traffic that no rule fits is passed or stopped.\n\
             To assume \"stopped\" would overlook dangerous paths, to assume \"passed\" would raise false alarms.\n\
             So both are examined, and where they differ the answer is \"undecided\". State `default` to settle it.",
        wrong: r#"    "fw": Firewall(joins: ["in", "lg"], rules: [ (permit: "in-pc -> sgw tcp 443") ])"#,
        right: r#"    "fw": Firewall(joins: ["in", "lg"], default: Deny, rules: [ (permit: "in-pc -> sgw tcp 443") ])"#;
    REDIRECT_UNSTATED = "W5002": "リダイレクトの設定が書かれていない", "redirection not stated",
        ja: "画面転送で、画面のほかに何をやり取りできるか(クリップボード、ファイル、ドライブ、プリンター、USB)が書かれていません。\n\
             一つでも開いていれば、画面だけのつもりでファイルが通ります。製品の初期設定は、開いていることが多いです。\n\
             書かれていないものは開いているかもしれないとして調べ、結論を「未確定」とします。",
        en: "It is not stated what a screen transfer carries besides the screen: clipboard, files, drives, printers, USB.\n\
             If one of them is open, files pass where you expect pixels only. Many products have them open at first.\n\
             What is not stated may be open, so answers that rest on it are \"undecided\".",
        wrong: r#"    "sgw": ScreenGateway(viewer: "in", desktop: "lg")"#,
        right: "    \"sgw\": ScreenGateway(viewer: \"in\", desktop: \"lg\",\n        redirect: (clipboard: Off, files: Off, drive: Off, printer: Off, usb: Off))";
    SHADOWED_RULE = "W5003": "隠れて効かないルール", "a rule that never matches",
        ja: "ルールは上から順に見て、最初に当てはまったものを使います。\n\
             このルールに当てはまる通信は、すべて前のルールで決まるので、このルールは一度も使われません。\n\
             検査はできますが、書いた人の意図と違うことが多いので警告します。順序を見直してください。",
        en: "Rules are read from the top, and the first one that fits decides.\n\
             Everything that fits this rule is decided by rules before it, so it is never used.\n\
             The drawing can be checked, but its author probably meant something else. Please look at the order.",
        wrong: r#"    rules: [ (deny: "any -> any"), (permit: "in-pc -> sgw tcp 443") ]"#,
        right: r#"    rules: [ (permit: "in-pc -> sgw tcp 443"), (deny: "any -> any") ]"#;
    REDUNDANT_RULE = "W5004": "なくても同じルール", "a redundant rule",
        ja: "このルールを消しても、通る通信と止まる通信は変わりません。後のルールか既定動作が、同じ結論を出すからです。\n\
             間違いではありませんが、ルールが増えると見直しが難しくなり、本当に必要なルールが埋もれます。\n\
             意図を残したいときは、コメントで書いておけます。",
        en: "Without this rule the same traffic would pass and be stopped: later rules or the default decide the same.\n\
             It is not wrong, but the more rules there are, the harder it is to see those that matter.\n\
             To keep a thought for readers, write it as a comment.",
        wrong: "    default: Deny,\n    rules: [ (permit: \"in-pc -> sgw tcp 443\"), (deny: \"in-pc -> lg-srv\") ]",
        right: "    default: Deny,\n    rules: [ (permit: \"in-pc -> sgw tcp 443\") ]";
    UNUSED_NAME = "W5005": "使われていない定義", "a definition nobody uses",
        ja: "定義されていますが、図面のどこからも使われていません。\n\
             使うつもりの場所で、名前を書き忘れているかもしれません。その場合、意図したルールが入っていないことになります。\n\
             不要であれば消してください。",
        en: "This is defined, but nothing in the drawing uses it.\n\
             Perhaps it was forgotten where it should be used; then a rule you meant is missing.\n\
             If it is not needed, please remove it.",
        wrong: "    addresses: { \"offices\": [\"10.3.0.0/20\"] },\n    rules: [ (permit: \"any -> sgw tcp 443\") ]",
        right: "    addresses: { \"offices\": [\"10.3.0.0/20\"] },\n    rules: [ (permit: \"offices -> sgw tcp 443\") ]";
    EMPTY_SEGMENT = "W5006": "構成員のないセグメント", "a segment without members",
        ja: "このセグメントには、端末もサーバーも一つも描かれていません。\n\
             守るものが描かれていなければ、そこへ届く経路も見つかりません。「経路なし」が安全の証拠にならないので警告します。\n\
             描き忘れでなければ、セグメントを消してください。",
        en: "No terminal and no server is drawn in this segment.\n\
             Where nothing is drawn, no path can arrive, so \"no path\" is no evidence of safety.\n\
             If nothing was forgotten, please remove the segment.",
        wrong: r#"    segments: { "mn": (layer: MyNumber) }, nodes: {}"#,
        right: r#"    segments: { "mn": (layer: MyNumber) }, nodes: { "mn-srv": Server(at: "mn") }"#;
    UNKNOWN_ADDRESS = "W5007": "アドレスが書かれていない", "address not stated",
        ja: "この機器の IP アドレスが書かれていませんが、アドレスで書かれたルールの結論に関わります。\n\
             どのアドレスでもあり得るとして調べるので、実際には通らない通信が「未確定」として残ることがあります。\n\
             機器か、そのセグメントに address を書くと、はっきりします。",
        en: "The IP address of this device is not stated, but rules written with addresses depend on it.\n\
             It is examined as if it could have any, so traffic that cannot really pass may remain \"undecided\".\n\
             Give `address` to the device or to its segment to settle it.",
        wrong: r#"    "in-pc": Terminal(at: "in", count: 800)"#,
        right: r#"    "in-pc": Terminal(at: "in", count: 800, address: "10.3.0.0/20")"#;
    UNSTATED = "W5008": "書かれていない属性", "an attribute is not stated",
        ja: "結論に関わる属性が書かれていません。たとえば無害化装置で、挙げていない種類のファイルをどう扱うか、などです。\n\
             都合のよい方に決めてかかることはしません。危ない方の場合もあり得るとして調べ、結論を「未確定」とします。\n\
             機器の設定を確かめて書くと、確定した結論になります。",
        en: "Something the answer depends on is not stated: for example what a sanitiser does with types of files that are not listed.\n\
             The convenient case is not assumed. The dangerous one is examined as possible, and the answer is \"undecided\".\n\
             Look up the setting of the device and state it to get a definite answer.",
        wrong: r#"    "cdr": Sanitiser(from: "in", into: "lg", types: { "pdf": Rebuild })"#,
        right: r#"    "cdr": Sanitiser(from: "in", into: "lg", types: { "pdf": Rebuild }, otherwise: Block)"#;
    ANY_TO_ANY = "W5009": "何でも通す許可", "a rule that permits everything",
        ja: "送信元も宛先もサービスも any の許可です。これより後のルールも既定動作も、意味がなくなります。\n\
             試験のために入れて、消し忘れたものがよくあります。\n\
             検査は書かれたとおりに行います。要る相手とサービスだけに絞ってください。",
        en: "Source, destination and service of this permit are all \"any\": no rule after it and no default matters any more.\n\
             Often such a rule was added for a test and never removed.\n\
             The drawing is checked as it is written. Please narrow the rule to the peers and services that are needed.",
        wrong: r#"    rules: [ (permit: "any -> any") ]"#,
        right: r#"    rules: [ (permit: "in-pc -> sgw tcp 443") ]"#;
    WRONG_SIDE = "W5010": "この機器を通らない相手のルール", "a rule about things that never pass this device",
        ja: "ルールに書かれた相手どうしの通信は、この機器を通りません。相手がどの側にもいないか、両方が同じ側にいます。\n\
             ルールの置き場所が違うか、線(joins)や経路(routes)を描き忘れていると思われます。\n\
             アドレスを持たない機器(ファイアウォールなど)の名前も、ルールの相手としては何にも当てはまりません。",
        en: "Traffic between the things this rule names does not pass this device: one is on no side of it, or both are on the same.\n\
             The rule is in the wrong place, or a line (`joins`) or a route is missing in the drawing.\n\
             The name of a device without an address, such as a firewall, matches nothing in a rule either.",
        wrong: "    \"in-fw\": Firewall(joins: [\"in\", \"psc\"], default: Deny, rules: [\n      (permit: \"mn-pc -> mn-srv tcp 443\") ])",
        right: "    \"mn-fw\": Firewall(joins: [\"mn\", \"mn-srv-net\"], default: Deny, rules: [\n      (permit: \"mn-pc -> mn-srv tcp 443\") ])";
    NO_PEERS = "W5011": "相手が一人もいない", "nobody to talk to",
        ja: "clients や servers に空の一覧 [] を書くと、「誰からも受けない」「どこへもつながない」という意味になります。\n\
             この装置は何も仲介しないので、通るはずの通信が通らず、必要な流れが満たされません。\n\
             相手を限らないときは、項目ごと消してください。",
        en: "An empty list [] under `clients` or `servers` means: accepts nobody's sessions, or opens none.\n\
             Such a device mediates nothing, so traffic you expect does not pass and required flows fail.\n\
             If peers are not limited, please leave the whole field out.",
        wrong: r#"    "cdr": Sanitiser(from: "in", into: "lg", otherwise: Block, clients: [])"#,
        right: r#"    "cdr": Sanitiser(from: "in", into: "lg", otherwise: Block, clients: ["lg-pc"])"#;
    NOT_SPECIFIC = "W5012": "特定通信になっていない通信", "not a specific communication",
        ja: "特定通信と認められるのは、MAC アドレス・IP アドレス・ポートの三つで限り、用途を書いた通信だけです。\n\
             一つでも欠けると、マイナンバー利用事務系などとの通信の許可には使われず、その通信は違反として残ります。\n\
             実際に限っているなら、limits と purpose を書いてください。",
        en: "Only traffic limited by MAC address, IP address and port, with a stated purpose, counts as a specific communication.\n\
             If one is missing, it does not permit traffic with the My Number segment, and that traffic stays a violation.\n\
             If the limits are really in force, please state `limits` and `purpose`.",
        wrong: r#"    "eltax": (from: "mn-srv", to: "eltax", service: "tcp 443", limits: [Address, Port])"#,
        right: r#"    "eltax": (from: "mn-srv", to: "eltax", service: "tcp 443", limits: [Mac, Address, Port], purpose: Business)"#;
    COUNT_OVER_ADDRESS = "W5013": "台数がアドレスより多い", "more machines than addresses",
        ja: "count の台数が、この機器に書かれたアドレスの数より多くなっています。\n\
             台数かアドレスの範囲のどちらかが古いままと思われます。\n\
             アドレスが足りない端末は、描かれていない範囲を使っているかもしれず、ルールの検査から漏れます。",
        en: "`count` is larger than the number of addresses stated for this node.\n\
             Probably either the count or the address range is out of date.\n\
             Machines without an address may use a range that is not drawn, and rules are not checked for it.",
        wrong: r#"    "in-pc": Terminal(at: "in", count: 800, address: "10.3.0.0/24")"#,
        right: r#"    "in-pc": Terminal(at: "in", count: 800, address: "10.3.0.0/22")"#;
    DUPLICATE_LABEL = "W5014": "同じ表示名", "the same label twice",
        ja: "別々のものに、同じ表示名(label)が付いています。\n\
             図や報告では表示名で呼ぶので、どちらのことか読む人に分からなくなります。\n\
             検査の結論は変わりません。見分けのつく名前にしてください。",
        en: "Two different things have the same label.\n\
             Pictures and reports call things by their labels, so readers cannot tell which one is meant.\n\
             No answer changes. Please choose labels that differ.",
        wrong: "    \"fw-1\": Firewall(joins: [\"in\", \"lg\"], label: \"境界FW\"),\n    \"fw-2\": Firewall(joins: [\"lg\", \"mn\"], label: \"境界FW\")",
        right: "    \"fw-1\": Firewall(joins: [\"in\", \"lg\"], label: \"インターネット境界FW\"),\n    \"fw-2\": Firewall(joins: [\"lg\", \"mn\"], label: \"番号系境界FW\")";
    IDLE_COMMUNICATION = "W5015": "成り立たない通信の宣言", "a communication that cannot happen",
        ja: "communications に宣言された通信が、図面の機器とルールでは成り立ちません。宣言だけでは何も開きません。\n\
             ルールの書き忘れ、ポートの不一致、向きの取り違え(開く側が from です)などが考えられます。\n\
             もう使っていない通信なら、宣言を消してください。",
        en: "A communication is declared that the devices and rules of the drawing never let happen. A declaration opens nothing.\n\
             Perhaps a rule is missing, a port differs, or the direction is wrong (`from` is the side that opens the session).\n\
             If it is no longer in use, please remove the declaration.",
        wrong: "    nodes: { \"fw\": Firewall(joins: [\"lg\", \"mn\"], default: Deny, rules: []) },\n    communications: { \"kaikei\": (from: \"lg-srv\", to: \"mn-srv\", service: \"tcp 8443\") }",
        right: "    nodes: { \"fw\": Firewall(joins: [\"lg\", \"mn\"], default: Deny, rules: [ (permit: \"lg-srv -> mn-srv tcp 8443\") ]) },\n    communications: { \"kaikei\": (from: \"lg-srv\", to: \"mn-srv\", service: \"tcp 8443\") }";
    PATCHED = "W5016": "VLAN どうしがつながっている", "VLANs patched together",
        ja: "ケーブルの両端で VLAN が違うので、二つのネットワークが一つのブロードキャストドメインになります。\n\
             端末は、ルーターもファイアウォールも通らずに相手と通信でき、相手のアドレスを名乗ることもできます。\n\
             アクセスポートの挿し間違い、トランクの native の食い違い、スイッチごとに違う VLAN 番号が、よくある原因です。",
        en: "The VLANs at the two ends of a cable differ, so two networks become one broadcast domain.\n\
             Machines reach each other past every router and firewall, and can use each other's addresses.\n\
             A plug in the wrong access port, different native VLANs of a trunk, and different VLAN numbers are the usual causes.",
        wrong: "    \"sw1\": Switch(ports: { \"1\": Access(\"in\") }, cables: { \"1\": \"sw2 1\" }),\n    \"sw2\": Switch(ports: { \"1\": Access(\"lg\") })",
        right: "    \"sw1\": Switch(ports: { \"1\": Access(\"in\") }, cables: { \"1\": \"sw2 1\" }),\n    \"sw2\": Switch(ports: { \"1\": Access(\"in\") })";
    WIDER_THAN_NEEDED = "W5017": "宣言された通信より広い許可", "a permit wider than what is declared",
        ja: "このルールを使う通信が communications に宣言されていますが、ルールはそれより多くを通します。\n\
             宣言された通信と、必要な流れ(require)が使う分だけを、メッセージに示してあります。\n\
             余分に開いた相手やポートは、端末が乗っ取られたときの通り道になります。要るものなら、宣言に加えてください。",
        en: "A communication that uses this rule is declared, but the rule permits more than that.\n\
             The message shows what the declared communications and required flows (`require`) use of it.\n\
             Peers and ports beyond that are ways for whoever takes over a machine. If they are needed, please declare them.",
        wrong: "    rules: [ (permit: \"lg-srv -> any tcp 443\") ],\n    communications: { \"asp\": (from: \"lg-srv\", to: \"lgwan-asp\", service: \"tcp 443\") }",
        right: "    rules: [ (permit: \"lg-srv -> lgwan-asp tcp 443\") ],\n    communications: { \"asp\": (from: \"lg-srv\", to: \"lgwan-asp\", service: \"tcp 443\") }";
    BARE_PROTOCOL = "W5018": "ポートのないプロトコル", "a protocol without its ports",
        ja: "+ で並べたサービスは、一つずつ別のものです。ポートは、すぐ前に書いたプロトコルだけに付きます。\n\
             そのため、tcp + udp 53 は「TCP のすべてのポートと、UDP の 53 番」になります。\n\
             両方の 53 番だけを書きたいなら、それぞれに番号を付けてください。すべてのポートのままでよければ、行を分けると読み違えられません。",
        en: "Services with + between them are each one of their own. Ports belong to the protocol right before them only.\n\
             So tcp + udp 53 is every port of TCP, and port 53 of UDP.\n\
             If port 53 of both is meant, write the number with each. If every port is meant, two rules cannot be misread.",
        wrong: r#"    (permit: "in-pc -> dns tcp + udp 53")"#,
        right: r#"    (permit: "in-pc -> dns tcp 53 + udp 53")"#;
    SAME_PREFIX = "W5019": "二つのネットワークに同じアドレス", "the same addresses in two networks",
        ja: "別々の二つのネットワークに、同じアドレスか、重なるアドレスが書かれています。\n\
             両方をつなぐ機器は、宛先がどちらにいるのか決められません。数字で書いたルールは、両方の機器に当てはまります。\n\
             片方のアドレスの書き間違いが多いです。重ねるのが本当の設計なら、間で変換(nat)するか VRF を分けて描けば、警告は出ません。",
        en: "Two different networks have the same addresses, or addresses that overlap.\n\
             A device that joins both cannot tell in which of them a destination is, and rules that name numbers are about machines of both.\n\
             Often one of them is a typing mistake. If the overlap is meant, draw the translation (nat) or the VRFs between them; then nothing is told.",
        wrong: "    networks: { \"mado\": (segment: \"lg\", address: \"10.2.8.0/24\"), \"kyoiku\": (segment: \"lg\", address: \"10.2.8.0/24\") }",
        right: "    networks: { \"mado\": (segment: \"lg\", address: \"10.2.8.0/24\"), \"kyoiku\": (segment: \"lg\", address: \"10.2.9.0/24\") }";
    PUBLISHED_TWICE = "W5020": "同じアドレスの二度目の公開", "an address published a second time",
        ja: "変換(nat)は、書いた順に見て、最初に当てはまるものだけが使われます。ここで公開するアドレスとサービスは、前の行がもう使っています。\n\
             そのため、この行の相手には届きません。アドレスかサービスの書き間違い、または古い行の消し忘れと思われます。\n\
             一部のポートだけ別の相手にするときは、その行を先に、残り全部の行を後に書きます。その順なら警告は出ません。",
        en: "Translations (nat) are looked at in order, and the first that fits is the only one. An earlier line already takes this address and service.\n\
             So nothing comes to the node of this line. The address or the service is mistyped, or an old line was left.\n\
             To give some ports to another node, write that line first and the one for the rest after it; in that order nothing is told.",
        wrong: "    nat: [ Publish(outside: \"203.0.113.5\", inside: \"web\"),\n           Publish(outside: \"203.0.113.5\", inside: \"mail\", service: \"tcp 25\") ]",
        right: "    nat: [ Publish(outside: \"203.0.113.5\", inside: \"mail\", service: \"tcp 25\"),\n           Publish(outside: \"203.0.113.5\", inside: \"web\") ]";
    PUBLISHED_OVER_MACHINE = "W5021": "機器のアドレスを公開に使っている", "a published address that a machine has",
        ja: "公開するアドレス(outside)が、図面の別の機器のアドレスになっています。\n\
             この機器を通るパケットは、そのアドレスの持ち主ではなく inside の機器へ行きます。通らないパケットは持ち主へ行きます。\n\
             二つが同じアドレスを名乗ることになるので、どの機器も使っていないアドレスを公開に使ってください。",
        en: "The published address (`outside`) is that of another machine in the drawing.\n\
             Packets that pass this device go to the node in `inside` instead of the machine that has the address; other packets go to that machine.\n\
             Two things answer to one address. Please publish one that no machine has.",
        wrong: "    \"mail\": Server(at: \"dmz\", address: \"203.0.113.5\"),\n    \"fw\": Firewall(joins: [\"ext\", \"dmz\"], default: Deny, rules: [], nat: [ Publish(outside: \"203.0.113.5\", inside: \"web\") ])",
        right: "    \"mail\": Server(at: \"dmz\", address: \"203.0.113.5\"),\n    \"fw\": Firewall(joins: [\"ext\", \"dmz\"], default: Deny, rules: [], nat: [ Publish(outside: \"203.0.113.6\", inside: \"web\") ])";
    PUBLISHED_NOT_PERMITTED = "W5022": "公開したのに通すルールがない", "published, but no rule lets it through",
        ja: "この機器は外のアドレスを中の機器に変換しますが、同じ機器のルールが、そのパケットを一つも通しません。公開しただけでは何も開きません。\n\
             ルールは変換の後の宛先とポートを見ます(rules_see: Outside と書いた機器では、変換の前です)。ポートの取り違えがよくある原因です。\n\
             もう公開していないなら、nat の行を消してください。残すと、後のルールの変更で思いがけず開くことがあります。",
        en: "The device translates an address outside into a node inside, but its own rules let none of those packets through. To publish opens nothing.\n\
             Rules look at the destination and port after translation (before it, on a device with rules_see: Outside). A mistaken port is a usual cause.\n\
             If it is no longer published, remove the line of `nat`: otherwise a later rule may open it unawares.",
        wrong: "    \"fw\": Firewall(joins: [\"ext\", \"dmz\"], default: Deny, nat: [ Publish(outside: \"203.0.113.5\", inside: \"web\", service: \"tcp 443\", port: 8443) ],\n      rules: [ (permit: \"any -> web tcp 443\") ])",
        right: "    \"fw\": Firewall(joins: [\"ext\", \"dmz\"], default: Deny, nat: [ Publish(outside: \"203.0.113.5\", inside: \"web\", service: \"tcp 443\", port: 8443) ],\n      rules: [ (permit: \"any -> web tcp 8443\") ])";
    ROUTE_PAST_NETWORK = "W5023": "つながっているネットワークへの別の経路", "a route past a network that is joined",
        ja: "機器がじかにつながっているネットワークのアドレスに、別の所へ送る(または捨てる)経路が書かれています。\n\
             多くの製品は、同じプレフィックスなら、つながっている方を選びます。この経路は使われません。経路を選ぶ製品もあります。\n\
             どちらになるか図面からは決まらないので、検査はどちらも確かなこととしません。一部だけ別に送るなら、より長いプレフィックスで書いてください。",
        en: "A route leads elsewhere with (or drops) the addresses of a network that the device joins itself.\n\
             Of two routes for the same prefix most products prefer the network that is joined and never use this one; some prefer the route.\n\
             The drawing does not settle it, so checks take neither as certain. To send a part of it elsewhere, write a longer prefix.",
        wrong: "    // lg: 10.2.0.0/16\n    \"r\": Router(joins: [\"lg\", \"wan\"], routes: [ (to: \"10.2.0.0/16\", via: \"wan\"), (to: \"any\", via: \"wan\") ])",
        right: "    // lg: 10.2.0.0/16\n    \"r\": Router(joins: [\"lg\", \"wan\"], routes: [ (to: \"any\", via: \"wan\") ])";
    ONLY_IPV4 = "W5024": "IPv6 のあるネットワークに、IPv4 だけの機器", "IPv4 only in a network that has IPv6",
        ja: "ネットワークには IPv6 のアドレスがあるのに、そこの機器には IPv4 のアドレスしか書かれていません。\n\
             多くの OS は、何も設定しなくても IPv6 のアドレスを持ち、IPv6 で通信を始めます。図面にないので、その道は検査されません。\n\
             機器の address に IPv6 も書いてください。IPv6 を使わないなら、ネットワークの address から消してください。",
        en: "The network has IPv6 addresses, but machines in it state IPv4 addresses only.\n\
             Common systems give themselves IPv6 addresses and use them, without any setting. As the drawing has none, those ways are not checked.\n\
             Please add IPv6 to the `address` of the machines. If IPv6 is not in use, take it away from that of the network.",
        wrong: "    segments: { \"in\": (layer: Internet, address: [\"10.3.0.0/16\", \"2001:db8:3::/64\"]) },\n    nodes: { \"in-pc\": Terminal(at: \"in\", address: \"10.3.1.0/24\", count: 200) }",
        right: "    segments: { \"in\": (layer: Internet, address: [\"10.3.0.0/16\", \"2001:db8:3::/64\"]) },\n    nodes: { \"in-pc\": Terminal(at: \"in\", address: [\"10.3.1.0/24\", \"2001:db8:3::100-2001:db8:3::1ff\"], count: 200) }";
    DEAD_GATEWAY = "W5025": "先のない gateway", "a gateway that leads nowhere",
        ja: "端末やサーバーの gateway に書いた機器が、そこから先へ何も送らないか、宣言された通信(communications)の相手への経路を持っていません。\n\
             gateway を守る正直な機器は、その相手と通信できません。必要な流れが満たされず、trace もそこで終わります。\n\
             gateway の書き間違いか、その機器の routes(VRF を分けていれば、同じ VRF の経路)の書き忘れと思われます。",
        en: "The device in `gateway` of a machine sends nothing on from there, or has no route to whom a declared communication (`communications`) is for.\n\
             An honest machine, which uses its gateway, cannot talk to it: required flows fail, and `trace` ends there.\n\
             The gateway is mistyped, or a route is missing there (one of the same VRF, where there are several).",
        wrong: "    \"in-pc\": Terminal(at: \"in\", gateway: \"r\"),\n    \"r\": Router(joins: [\"in\", \"lg\", \"wan\"], vrfs: { \"A\": \"in\", \"B\": [\"lg\", \"wan\"] })",
        right: "    \"in-pc\": Terminal(at: \"in\", gateway: \"r\"),\n    \"r\": Router(joins: [\"in\", \"lg\", \"wan\"], vrfs: { \"A\": [\"in\", \"wan\"], \"B\": \"lg\" })";
    POLICY_PAST_NETWORK = "W5028": "つながっているネットワークも取るポリシールーティング", "a policy route that takes networks that are joined, too",
        ja: "宛先の広いポリシールーティングが、その機器がつながるネットワークあてのパケットにも当てはまります。\n\
             ポリシールーティングをいつも先に見る製品と、つながっているネットワークを先に見る製品(経路にフィルターを付けるルーターなど)があります。\n\
             図面からは決まらないので、検査はどちらも確かなこととしません。そのネットワークだけを宛先にした行を先に書けば決まります。",
        en: "A policy route with a wide destination fits packets for networks that the device itself joins.\n\
             Some products always look at policy routes first, others at the networks that they join (routers whose routes have filters, for instance).\n\
             The drawing does not settle it, so checks take neither as certain. A line for exactly that network, before this one, settles it.",
        wrong: "    \"r\": Router(joins: [\"lg\", \"mn\", \"wan\"], routes: [ (to: \"any\", via: \"wan\", from: \"lg\") ])",
        right: "    \"r\": Router(joins: [\"lg\", \"mn\", \"wan\"], routes: [ (to: \"mn\", drop: true, from: \"lg\"), (to: \"any\", via: \"wan\", from: \"lg\") ])";
    NO_WAY_IN = "W5027": "外のネットワークへの経路がない機器", "no route into a network that is joined",
        ja: "経路表のある機器が、外のネットワーク(Outside、Saas、Remote、LgwanBackbone、NationalNet の層)につながっていますが、そこの機器への経路がありません。\n\
             庁内のネットワークなら、つながるだけで経路表に載ります。外のネットワークは、直接つながる範囲とは限らないので、図面からは決まりません。\n\
             ネットワークの address を書けば、その範囲は直接つながっています。そうでなければ、経路を書いてください。",
        en: "A device with a table joins an outer network (of layer Outside, Saas, Remote, LgwanBackbone or NationalNet), but no route leads to machines there.\n\
             A network of one's own is in the table as soon as it is joined. Of an outer one it is not said whether its machines are neighbours.\n\
             State the `address` of the network: that much is joined directly. Otherwise write a route.",
        wrong: "    \"rem\": (layer: Remote),\n    \"vpn\": VpnGateway(joins: [\"rem\", \"lg\"], default: Deny, rules: [], routes: [ (to: \"10.2.0.0/16\", via: \"lg\") ])",
        right: "    \"rem\": (layer: Remote, address: \"10.8.0.0/24\"),\n    \"vpn\": VpnGateway(joins: [\"rem\", \"lg\"], default: Deny, rules: [], routes: [ (to: \"10.2.0.0/16\", via: \"lg\") ])";
    TWO_WAYS = "W5026": "同じ宛先への二つの経路", "two routes for one destination",
        ja: "経路表に、宛先が同じで出口か渡す相手が違う経路が二つあります(既定の経路が二つある場合など)。\n\
             製品は、優先度で一方だけを使うか、両方に振り分けます。図面にはそれが書けないので、検査はどちらへ行くこともありうるとし、どちらも確かなこととしません。\n\
             ふだん使う方だけを書き、切り替わった後の構成は別の図面にしてください。宛先を分けるなら、より長いプレフィックスで書いてください。",
        en: "The table has two routes for the same destination that leave by different networks or name different devices (two default routes, for instance).\n\
             Products use one of them by a preference, or share packets out among both. A drawing cannot say which, so checks take both as possible and neither as certain.\n\
             State the one that is normally taken, and draw the state after a failover by itself. To split the destination, write longer prefixes.",
        wrong: "    \"r\": Router(joins: [\"lg\", \"wan1\", \"wan2\"], routes: [ (to: \"any\", via: \"wan1\"), (to: \"any\", via: \"wan2\") ])",
        right: "    \"r\": Router(joins: [\"lg\", \"wan1\", \"wan2\"], routes: [ (to: \"10.8.0.0/16\", via: \"wan2\"), (to: \"any\", via: \"wan1\") ])";
}

#[cfg(test)]
mod tests {
    //! These tests catch: a code without a readable page, and examples that
    //! are not what they say.

    use super::*;
    use crate::source::scan;

    const WAYS: [(&str, &str); 4] = [("", ""), ("(", ")"), ("{", "}"), ("[", "]")];

    /// Whether an example is RON, as a whole or as a part of a drawing.
    fn is_ron(example: &str) -> bool {
        WAYS.iter().any(|(open, close)| ron::from_str::<ron::Value>(&format!("{open}{example}\n{close}")).is_ok())
    }

    /// The two examples of a page.
    fn examples<'p>(page: &'p str, wrong: &str, right: &str) -> Option<(&'p str, &'p str)> {
        let (_, examples) = page.split_once(wrong)?;
        examples.split_once(right)
    }

    #[test]
    fn codes_are_unique_and_well_formed() {
        for (index, info) in CODES.iter().enumerate() {
            let code = info.code.as_str();
            assert!(code.len() == 5 && code.starts_with(['S', 'W']), "{code}");
            assert!(code[1..].bytes().all(|b| b.is_ascii_digit()), "{code}");
            assert!(CODES[..index].iter().all(|other| other.code != info.code), "{code}");
            assert_eq!(info.code.info().code, info.code);
        }
    }

    #[test]
    fn pages_have_a_readable_length() {
        for info in CODES {
            for page in [info.page_ja, info.page_en] {
                let lines = page.lines().count();
                assert!((5..=12).contains(&lines), "{}: {lines} lines", info.code.as_str());
                assert!(page.lines().all(|line| line.trim_end() == line), "{}", info.code.as_str());
            }
        }
    }

    #[test]
    fn right_examples_are_ron_and_wrong_ones_are_wrong() {
        for info in CODES {
            let code = info.code.as_str();
            let (wrong, right) = examples(info.page_ja, "\n誤:\n", "\n正:\n").expect(code);
            assert_eq!(examples(info.page_en, "\nwrong:\n", "\nright:\n"), Some((wrong, right)), "{code}");
            assert_ne!(wrong, right, "{code}");
            assert!(is_ron(right), "{code}:\n{right}");
            assert_eq!(scan(right).issues, [], "{code}");
            // Only these are about the text itself.
            let is_text = [Code::SYNTAX, Code::UNCLOSED, Code::FULL_WIDTH, Code::TOO_DEEP].contains(&info.code);
            assert_eq!(is_ron(wrong), !is_text, "{code}:\n{wrong}");
        }
    }
}
