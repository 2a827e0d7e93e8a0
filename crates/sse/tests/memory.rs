//! Measures what the decoder holds and copies, with a counting allocator.

#![expect(
    unsafe_code,
    reason = "a counting allocator implements an unsafe trait; it only calls the system's"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ops::ControlFlow::Continue;

use bellwire_sse::{Decoder, Item, Limits};

const MIB: usize = 1024 * 1024;
const LIMIT: usize = 16 * MIB;

thread_local! {
    static COUNTS: Cell<Counts> = const { Cell::new(Counts { calls: 0, bytes: 0, live: 0, peak: 0 }) };
}

/// Counts this thread's allocations. `bytes` is also an upper bound of what growing buffers can have copied.
#[derive(Debug, Clone, Copy)]
struct Counts {
    calls: usize,
    bytes: usize,
    live: isize,
    peak: isize,
}

struct Counting;

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Counts { calls, bytes, live, peak } = COUNTS.get();
        let live = live + layout.size() as isize;
        COUNTS.set(Counts { calls: calls + 1, bytes: bytes + layout.size(), live, peak: peak.max(live) });
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let counts = COUNTS.get();
        COUNTS.set(Counts { live: counts.live - layout.size() as isize, ..counts });
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Sets all counts to zero, as though nothing were allocated.
fn reset() {
    COUNTS.set(Counts { calls: 0, bytes: 0, live: 0, peak: 0 });
}

fn push(decoder: &mut Decoder, chunk: &[u8]) -> usize {
    let mut events = 0;
    decoder.push(chunk, |item| {
        events += usize::from(matches!(item, Item::Event(_)));
        Continue(())
    });
    events
}

#[test]
fn a_line_without_end_is_buffered_only_up_to_the_limit() {
    for start in ["data: ", "event: ", ":", "unknown", "id: ", ""] {
        let chunk = vec![b'x'; 64 * 1024];
        let mut decoder = Decoder::new(Limits::default());
        reset();
        push(&mut decoder, start.as_bytes());
        for _ in 0..(64 * MIB / chunk.len()) {
            push(&mut decoder, &chunk);
        }
        let Counts { live, peak, .. } = COUNTS.get();
        assert!(peak <= (2 * LIMIT) as isize + 1024, "{start:?}: {peak} bytes at the peak");
        assert!(live <= 1024, "{start:?}: {live} bytes while skipping");
        assert!(decoder.is_skipping());
    }
}

#[test]
fn the_largest_event_is_copied_a_few_times_at_most() {
    assert_eq!(Limits::default().max_event, LIMIT);
    let body = [b"data: ".to_vec(), vec![b'x'; LIMIT], b"\n\n".to_vec()].concat();
    for size in [1, 1460, body.len()] {
        let mut decoder = Decoder::new(Limits::default());
        reset();
        let events: usize = body.chunks(size).map(|chunk| push(&mut decoder, chunk)).sum();
        let Counts { bytes, live, peak, .. } = COUNTS.get();
        assert_eq!(events, 1);
        assert!(bytes <= 3 * LIMIT + 128 * 1024, "chunks of {size}: {bytes} bytes allocated in all");
        assert!(peak <= (2 * LIMIT) as isize + 1024, "chunks of {size}: {peak} bytes at the peak");
        assert!(live <= 128 * 1024, "chunks of {size}: {live} bytes kept after the event");
    }
}

#[test]
fn a_large_comment_frees_its_memory() {
    let comment = [b":".to_vec(), vec![b'x'; MIB], b"\n".to_vec()].concat();
    let mut decoder = Decoder::new(Limits::default());
    reset();
    comment.chunks(1460).for_each(|chunk| assert_eq!(push(&mut decoder, chunk), 0));
    let Counts { live, .. } = COUNTS.get();
    assert!(live <= 128 * 1024, "{live} bytes kept");
}

#[test]
fn small_events_need_no_allocation() {
    let body =
        "event: quote\nid: 17\ndata: {\"symbol\": \"KITE\"}\ndata: more\n\n: heartbeat\n\nretry: 3000\n\n"
            .repeat(1000);
    let mut decoder = Decoder::new(Limits::default());
    push(&mut decoder, &body.as_bytes()[..200]);
    for size in [7, 1460, body.len()] {
        let mut decoder = Decoder::new(Limits::default());
        for chunk in body.as_bytes().chunks(size) {
            push(&mut decoder, chunk);
        }
        reset();
        let events: usize = body.as_bytes().chunks(size).map(|chunk| push(&mut decoder, chunk)).sum();
        assert_eq!((events, COUNTS.get().calls), (1000, 0), "chunks of {size}");
    }
}
