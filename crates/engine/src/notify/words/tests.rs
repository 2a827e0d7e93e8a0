use super::*;

#[test]
fn a_late_notification_of_another_day_has_the_date() {
    let day = 86_400_000;
    let of_day = |now, language| moment(language, day, now);
    let same = of_day(day, Language::En);
    assert_eq!(same.len(), "00:00".len());
    let other = of_day(4 * day, Language::En);
    assert!(other.ends_with(&format!(" Jan {same}")), "{other}");
    let other = of_day(4 * day, Language::ZhCn);
    assert!(other.starts_with("1月") && other.ends_with(&format!("日 {same}")), "{other}");
}

#[test]
fn a_digest_of_one_event_says_one_event() {
    assert_eq!(digest_title(Language::En, "Ops", 1, 0, 3), "Ops: 1 event in 3 s");
    assert_eq!(digest_title(Language::En, "Ops", 2, 0, 3), "Ops: 2 events in 3 s");
    assert_eq!(digest_title(Language::ZhCn, "Ops", 1, 0, 3), "Ops：3 秒 内 1 个事件");
}
