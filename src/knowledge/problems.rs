//! The problems of a report.

use super::clusters::{Cluster, Clusters};
use crate::{report::Problem, store::Store};

/// Returns the problems that at least two tickets are about: the clusters of the tickets of `store`.
pub(super) fn problems(store: &Store, clusters: &Clusters) -> Vec<Problem> {
    let problem = |cluster: &Cluster| Problem {
        words: cluster.words.clone(),
        tickets: cluster.ids(store).map(str::to_owned).collect(),
        best: cluster.best.map(|place| store.threads.id(place).to_owned()),
        article: cluster.article.clone(),
    };
    clusters.all.iter().map(problem).collect()
}
