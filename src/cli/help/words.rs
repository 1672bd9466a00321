//! The Japanese of every command and argument, in one table.

use clap::Command;

/// Command, argument (none for the command itself), text. An argument without a row of its
/// command takes that of the empty command.
const WORDS: &[(&str, &str, &str)] = &[
    ("", "", "自治体ネットワークの図面に、三層分離が禁じる経路がないか検査する"),
    ("", "lang", "メッセージの言語"),
    ("", "color", "色を付けるか"),
    ("check", "", "図面または地域を検査する"),
    ("check", "file", "図面または地域(RON)。- は標準入力"),
    ("check", "body", "地域のとき: この団体の詳しい報告。例 osaka/sakai"),
    ("check", "no_symmetry", "地域のとき: 同じ作りの団体も、一つずつ判定する"),
    ("check", "timings", "どこにどれだけ時間とメモリがかかったかを標準エラーに書く"),
    ("check", "max_memory", "地域のとき: これより多くのメモリが要りそうなら始めない。例 2G(省略時は空いているメモリ)"),
    ("explain", "", "コードの説明、または二点間が通じる(通じない)理由を表示する"),
    ("matrix", "", "セグメント間を何が通るかの表を作る"),
    (
        "matrix",
        "hosts",
        "セグメントではなく、端末・サーバと保管庫のすべての組について、攻撃と漏えいで誰が誰に届くかを示す",
    ),
    ("matrix", "lens", "--hosts とともに: 一方の問いだけ。attack は攻撃、leak は漏えい"),
    ("matrix", "below", "地域で --hosts とともに: この団体とその下の団体の端末・サーバと保管庫だけ。例 osaka"),
    ("matrix", "body", "地域で: この団体の、周りを含めた表。例 osaka/sakai"),
    ("bench", "file", "図面(RON)。- は標準入力(省略時は合成したネットワーク)"),
    ("bench", "nodes", "合成したネットワークの点の数(省略時は 1000000)"),
    ("bench", "threads", "並列に使うスレッドの数(省略時はすべて)"),
    ("infer", "", "図面が正直に言ってどのモデルか、理由とともに示す"),
    ("gap", "", "モデルに対して足りない対策と渡りを、担当ごとに示す"),
    ("edition", "", "別の版で判定すると、どの判定が変わるかを示す"),
    ("diff", "", "二つの図面の意味の違いを示す"),
    ("tasks", "", "毎日の仕事それぞれの、許された道と手順を示す"),
    ("plan", "", "移行計画のすべての段階を検査する、または手順の安全な順番を探す"),
    (
        "compare",
        "",
        "一つの現況表を五つのモデルそれぞれに組み立て、並べて見せる。どれにするかは決めない(決まらない答えがあれば終了コード 3)",
    ),
    ("what-if", "", "図面のどこかが違ったら判定がどう変わるかを示す(図面は書き換えない)"),
    ("bench", "", "このマシンで答えにどれだけ時間がかかるかを、図面または合成したネットワークで測る"),
    (
        "twin",
        "",
        "図面をこのマシンの Linux カーネルの名前空間で建て、本物の通信で試して照合する(使えなければ終了コード 4)",
    ),
    ("twin", "from", "この機器・ネットワーク・セグメントから始まる通信だけ。いくつでも書ける"),
    ("twin", "to", "この機器・ネットワーク・セグメントへの通信だけ。いくつでも書ける"),
    ("twin", "service", "このサービスだけ。例 \"tcp 443\"(省略時は図面に書かれた範囲の端とその隣)"),
    ("twin", "keep_going", "食い違いを、初めの分だけでなくすべて表示する"),
    ("trace", "", "一つのパケットを、機器ごとに、行きも戻りもたどる(終了コード 1: 通信できない、3: 場合による)"),
    ("trace", "from", "送る機器、その接続の一つ(nas@lg など)、またはそのアドレス"),
    ("trace", "to", "宛先の機器、その接続の一つ、またはアドレス"),
    ("trace", "service", "一つのサービス。例 \"tcp 443\"、\"icmp echo-request\""),
    ("trace", "source_port", "送信元ポート(省略時は 50000)"),
    ("reach", "", "ある所からある所へ届くすべてのパケットを、規則の書き方で示す"),
    ("reach", "from", "どこから。機器・ネットワーク・セグメント、または機器のアドレス"),
    ("reach", "to", "どこへ。機器・ネットワーク・セグメント、または機器のアドレスか公開されたアドレス"),
    ("reach", "service", "このサービスだけ。例 \"tcp 443\"。ポートが一つなら、誰が誰に開けるかも分けて示す"),
    ("draw", "", "図を描く"),
    ("lint", "", "効かないルールや使われない名前など、意図と違いそうな所を探す"),
    ("fmt", "", "図面の書式を整える"),
    ("new", "", "注釈付きのひな型を作る"),
    ("generate", "", "架空の自治体、県、または全国の図面を合成する"),
    ("completions", "", "シェルの補完スクリプトを出力する"),
    ("man", "", "マニュアルページを出力する"),
    ("", "file", "図面(RON)。- は標準入力"),
    ("", "output", "結果を書き込むファイル(省略時は標準出力)"),
    ("", "format", "結果の形式"),
    ("", "deny", "警告もエラーとして扱う"),
    ("", "files", "図面(RON)。- は標準入力を整えて標準出力へ書く"),
    (
        "check",
        "engine",
        "判定に使う計算方法。fast は速いもの、reference は定義どおりの遅いもの、compare は両方で比べる",
    ),
    (
        "check",
        "format",
        "結果の形式。text は読むためのもの、json はプログラム向けの全内容、sarif と junit は CI の表示用、markdown は変更へのコメント用、html は監査用の一枚のページ",
    ),
    ("check", "threads", "並列に使うスレッドの数(省略時はすべて)"),
    ("check", "flat", "地域で: すべての団体を一つのグラフにした二つ目の答えと比べる。違いがあれば内部エラーとする"),
    ("check", "verbose", "問題のない検査も表示する"),
    ("", "as_of", "例外や日付のある対策を、この日の時点で判定する。例 2027-04-01(省略時は今日)"),
    ("gap", "model", "どのモデルに対してか(省略時は図面が宣言したモデル)"),
    ("edition", "from", "前の版。例 R6_10"),
    ("edition", "to", "後の版。例 R7_3"),
    ("diff", "before", "前の図面(RON)。- は標準入力"),
    ("diff", "after", "後の図面(RON)。- は標準入力"),
    ("diff", "expect", "起きてよい変化を書いたファイル(RON)。ほかの変化があれば失敗とする"),
    (
        "diff",
        "format",
        "結果の形式。text は読むためのもの、json はプログラム向けの全内容、markdown は変更へのコメント用、svg と dot は図",
    ),
    ("diff", "verbose", "すべての行を省かずに表示する"),
    ("tasks", "verbose", "ほかの道が通れない理由も表示する"),
    ("explain", "what", "S2002 のようなコード、R-LI-01 や C-EDR のような番号、または図面(続けて始点と終点)"),
    ("explain", "from", "始点: 図面の機器、ネットワーク、セグメントの名前"),
    ("explain", "to", "終点"),
    ("explain", "service", "どのサービスか。例 \"tcp 443\"(省略時はすべて)"),
    ("plan", "action", "何を求めるか。check は書かれた順番の全段階の検査、order は安全な順番の探索"),
    ("plan", "file", "移行計画(RON)"),
    ("plan", "draw", "段階ごとの図を並べた一枚の SVG も、このファイルに書く"),
    ("plan", "threads", "並列に使うスレッドの数(省略時はすべて)"),
    ("plan", "verbose", "すべての経路を表示する(省略時は段階ごとに初めの三つまで)"),
    ("compare", "inventory", "現況表(RON)。- は標準入力"),
    ("compare", "write", "五枚の図面をこのフォルダに書き出す。すでにあるファイルは上書きしない"),
    (
        "compare",
        "format",
        "結果の形式。text は読むためのもの、json はプログラム向けの全内容、markdown は資料に貼るためのもの",
    ),
    ("compare", "threads", "並列に使うスレッドの数(省略時はすべて)"),
    ("what-if", "drop_control", "機器から対策を外す。例 \"in-pc: Edr\""),
    ("what-if", "add_control", "機器に対策を加える。例 \"in-pc: Edr\""),
    ("what-if", "open", "ほかのどの規則よりも先に、これを通す。例 \"fw: in-pc -> lg-srv tcp 445\""),
    ("what-if", "close", "規則をなくす(規則の文で指す)。例 \"fw: in-pc -> sgw tcp 443\""),
    ("what-if", "fail", "端末や機器がなくなる"),
    ("what-if", "move", "端末やサーバーを別のネットワークにつなぐ。例 \"in-pc: lg\"、\"in-pc: lg 10.2.9.0/24\""),
    ("what-if", "end_option", "セキュリティクラウドの機能をやめる。例 \"psc-gw: Proxy\""),
    ("what-if", "model", "別のモデルにする。physical、alpha、alpha-prime、beta、beta-prime のどれか"),
    ("what-if", "edit", "移行計画に書ける変更(RON)。例 'Redirect(of: \"sgw\", redirect: (drive: Both))'"),
    ("what-if", "each_control", "対策が一つだけ破られたときに違反になるものを、対策ごとに、重い順に示す"),
    ("what-if", "each_device", "端末や機器が一つだけなくなったときに違反になるものを、機器ごとに、重い順に示す"),
    (
        "what-if",
        "format",
        "結果の形式。text は読むためのもの、json はプログラム向けの全内容、markdown は変更へのコメント用",
    ),
    ("draw", "format", "図の形式(省略時は出力ファイルの名前から決める。なければ svg)"),
    ("draw", "output", "図を書き込むファイル"),
    ("draw", "between", "二つのセグメントの間だけを描く。例 --between in lg"),
    ("draw", "finding", "一つの指摘だけを描く。番号は `sekisho check` が示すもの"),
    ("draw", "aggregate", "大きな図面のために、セグメントと種類ごとに一つの箱にまとめる"),
    ("draw", "dot", "Graphviz の `dot` の場所。none なら使わずに描く"),
    ("fmt", "check", "書き換えず、変わるものがあれば終了コード 1 で知らせる"),
    ("new", "model", "どのモデルに従うか"),
    ("new", "output", "書き込むファイル(省略時は標準出力)。すでにあるファイルは上書きしない"),
    ("generate", "kind", "何を作るか。municipality は一つの団体、prefecture は県と市町村、country は全国"),
    ("generate", "seed", "乱数の種。種が違えば別の集まりになる"),
    ("generate", "output", "書き込むファイル(省略時は標準出力)。すでにあるファイルは上書きしない"),
    ("generate", "nodes", "端末と仮想デスクトップのおよその数(省略時は職員の数から決める)"),
    ("generate", "bodies", "市町村の数(省略時は prefecture で 43、country で 1741)"),
    ("generate", "mistakes", "設計の誤りのある団体の割合。0 から 1 まで。組み合わせの数で丸める"),
    (
        "generate",
        "shapes",
        "モデル、規模、使い方、対策の組み合わせの数の上限(省略時は country で 60。同じ姿の団体をまとめて判定できるように。ほかは制限なし)",
    ),
    ("generate", "expanded", "ひな型を使わず、団体ごとの図面をすべて書き出す"),
    ("completions", "shell", "使っているシェル"),
    ("man", "command", "どのコマンドのページか(省略時は全体)"),
];

