//! Expressions and templates of rules, over the data of an event.

use bellwire_engine::{Expression, ExpressionError, Scope, Template};

use crate::target::{MIB, Target, magnitude, shape};

pub(super) const TARGET: Target = Target {
    name: "expressions",
    words: &[
        b"data",
        b"data.a",
        b"data.b",
        b"data[0]",
        b"text",
        b"event",
        b"replayed",
        b" and ",
        b" or ",
        b" not ",
        b" in ",
        b" is ",
        b" if ",
        b" else ",
        b"|float",
        b"|int",
        b"|round",
        b"|abs",
        b"|default(1)",
        b"|lower",
        b"|upper",
        b"|trim",
        b"|length",
        b"|first",
        b"|last",
        b"|join(', ')",
        b"|replace('a', 'b')",
        b"|truncate(9)",
        b"|tojson",
        b"|fromjson",
        b"|striptags",
        b"|flat('a')",
        b"defined",
        b"+",
        b"-",
        b"*",
        b"/",
        b"//",
        b"%",
        b"**",
        b"~",
        b"==",
        b">",
        b"(",
        b")",
        b"[",
        b"]",
        b"{",
        b"}",
        b"{{ ",
        b" }}",
        b"'",
        b"\"",
        b"\n",
        b"{\"a\": ",
        b"\"b\": ",
        b"[1, 2]",
        b"null",
        b"<p>",
        b"<a",
        b"&amp;",
        b"1e308",
        b"100000000",
        b"\\u0000",
        "字".as_bytes(),
    ],
    // The language's library makes a text of up to 100 MB of a product; only then it is refused.
    max_memory: 256 * MIB,
    run,
};

/// The longest text that a template makes, in bytes.
const MAX_RENDERED: usize = 16 * 1024;

/// The first line is the expression or the template, the rest the data.
fn run(input: &[u8]) -> u64 {
    let input = String::from_utf8_lossy(input);
    let (source, data) = input.split_once('\n').unwrap_or((&input, "{}"));
    let scope = Scope::event("outage", "7", data).in_feed("ops", "Operations", true);
    shape((template(source, &scope), expression(source, &scope)))
}

fn template(source: &str, scope: &Scope) -> Result<u32, String> {
    let template = Template::parse(source).map_err(|error| kind(&error))?;
    assert_eq!(template.as_str(), source, "a template is printed as it was written");
    assert_eq!(Template::parse(template.as_str()).as_ref(), Ok(&template), "and read as the same");
    let rendered = template.render(scope);
    assert!(rendered.is_ok() || !template.is_fixed(), "a text without expressions always renders");
    let text = rendered.map_err(|error| kind(&error))?;
    assert!(text.len() <= MAX_RENDERED, "a template makes at most 16 KiB");
    Ok(magnitude(text.len()))
}

fn expression(source: &str, scope: &Scope) -> Result<Option<u32>, String> {
    let expression = Expression::parse(source).map_err(|error| kind(&error))?;
    assert_eq!(expression.as_str(), source, "an expression is printed as it was written");
    assert_eq!(Expression::parse(expression.as_str()).as_ref(), Ok(&expression), "and read as the same");
    let text = expression.text(scope);
    assert_eq!(expression.text(scope), text, "it has one value");
    let holds = expression.holds(scope);
    assert_eq!(text.as_ref().err(), holds.as_ref().err(), "it fails in the same way, however it is asked");
    if let Ok(Some(items)) = expression.items(scope, 100) {
        assert!(items.len() <= 100, "a list has at most as many items as are allowed");
    }
    text.map(|text| text.map(|text| magnitude(text.len()))).map_err(|error| kind(&error))
}

/// Returns a message without what it quotes.
fn kind(error: &ExpressionError) -> String {
    error.to_string().split(['`', '"', '\'']).step_by(2).collect()
}
