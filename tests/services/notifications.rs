//! Notification services that are missing, hanging, or killed during a call.

use bellwire_tests::support::notifyd::{NotificationDaemon, USUAL_CAPABILITIES};
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
