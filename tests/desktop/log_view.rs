//! Reads the log as the window shows it.

use bellwire_tests::support::wait;
use bellwire_tests::support::webdriver::Window;
use serde::Deserialize;
use serde_json::Value;

/// A rendered row.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct SeenRow {
    pub seq: i64,
    /// `event`, or the kind of a connection row.
    pub kind: String,
    /// Empty in a connection row, like the next two.
    pub event: String,
    pub id: String,
    pub data: String,
    /// The text of a connection row.
    pub message: String,
    /// The names of the icons that show the outcome: `bell`, `bell-off`, `stack`, `replay`.
    pub decision: Vec<String>,
    pub selected: bool,
    /// Whether the whole row is visible.
    pub in_view: bool,
}

/// Returns the rendered rows, from top to bottom. Rows far out of view are not rendered.
pub async fn rows(window: &Window) -> Vec<SeenRow> {
    let found = run(window, ROWS).await;
    serde_json::from_value(found).expect("the script gives rows")
}

/// Returns the events among the rendered rows.
pub async fn events(window: &Window) -> Vec<SeenRow> {
    rows(window).await.into_iter().filter(|row| row.kind == "event").collect()
}

/// Waits until the rendered rows meet the condition, and returns them.
pub async fn wait_for_rows(window: &Window, what: &str, wanted: impl Fn(&[SeenRow]) -> bool) -> Vec<SeenRow> {
    wait::until(what, async || Some(rows(window).await).filter(|rows| wanted(rows))).await
}

/// Waits until an event with this data is rendered, and returns its row.
pub async fn wait_for_data(window: &Window, data: &str) -> SeenRow {
    wait::until(&format!("a row with {data:?}"), async || {
        rows(window).await.into_iter().find(|row| row.kind == "event" && row.data == data)
    })
    .await
}

/// Runs a script in the page, and returns its result.
pub async fn run(window: &Window, script: &str) -> Value {
    window.client.execute(script, Vec::new()).await.expect("the page runs the test's script")
}

const ROWS: &str = r#"
const frame = document.querySelector('.log')?.getBoundingClientRect();
const text = (row, css) => row.querySelector(css)?.textContent.trim() ?? '';
return [...document.querySelectorAll('.row[data-seq]')].map((row) => {
  const box = row.getBoundingClientRect();
  return {
    seq: Number(row.dataset.seq),
    kind: row.dataset.kind,
    event: text(row, '.event-cell'),
    id: text(row, '.id-cell'),
    data: text(row, '.data-cell'),
    message: text(row, '.message-cell'),
    decision: [...row.querySelectorAll('.decision-cell use')].map((use) => use.getAttribute('href').slice(1)),
    selected: row.getAttribute('aria-selected') === 'true',
    in_view: box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1,
  };
}).sort((a, b) => a.seq - b.seq);
"#;
