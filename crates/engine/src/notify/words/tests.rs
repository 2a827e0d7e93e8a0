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
