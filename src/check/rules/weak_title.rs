//! `weak-title`: a title that is too vague.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    detectors::substance::weakness,
    diagnostic::{Finding, Level},
    template::Template,
};

pub(super) const RULE: Rule = Rule {
    code: "weak-title",
    level: Level::Warn,
    requirement: "A title says what fails or what is needed.",
    why: "Queues and search results show only the title. `Help` and `Urgent!!!` could be any ticket.",
    cases: &[
        Case::fails(&[NOTE, ("tickets/a.md", "---\ntitle: Please help, urgent!!!\ntemplate: note\n---\n")]),
        Case::fails(&[NOTE, ("tickets/a.md", "---\ntitle: Note\ntemplate: note\n---\n")]),
        Case::fails(&[NOTE, ("tickets/a.md", "---\ntitle: 紧急求助\ntemplate: note\n---\n")]),
        Case::passes(&[
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Exports of October end with a timeout\n\
                 template: note\n\
                 ---\n",
            ),
        ]),
        Case::passes(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: NullPointerException in ExportJob\ntemplate: note\n---\n"),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

/// Words that could be in any title. A title that contains only such words is too vague.
const VAGUE_WORDS: &str = "a again an and anyone asap at bad broken bug can critical doesn doesnt does emergency error fail \
    failed failing fails failure fix for hello help hi i immediately important in incident is issue \
    it me my need needed new not of on our please plz pls problem problems question quick request \
    slow somebody someone something some strange support t test the there this ticket title todo tbd \
    untitled urgent urgently very we weird with work working works wrong you";

/// Whole titles in Chinese that are too vague. Chinese text has no spaces between words.
const VAGUE_CHINESE: &str = "不能用 不工作 出错 出错了 出问题 出问题了 坏了 失败 帮忙 异常 急 急急急 报错 报错了 故障 有问题 \
    求助 测试 用不了 紧急 紧急求助 请帮忙 请问 错误 问题";

fn check(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let CheckedContent::Ticket(thread, template) = file.content else { return };
    let title = thread.ticket.title.trim();
    if title.is_empty() || file.is_imported() || !is_vague(title, template) {
        return;
    }
    findings.push(
        RULE.finding(file.path(), format!("the title `{title}` is too vague"))
            .at(file.span_of("title"))
            .help("say what fails and where, as in `Invoice export times out above 10,000 rows`"),
    );
}

fn is_vague(title: &str, template: Option<&Template>) -> bool {
    let bare: String = title.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let is_template_name =
        |name: &str| name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase() == bare;
    let mut words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    bare.is_empty()
        || template
            .is_some_and(|template| is_template_name(&template.title) || is_template_name(&template.name))
        || VAGUE_CHINESE.split_whitespace().any(|phrase| phrase == bare)
        || words.all(|word| VAGUE_WORDS.split_whitespace().any(|vague| vague.eq_ignore_ascii_case(word)))
        || weakness(title, "").is_some()
}