/// What stands below the options of a command.
const AFTER: &[(&str, &str)] = &[
    (
        "generate",
        "実在の団体を表すものではない。重みは調査の周辺度数で、答えどうしの関係は含まない。同じ指定なら同じファイルになる",
    ),
    (
        "plan",
        "終了コード: 0 どの段階にも問題がない(expect のある計画では期待どおり)、1 問題のある段階がある、または安全な順番がない、2 入力の誤り、3 未確定",
    ),
    (
        "what-if",
        "終了コード: 0 違反や未確定になるものがない、1 違反になるものがある、2 入力の誤り、3 未確定になるものがある",
    ),
    (
        "diff",
        "終了コード: 0 意味の変化がない、または期待した変化だけ。1 変化がある。--expect を付けたときは、期待していない変化か、\
         起きなかった期待がある。2 入力が正しくない。3 変わったかどうかが、図面に書かれていないことで決まる",
    ),
];

/// What stands in place of a value in the usage.
const VALUES: &[(&str, &[&str])] = &[
    ("file", &["図面"]),
    ("files", &["図面"]),
    ("inventory", &["現況表"]),
    ("write", &["フォルダ"]),
    ("output", &["ファイル"]),
    ("format", &["形式"]),
    ("deny", &["何を"]),
    ("engine", &["方法"]),
    ("threads", &["数"]),
    ("nodes", &["数"]),
    ("lens", &["問い"]),
    ("body", &["団体"]),
    ("below", &["団体"]),
    ("lang", &["言語"]),
    ("color", &["いつ"]),
    ("what", &["コードか図面"]),
    ("from", &["始点"]),
    ("to", &["終点"]),
    ("service", &["サービス"]),
    ("between", &["始点", "終点"]),
    ("finding", &["番号"]),
    ("as_of", &["日付"]),
    ("before", &["前の図面"]),
    ("after", &["後の図面"]),
    ("expect", &["ファイル"]),
    ("dot", &["場所"]),
    ("model", &["モデル"]),
    ("action", &["何を"]),
    ("draw", &["ファイル"]),
    ("drop_control", &["機器: 対策"]),
    ("add_control", &["機器: 対策"]),
    ("open", &["機器: 規則"]),
    ("close", &["機器: 規則"]),
    ("fail", &["機器"]),
    ("move", &["機器: ネットワーク"]),
    ("end_option", &["機器: 機能"]),
    ("edit", &["RON"]),
    ("kind", &["何を"]),
    ("seed", &["数"]),
    ("nodes", &["数"]),
    ("bodies", &["数"]),
    ("mistakes", &["割合"]),
    ("shapes", &["数"]),
    ("shell", &["シェル"]),
    ("command", &["コマンド"]),
];

