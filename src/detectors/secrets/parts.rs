//! Parts of expressions that several rules share. A rule writes them in double braces: `{{password}}{{is}}{{value}}`.

/// A word that announces a password. Letter case is folded only in ASCII, so Cyrillic words are written twice.
const PASSWORD: &str = concat!(
    r"(?:(?i:pass ?wor[dt]|passwd|passphrase|passcode|pwd|kennwort|mot de passe|\bmdp|contrase(?:n|ñ|Ñ)a|(?:wlan|wi-?fi|wpa2?|netzwerk)[ -]?(?:schlüssel|key|code)|",
    r"(?:shared|pre-?shared)[ -](?:secret|key)|\bclave|",
    r"\bsenha|palavra-passe|wachtwoord|\bhas(?:l|ł)o|lösenord|adgangskode|salasana|\bheslo|\bparola|\bpw)|",
    r"(?:п|П)арол(?:ь|я|ю|е|и)|パスワード|暗証番号|비밀번호|密码|密碼|口令|密钥|密鑰|令牌)",
);

/// The words and signs between a password's name and its value, with the spaces around them.
const IS: &str = concat!(
    r"(?:\s{0,12}(?::=|[:=]|：|＝|->|→|=>|⇒)\s{0,4}(?:</?[a-z]{1,6}>\s{0,4}){0,3}|\s{0,2}</t[dh]>\s{0,20}<td>\s{0,4}|",
    r"\s+(?i:(?:is|was|has been|got)(?:\s(?:now|still|currently|changed|reset|set|updated)){0,2}(?:\sto)?|lautet(?:\s(?:jetzt|nun))?|ist(?:\s(?:jetzt|nun))?|est(?:\smaintenant)?|",
    r"es(?:\sahora)?|é|är|jest|to|auf|in|zu|into|en|à|a|para|by)\s{0,2}:?\s+|",
    r"\s{1,3}(?:—|–|-)\s{1,3}|",
    r"\s{0,2}(?:现在|目前|已)?(?:是|为|為|改成|改为|改為|设为|设成|设置为|重置为|换成|变成)了?\s{0,2}(?:：|:)?\s{0,2}|",
    r"(?:は|을|를|는|은)\s{0,2})\**",
);

/// A value in quotes or brackets, or up to the next space. Marks at the end of a sentence do not belong to it.
const VALUE: &str = concat!(
    r#"(?:\\?"([^"\s<>\\]{6,100})|'([^'\s<>]{6,100})'|`([^`\s<>]{6,100})`|"#,
    r"(?:「|『|“|”|„|«|‹)\s?([!-~]{6,100}?)\s?(?:」|』|”|“|«|»|›)|\(([^\s()<>]{6,100})\)|",
    r#"([A-Za-z0-9!#$%&*+@^_~?=][^\s"'`<>|,;\\\x80-\xff]{4,98}[^\s"'`<>|,;\\\x80-\xff.:)\]}]))"#,
);

/// Replaces the names of parts in `pattern`.
pub(super) fn expand(pattern: &str) -> String {
    pattern.replace("{{password}}", PASSWORD).replace("{{is}}", IS).replace("{{value}}", VALUE)
}
