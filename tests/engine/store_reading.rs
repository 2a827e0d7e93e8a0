//! Reading large events: what one answer holds is bounded.

use bellwire_engine::event::{Row, RowBody, Seq};
use bellwire_engine::{At, Extent, Needle, View};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::{World, feed};

const LARGE: usize = 3 * 1024 * 1024;
const COUNT: usize = 12;

fn bytes(rows: &[Row]) -> usize {
    let sizes = rows.iter().map(|row| match &row.body {
        RowBody::Event(event) => event.data.len(),
        _ => 0,
    });
    sizes.sum()
}

fn numbers(rows: &[Row]) -> Vec<usize> {
    let numbers = rows.iter().filter_map(|row| match &row.body {
        RowBody::Event(event) => Some(event.data.split(' ').next()?.parse().unwrap()),
        _ => None,
    });
    numbers.collect()
}

#[tokio::test]
async fn an_answer_of_the_log_ends_early_where_it_would_hold_too_much() {
    let body: String =
        (0..COUNT).map(|n| format!("id: {n}\ndata: {n} needle {}\n\n", "x".repeat(LARGE))).collect();
    let origin = Origin::start(vec![Scene::stream(&body)]).await;
    let world = World::new(&format!("[[feed]]\nid = \"f\"\nurl = \"{}\"\n", origin.url("/")));
    let engine = world.start().await;
    feed(&engine, |feed| feed.count == COUNT as u64).await;
    let reader = engine.reader();
    // One large event may be beyond the 8 MiB.
    let most = 8 * 1024 * 1024 + LARGE + 100;
    let expected: Vec<usize> = (0..COUNT).collect();
    for view in
        [View::default(), View { feed: bellwire_engine::event::FeedId::parse("f"), ..View::default() }]
    {
        let (mut back, mut at) = (Vec::new(), At::Newest);
        loop {
            let page = reader.page(&view, at, 1000).unwrap();
            assert!(bytes(&page.rows) <= most && !page.rows.is_empty());
            back.splice(0..0, numbers(&page.rows));
            at = At::Before(page.rows[0].seq);
            if !page.more_before {
                break;
            }
        }
        assert_eq!(back, expected);

        let (mut forth, mut after) = (Vec::new(), Seq(0));
        loop {
            let page = reader.page(&view, At::After(after), 1000).unwrap();
            assert!(bytes(&page.rows) <= most);
            forth.extend(numbers(&page.rows));
            after = page.rows.last().unwrap().seq;
            if !page.more_after {
                break;
            }
        }
        assert_eq!(forth, expected);

        let (mut pulled, mut rev) = (Vec::new(), bellwire_engine::event::Rev(0));
        loop {
            let changes = reader.changes(&view, rev, 1000).unwrap();
            assert!(bytes(&changes.rows) <= most);
            pulled.extend(numbers(&changes.rows));
            rev = changes.rev;
            if !changes.more {
                break;
            }
        }
        assert_eq!(pulled, expected);

        let (mut found, mut before) = (Vec::new(), None);
        loop {
            let piece = reader.search(&view, &Needle::new("needle"), before, 1000).unwrap();
            assert!(bytes(&piece.rows) <= most);
            found.extend(numbers(&piece.rows));
            before = piece.next;
            if before.is_none() {
                break;
            }
        }
        found.reverse();
        assert_eq!(found, expected);

        let preview = View { extent: Extent::Preview(9), ..view };
        let page = reader.page(&preview, At::Newest, 1000).unwrap();
        assert!(!page.more_before && bytes(&page.rows) <= 9 * COUNT);
        assert_eq!(numbers(&page.rows), expected);
        for row in &page.rows {
            if let RowBody::Event(event) = &row.body {
                assert!(event.size > LARGE, "the whole size is known");
            }
        }
    }
    engine.shutdown().await;
}
