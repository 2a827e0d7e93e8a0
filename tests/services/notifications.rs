//! Notification services that are missing, hanging, or killed during a call.

use bellwire_tests::support::notifyd::{NotificationDaemon, NotifyCall, USUAL_CAPABILITIES};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::wait;

use crate::receiver::Place;

async fn place(origin: &Origin) -> Place {
    Place::new(&format!("[[feed]]\nid = \"ops\"\nurl = \"{}\"\n", origin.url("/"))).await
}

async fn daemon(place: &Place) -> NotificationDaemon {
    NotificationDaemon::on(place.bus.connect().await, USUAL_CAPABILITIES).await
}

fn plain(numbers: std::ops::Range<usize>) -> String {
    numbers.map(|n| format!("id: {n}\ndata: plain {n}\n\n")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_event_is_lost_when_a_notification_service_hangs_and_ends_during_a_call() {
    let origin = Origin::start(vec![Scene::stream("event: alert\nid: 0\ndata: wanted\n\n")]).await;
    let place = place(&origin).await;
    let hanging = daemon(&place).await;
    hanging.hang();
    let mut program = place.run();
    place.wait_for_words("did not answer within 5 s").await;
    origin.send(&plain(1..200));
    wait::until("all events", async || (place.stored() == 200).then_some(())).await;
    // During the second call, 10 s after the first.
    hanging.die().await;
    let next = daemon(&place).await;
    next.wait_for("the notification", |call| call.body == "wanted").await;
    origin.send("event: alert\nid: 201\ndata: last\n\n");
    next.wait_for("the last one", |call| call.body == "last").await;
    assert_eq!(next.calls().len(), 2);
    program.kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_notification_service_notifications_wait_for_one() {
    let origin = Origin::start(vec![Scene::stream("event: alert\nid: 0\ndata: wanted\n\n")]).await;
    let place = place(&origin).await;
    let mut program = place.run();
    place.wait_for_words("did not take it").await;
    origin.send(&plain(1..200));
    wait::until("all events", async || (place.stored() == 200).then_some(())).await;
    let late = daemon(&place).await;
    late.wait_for("the notification", |call| call.body == "wanted").await;
    program.kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_replaces_no_notification_of_a_service_that_started_since() {
    let origin = Origin::start(vec![Scene::stream("")]).await;
    let place = place(&origin).await;
    let first = daemon(&place).await;
    let mut program = place.run();
    place.wait_for_words("connected").await;
    let alerts = |numbers: std::ops::Range<usize>| -> String {
        numbers.map(|n| format!("event: alert\nid: {n}\ndata: alert {n}\n\n")).collect()
    };
    origin.send(&alerts(0..7));
    let is_digest = |call: &NotifyCall, count: usize| call.summary.contains(&format!("{count} events in"));
    let digest = first.wait_for("the digest", |call| is_digest(call, 2)).await;
    origin.send(&alerts(7..8));
    let update = first.wait_for("its update", |call| is_digest(call, 3)).await;
    assert_eq!(update.replaces_id, digest.id);
    first.die().await;
    let second = daemon(&place).await;
    origin.send(&alerts(8..9));
    let update = second.wait_for("the update by the other service", |call| is_digest(call, 4)).await;
    assert_eq!(update.replaces_id, 0, "the id is one of the first service");
    origin.send(&alerts(9..10));
    let again = second.wait_for("the next update", |call| is_digest(call, 5)).await;
    assert_eq!(again.replaces_id, update.id);
    program.kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_without_buttons_gets_no_actions_and_each_gets_the_desktop_entry() {
    let scene = Scene::stream("event: alert\nid: 0\ndata: wanted\n\n");
    for (capabilities, actions) in
        [(&["body"][..], &[][..]), (USUAL_CAPABILITIES, &["default", "Show in Bellwire"])]
    {
        let origin = Origin::start(vec![scene.clone()]).await;
        let place = place(&origin).await;
        let daemon = NotificationDaemon::on(place.bus.connect().await, capabilities).await;
        let mut program = place.run();
        let call = daemon.wait_for("the notification", |call| call.body == "wanted").await;
        assert_eq!(call.actions, actions);
        assert_eq!(<&str>::try_from(&*call.hints["desktop-entry"]).unwrap(), "Bellwire");
        assert_eq!(u8::try_from(&call.hints["urgency"]).unwrap(), 1);
        program.kill().await.unwrap();
    }
}