fn word(command: &str, arg: &str) -> Option<&'static str> {
    let find = |c: &str| WORDS.iter().find(|(wc, wa, _)| *wc == c && *wa == arg).map(|(_, _, text)| *text);
    find(command).or_else(|| find(""))
}

/// Puts the Japanese texts over a command's own.
pub(super) fn over(command: Command, name: &str) -> Command {
    let command = match WORDS.iter().find(|(c, a, _)| *c == name && a.is_empty()) {
        Some((_, _, about)) => command.about(*about),
        None => command,
    };
    let command = match AFTER.iter().find(|(c, _)| *c == name) {
        Some((_, text)) => command.after_help(*text),
        None => command,
    };
    let ids: Vec<String> = command.get_arguments().map(|a| a.get_id().to_string()).collect();
    ids.iter().fold(command, |command, id| {
        command.mut_arg(id, |arg| {
            let mut text = word(name, id).unwrap_or_default().to_owned();
            if arg.get_action().takes_values() {
                let names: Vec<String> = arg.get_possible_values().iter().map(|v| v.get_name().to_owned()).collect();
                if !names.is_empty() {
                    text.push_str(&format!(" [選べる値: {}]", names.join(", ")));
                }
                let defaults: Vec<_> =
                    arg.get_default_values().iter().map(|v| v.to_string_lossy().into_owned()).collect();
                if !defaults.is_empty() {
                    text.push_str(&format!(" [省略時: {}]", defaults.join(", ")));
                }
                if let Some(variable) = arg.get_env() {
                    text.push_str(&format!(" [環境変数: {}]", variable.to_string_lossy()));
                }
            }
            let takes = arg.get_action().takes_values();
            let arg = arg.help(text).hide_possible_values(takes).hide_default_value(takes).hide_env(takes);
            match VALUES.iter().find(|(v, _)| v == id).filter(|_| arg.get_action().takes_values()) {
                Some((_, names)) => arg.value_names(names.iter().copied()),
                None => arg,
            }
        })
    })
}
