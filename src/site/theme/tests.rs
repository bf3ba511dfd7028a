use minijinja::context;

use super::*;

fn theme(files: &[(&str, &str)]) -> Theme {
    let overrides = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    Theme::new(&overrides, BTreeSet::new(), "en", None)
}

/// Renders a page with this template, which has exactly one problem. Returns the problem.
fn problem_of(template: &str) -> String {
    let mut theme = theme(&[("not-found.html", template)]);
    let site = context! { language => "en", title => "Acme", nav => [""; 0], links => context! {}, theme_problems => [""; 0] };
    theme.set_global("site", site);
    let _ = theme.render("not-found.html", context! { page => context! { root => "" } });
    let problems = theme.problems();
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems[0].to_string()
}

#[test]
fn a_repository_can_replace_a_single_template() {
    let theme = theme(&[("parts/badge.html", "<i>{{ x }}</i>")]);
    assert_eq!(theme.render("parts/badge.html", context! { x => "a/b<" }).unwrap(), "<i>a/b&lt;</i>");
    let when = context! { when => context! { at => 1, text => 2, day => 3 } };
    assert!(theme.render("parts/time.html", when).is_ok());
    assert_eq!(theme.problems(), []);
}

#[test]
fn the_name_of_an_asset_depends_on_its_content() {
    let built_in = theme(&[]);
    let own = theme(&[("assets/site.css", "body{}")]);
    let path_of = |theme: &Theme| theme.assets.names["site.css"].clone();
    assert_ne!(path_of(&built_in), path_of(&own));
    let path = &path_of(&own);
    assert_eq!(own.files()[path], b"body{}");
    let is_sheet = |name: &&String| name.starts_with("assets/site.") && name.ends_with(".css");
    assert_eq!(own.files().keys().filter(is_sheet).count(), 1);
}

#[test]
fn built_in_scripts_and_style_sheets_are_published_without_comments() {
    let script =
        "// What it does.\n\nconst a = 1; // one\n  // Why.\n  export const b = \"// no comment\";\n";
    let published = compact("assets/x.js", script.into());
    assert_eq!(published, b"const a = 1; // one\nexport const b = \"// no comment\";\n");
    let sheet =
        "/* The style sheet.\n   More. */\n@media print {\n  a { color: red; }\n}\n/* One line. */\nb {}\n";
    assert_eq!(compact("assets/x.css", sheet.into()), b"@media print {\na { color: red; }\n}\nb {}\n");
    assert_eq!(compact("assets/icon.svg", b"<!-- a -->\n <svg/>".into()), b"<!-- a -->\n <svg/>");
    // The files of a repository are its own.
    let own = theme(&[("assets/site.css", "/* Ours. */\n  a {}")]);
    assert_eq!(own.files()[&own.assets.names["site.css"]], b"/* Ours. */\n  a {}");
}

#[test]
fn a_repository_can_replace_single_words() {
    let theme = theme(&[("words/en.yml", "nav: { services: Systems }")]);
    assert_eq!((theme.words().plain("nav.services"), theme.words().plain("nav.tags")), ("Systems", "Tags"));
    assert_eq!(theme.problems(), []);
}

#[test]
fn a_problem_in_a_template_names_the_file_and_the_line() {
    let problem = problem_of("\n{{ nothing.here }}");
    assert!(problem.starts_with("site/not-found.html:2: "), "{problem}");
    let problem = problem_of("{{ t('no.such') }}");
    assert!(problem.contains("unknown key `no.such`"), "{problem}");
}

#[test]
fn a_template_that_cannot_be_compiled_or_rendered_is_replaced_by_the_built_in_one() {
    for broken in
        ["{{", "{% if %}", "{{ no_such_variable }}", "{{ no_such_function() }}", "{% include 'no.html' %}"]
    {
        let theme = theme(&[("parts/badge.html", broken)]);
        let badge = context! { ticket => context! { icon => "open", status => "open", resolution => () } };
        let html = theme.render("parts/badge.html", badge).unwrap();
        assert!(html.contains("badge"), "{broken}: {html}");
        assert_eq!(theme.problems().len(), 1, "{broken}");
    }
}

#[test]
fn a_problem_in_an_included_template_names_that_template() {
    let theme = theme(&[
        ("not-found.html", "\n{% include 'parts/badge.html' %}"),
        ("parts/badge.html", "\n\n{{ no.such }}"),
    ]);
    let _ = theme.render("not-found.html", context! {});
    let problems = theme.problems();
    assert!(
        problems[0].to_string().starts_with("site/parts/badge.html:3: `no` is undefined"),
        "{problems:?}"
    );
}

#[test]
fn a_hostile_template_is_refused_quickly_and_does_not_end_the_process() {
    let long = |part: &str, n: usize| format!("{{{{ {}x }}}}", part.repeat(n));
    let nested =
        |open: &str, close: &str, n: usize| format!("{{{{ {}x{} }}}}", open.repeat(n), close.repeat(n));
    let hostile = [
        long("not ", 50_000),
        long("not ", 10_000),
        long("-", 60_000),
        long("x + ", 10_000),
        long("x if x else ", 5_000),
        format!("{{{{ x{} }}}}", ".x".repeat(30_000)),
        format!("{{{{ x{} }}}}", "[0]".repeat(20_000)),
        format!("{{{{ x{} }}}}", "|e".repeat(30_000)),
        format!("{{{{ x{} }}}}", " is y".repeat(10_000)),
        nested("(", ")", 30_000),
        nested("[", "]", 100),
        format!("{{% if x %}}{}{{% endif %}}", "{% elif x %}".repeat(5_000)),
        format!("{}{}", "{% if true %}".repeat(2_000), "{% endif %}".repeat(2_000)),
        // Text that looks like the end of a tag, or like a tag, does not hide a long tag.
        format!("{{{{ x{} }}}}", " ~ '}}' ~ x".repeat(4_000)),
        format!("{{% raw %}}{{{{ ' {{% endraw %}}{{{{ x{} }}}}", " ~ \"' }} \" ~ x".repeat(3_000)),
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}".to_owned(),
        "{% for a in range(99999) %}{{ 'x' * 100000 }}{% endfor %}".to_owned(),
        "{% macro m(x) %}{{ m([x]) }}{% endmacro %}{{ m(1) }}".to_owned(),
        "{% include 'not-found.html' %}".to_owned(),
        "{% extends 'not-found.html' %}".to_owned(),
        "{% set n = namespace(v=[]) %}{% for i in range(99999) %}{% set n.v = [n.v] %}{% endfor %}"
            .to_owned(),
    ];
    for template in hostile {
        let problem = problem_of(&template);
        assert!(problem.starts_with("site/not-found.html"), "{problem}");
    }
}

#[test]
fn a_hostile_or_broken_words_file_is_ignored() {
    for broken in [
        "[".repeat(200_000),
        "[".repeat(60_000),
        "a: ".repeat(20_000),
        "a: [".to_owned(),
        "nav: Menu\nnav: Other".to_owned(),
        "nav: [one, two]".to_owned(),
        "a: &a [x]\nb: [*a, *a]".to_owned(),
        "- a\n- b".to_owned(),
        "\0".to_owned(),
    ] {
        let start = broken.chars().take(40).collect::<String>();
        let theme = theme(&[("words/en.yml", &broken)]);
        assert_eq!(theme.words().plain("nav.tags"), "Tags", "{start}");
        let problems = theme.problems();
        assert_eq!(problems.len(), 1, "{start}");
        assert!(problems[0].to_string().starts_with("site/words/en.yml"), "{problems:?}");
    }
}
