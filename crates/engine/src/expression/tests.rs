use super::*;

fn text(expression: &str, data: &str) -> Result<Option<String>, ExpressionError> {
    Expression::parse(expression)?.text(&Scope::event("outage", "7", data))
}

fn some(text: &str) -> Result<Option<String>, ExpressionError> {
    Ok(Some(text.to_owned()))
}

#[test]
fn a_path_leads_into_the_data_or_to_the_event_itself() {
    assert_eq!(text("data.id", r#"{"id":"abc"}"#), some("abc"));
    assert_eq!(text("data.a[1].n", r#"{"a":[0,{"n":12345678901}]}"#), some("12345678901"));
    assert_eq!(text("id", "plain"), some("7"));
    assert_eq!(text("event", "plain"), some("outage"));
    assert_eq!(text("data", "plain"), some("plain"));
    assert_eq!(text("text", r#"{"id":1}"#), some(r#"{"id":1}"#));
}

#[test]
fn what_is_missing_or_null_has_no_value_however_deep() {
    assert_eq!(text("data.id", "{}"), Ok(None));
    assert_eq!(text("data.a.b.c", "{}"), Ok(None));
    assert_eq!(text("data.id", r#"{"id":null}"#), Ok(None));
    assert_eq!(text("data.id", "not json"), Ok(None));
}

#[test]
fn an_error_names_its_kind() {
    assert!(matches!(text("data.", "1"), Err(ExpressionError::Syntax(_))));
    assert_eq!(text(&vec!["1"; 20_000].join("+"), "1"), Err(ExpressionError::TooLong(500)));
    assert!(matches!(text("data.a + 1", r#"{"a":"x"}"#), Err(ExpressionError::Failed(_))));
    // The sandbox has no functions, so none can work long.
    assert!(matches!(text("range(100000)", "1"), Err(ExpressionError::Failed(_))));
}

#[test]
fn an_evaluation_of_many_steps_ends() {
    let deep = vec!["1"; 240].join("+");
    assert_eq!(text(&deep, "1"), some("240"));
    let chain = vec!["(data*1)"; 50].join("+");
    assert_eq!(text(&chain, "2"), some("100"));
}

fn rendered(template: &str, data: &str) -> Result<String, ExpressionError> {
    let scope = Scope::event("outage", "7", data).in_feed("ops", "Operations", true);
    Template::parse(template)?.render(&scope)
}

#[test]
fn a_template_puts_values_into_its_text_and_nothing_for_what_is_missing() {
    let data = r#"{"service":"pay","n":2,"null":null,"list":[1,"b"]}"#;
    assert_eq!(rendered("{{ data.service }} is down ({{data.n}})", data).unwrap(), "pay is down (2)");
    assert_eq!(rendered("[{{ data.absent.x }}{{ data.null }}]", data).unwrap(), "[]");
    assert_eq!(
        rendered("{{ name }} {{ feed }} {{ event }} {{ id }} {{ replayed }}", data).unwrap(),
        "Operations ops outage 7 true"
    );
    assert_eq!(
        rendered("{{ data.list|join(', ') }} {{ data.title or data.service|upper }}", data).unwrap(),
        "1, b PAY"
    );
    assert_eq!(rendered("{{ {'a': '}}'}['a'] }}", data).unwrap(), "}}");
    assert_eq!(rendered("no expression } here", data).unwrap(), "no expression } here");
}

#[test]
fn a_template_that_cannot_be_read_says_why() {
    for broken in ["{{ data.", "{{ data. }}", "{% for a in b %}", "{{ 'a }}"] {
        assert!(matches!(Template::parse(broken), Err(ExpressionError::Syntax(_))), "{broken}");
    }
    assert_eq!(Template::parse(&"x".repeat(5000)), Err(ExpressionError::TooLong(4096)));
}

#[test]
fn the_text_of_a_template_is_cut() {
    let long = format!(r#"{{"a":"{}"}}"#, "字".repeat(100_000));
    let text = rendered("{{ data.a }}{{ data.a }}", &long).unwrap();
    assert!(text.len() <= 16 * 1024 && text.len() > 16 * 1024 - 4, "{}", text.len());
}

#[test]
fn filters_read_json_in_json_and_the_text_of_html() {
    let data = r#"{"inner":"{\"a\":[3,4]}","html":"<p>Disk &lt;90&nbsp;%&gt;<br>full</p><p>A &amp; B</p>"}"#;
    assert_eq!(text("(data.inner|fromjson).a[1]", data), some("4"));
    assert_eq!(text("data.html|striptags", data), some("Disk <90 %>\nfull\nA & B"));
    assert_eq!(text("'a < b > c'|striptags", "1"), some("a < b > c"));
    assert_eq!(text("'&amp;lt;'|striptags", "1"), some("&lt;"));
    assert_eq!(text("(data|fromjson).x", "plain"), Ok(None));
    assert_eq!(text("'abcdef'|truncate(4)", "1"), some("abc…"));
    assert_eq!(text("'3.5'|float|round|int", "1"), some("4"));
    assert_eq!(text("data|tojson", r#"{"b":1,"a":"x"}"#), some(r#"{"b":1,"a":"x"}"#));
    assert_eq!(text("data.a is defined and data.a is startingwith('x')", r#"{"a":"xy"}"#), some("true"));
}

#[test]
fn a_filter_refuses_to_make_a_text_without_bound() {
    let long = "a".repeat(500_000);
    for greedy in
        ["data|replace('a', 'bbbbbbbbbb')", "(data ~ data ~ data)|upper", "data|replace('', 'bbbbbbb')"]
    {
        assert!(matches!(text(greedy, &long), Err(ExpressionError::Failed(_))), "{greedy}");
    }
    let list = format!("[{}1]", "1,".repeat(100_000));
    assert!(matches!(text("data|join('----------------')", &list), Err(ExpressionError::Failed(_))));
}

#[test]
fn flat_makes_one_list_of_the_lists_in_a_list() {
    let data = r#"[{"data":[{"a":1},{"a":2}]},{"data":"x"},5,{"other":[9]},{"data":[[3]]},{"data":[]}]"#;
    assert_eq!(text("data|flat('data')", data), some(r#"[{"a":1},{"a":2},[3]]"#));
    assert_eq!(text("(data|flat('data'))[1].a", data), some("2"));
    assert_eq!(text("data.absent|flat('data')", data), some("[]"));
    for no_list in ["1", "\"text\"", r#"{"data":[1]}"#] {
        assert!(matches!(text("data|flat('data')", no_list), Err(ExpressionError::Failed(_))), "{no_list}");
    }
}

#[test]
fn flat_refuses_to_make_a_list_without_bound() {
    let entry = format!(r#"{{"data":[{}1]}}"#, "1,".repeat(4_999));
    let of = |count: usize| format!("[{}]", vec![entry.as_str(); count].join(","));
    assert_eq!(text("data|flat('data')|length", &of(2)), some("10000"));
    assert!(matches!(text("data|flat('data')|length", &of(3)), Err(ExpressionError::Failed(_))));
}

#[test]
fn tags_that_do_not_end_cost_one_pass() {
    // Looking for the end of each would take a minute.
    let data = "<a".repeat(512 * 1024);
    assert_eq!(text("data|striptags|length", &data), some("1048576"));
    assert_eq!(text("data|striptags", "a <b>c</b> <i d"), some("a c <i d"));
}

#[test]
fn a_product_with_a_text_or_a_list_from_the_data_fails_and_is_not_written_out() {
    for data in [r#"{"a":[0],"b":100000000}"#, r#"{"a":"x","b":100000000}"#, r#"{"a":100000000,"b":["x"]}"#] {
        assert!(matches!(text("data.a * data.b", data), Err(ExpressionError::Failed(_))), "{data}");
        assert!(matches!(rendered("{{ data.a * data.b }}", data), Err(ExpressionError::Failed(_))), "{data}");
    }
    assert_eq!(text("data.a * data.b", r#"{"a":2,"b":4.5}"#), some("9.0"));
    assert_eq!(text("'-' * 3", "1"), some("---"));
}
