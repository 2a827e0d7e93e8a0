//! Counts the memory that a thread holds.
#![expect(
    unsafe_code,
    reason = "a counting allocator implements an unsafe trait; it only calls the system's"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// What the thread holds, and the most that it held, in bytes.
    static HELD: Cell<(isize, isize)> = const { Cell::new((0, 0)) };
}

struct Counting;

impl Counting {
    fn count(change: isize) {
        // A thread that ends may free memory after its count is gone.
        let _ = HELD.try_with(|held| {
            let (now, most) = held.get();
            held.set((now + change, most.max(now + change)));
        });
    }
}

fn size(layout: Layout) -> isize {
    isize::try_from(layout.size()).unwrap_or(isize::MAX)
}

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::count(size(layout));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        Self::count(-size(layout));
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Returns what `run` returns, and the most bytes that it held at once.
pub(crate) fn most_held<T>(run: impl FnOnce() -> T) -> (T, usize) {
    HELD.set((0, 0));
    let done = run();
    (done, usize::try_from(HELD.get().1).unwrap_or(0))
}
