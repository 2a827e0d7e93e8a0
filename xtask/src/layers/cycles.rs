//! Cycles among the files of a crate.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::path::{Path, PathBuf};

use super::graph::Graph;

/// The cycles of all crates that were added.
#[derive(Debug, Default)]
pub(super) struct Cycles {
    /// Two files that import each other; each pair is there once.
    pub(super) pairs: Vec<[PathBuf; 2]>,
    /// Three files or more, each of which imports the next and the last the first.
    pub(super) longer: Vec<Vec<PathBuf>>,
}

impl Cycles {
    pub(super) fn is_empty(&self) -> bool {
        self.pairs.is_empty() && self.longer.is_empty()
    }

    /// Adds the cycles of `graph`.
    ///
    /// The longer ones are searched without the arrows of the pairs, which would put nearly every file of a crate on
    /// some cycle. Each file on no reported cycle yet adds a shortest one through it; ending that one may show another.
    pub(super) fn add(&mut self, graph: &Graph) {
        let arrows: BTreeSet<(&Path, &Path)> = graph.arrows().collect();
        let is_mutual = |(from, to): &(&Path, &Path)| arrows.contains(&(*to, *from));
        let mutual = arrows.iter().filter(|arrow| is_mutual(arrow) && arrow.0 < arrow.1);
        self.pairs.extend(mutual.map(|(first, second)| [first.to_path_buf(), second.to_path_buf()]));

        let mut next: BTreeMap<&Path, Vec<&Path>> = BTreeMap::new();
        for (from, to) in arrows.iter().filter(|arrow| !is_mutual(arrow)) {
            next.entry(from).or_default().push(to);
        }
        let mut reported = BTreeSet::new();
        for start in next.keys().copied() {
            if reported.contains(start) {
                continue;
            }
            if let Some(cycle) = shortest_cycle(start, &next) {
                reported.extend(cycle.iter().copied());
                self.longer.push(cycle.into_iter().map(Path::to_path_buf).collect());
            }
        }
    }
}

impl fmt::Display for Cycles {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pairs.len() {
            1 => write!(out, "1 pair of files import each other")?,
            count => write!(out, "{count} pairs of files import each other")?,
        }
        for [first, second] in &self.pairs {
            write!(out, "\n  {} <-> {}", first.display(), second.display())?;
        }
        write!(out, "\n{} longer cycles of files", self.longer.len())?;
        for cycle in &self.longer {
            let names: Vec<String> = cycle.iter().map(|path| path.display().to_string()).collect();
            write!(out, "\n  {} -> {}", names.join(" -> "), names[0])?;
        }
        Ok(())
    }
}

/// Returns the files of a shortest cycle through `start`, beginning with it.
fn shortest_cycle<'a>(start: &'a Path, next: &BTreeMap<&'a Path, Vec<&'a Path>>) -> Option<Vec<&'a Path>> {
    let mut came_from: BTreeMap<&Path, &Path> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(path) = queue.pop_front() {
        for &to in next.get(path).into_iter().flatten() {
            if to == start {
                let mut cycle = vec![path];
                while let Some(&before) = came_from.get(cycle[cycle.len() - 1]) {
                    cycle.push(before);
                }
                cycle.reverse();
                return Some(cycle);
            }
            if !came_from.contains_key(to) {
                came_from.insert(to, path);
                queue.push_back(to);
            }
        }
    }
    None
}
