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
    assert_eq!(text(&vec!["1"; 20_000].join("+"), "1"), Err(ExpressionError::TooLong));
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
