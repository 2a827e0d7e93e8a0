use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

use super::*;

#[test]
fn a_process_that_forbids_core_dumps_writes_none_and_is_not_readable() {
    forbid_core_dumps();
    assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    let limit = getrlimit(Resource::Core);
    assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
}
