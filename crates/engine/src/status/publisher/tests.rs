use super::*;

#[test]
fn the_counts_of_the_last_15_minutes_move_with_the_clock() {
    let mut minutes = Minutes::default();
    minutes.count(0);
    minutes.count(MINUTE);
    minutes.count(MINUTE + 1);
    assert_eq!(minutes.at(MINUTE)[12..], [0, 1, 2]);
    assert_eq!(minutes.at(3 * MINUTE)[10..], [0, 1, 2, 0, 0]);
    assert_eq!(minutes.at(16 * MINUTE), [0; 15]);
    assert_eq!(minutes.at(0)[13..], [1, 2]);
}

#[test]
fn a_startup_config_error_outranks_a_full_disk() {
    let publisher = StatusPublisher::new(Arc::new(Config::default()), 0);
    let problem = |kind| Some(Problem { kind, message: String::new() });
    let shown = || publisher.compose(0).0.problem.map(|problem| problem.kind);
    publisher.problem(problem(ProblemKind::Replaced), ProblemKind::Replaced);
    publisher.problem(problem(ProblemKind::Config), ProblemKind::Config);
    assert_eq!(shown(), Some(ProblemKind::Config));
    publisher.problem(problem(ProblemKind::Disk), ProblemKind::Disk);
    assert_eq!(shown(), Some(ProblemKind::Disk));
    publisher.problem(problem(ProblemKind::ConfigAtStart), ProblemKind::ConfigAtStart);
    assert_eq!(shown(), Some(ProblemKind::ConfigAtStart));
}
