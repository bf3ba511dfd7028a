//! The routes of the server, one file each.
//!
//! To add a route: a file with its handler, whose `#[utoipa::path]` says where it answers, and a line in [`ROUTES`]. The
//! router and `GET /api/v1/openapi.json` are both made from these lines.

mod events;
mod health;
mod openapi;
mod ready;
mod search;
mod services;
mod similar;
mod templates;
mod ticket;
mod tickets;

use utoipa::OpenApi;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouter},
    routes,
};

use super::{Problem, State};
use crate::api::{
    BuildReport, CheckReport, EvalReport, ImportReport, NeedlessTicket, OpenedTicket, ProblemDetail, Review,
    RuleDetail, RuleList, WrittenReplies, WrittenReply,
};

pub use openapi::document;

/// A handler with its path and its documentation.
type Route = fn() -> UtoipaMethodRouter<State>;

/// All routes beside the files of the site.
const ROUTES: &[Route] = &[
    || routes!(search::search),
    || routes!(similar::similar),
    || routes!(tickets::tickets),
    || routes!(ticket::ticket),
    || routes!(services::services),
    || routes!(templates::templates),
    || routes!(openapi::openapi),
    || routes!(events::events),
    || routes!(health::health),
    || routes!(ready::ready),
];

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Casebook",
        description = "Tickets, answers and the service catalogue of a casebook repository. Schemas that no path uses \
                       describe what `casebook COMMAND --format json` prints.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    servers((url = "/")),
    components(schemas(
        ProblemDetail,
        // What only commands print.
        BuildReport,
        CheckReport,
        EvalReport,
        ImportReport,
        NeedlessTicket,
        OpenedTicket,
        Review,
        RuleDetail,
        RuleList,
        WrittenReplies,
        WrittenReply,
    )),
)]
struct Described;

/// Makes the router of all routes, which knows its own documentation. Each route may also answer with a problem.
pub(super) fn router() -> OpenApiRouter<State> {
    ROUTES.iter().fold(OpenApiRouter::with_openapi(Described::openapi()), |router, route| {
        let (schemas, mut paths, handler) = route();
        let mut allow = "GET, HEAD";
        for path in paths.paths.values_mut() {
            if path.get.is_none() {
                allow = "POST";
            }
            for operation in [&mut path.get, &mut path.post].into_iter().flatten() {
                operation.responses.responses.extend(Problem::described());
            }
        }
        let refuse = move || async move { Problem::method_not_allowed(allow) };
        router.routes((schemas, paths, handler.fallback(refuse)))
    })
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn a_route_is_one_file_and_one_line() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server/routes");
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let files: BTreeSet<String> =
            files.map(|file| file.file_stem().unwrap().to_string_lossy().into()).collect();
        let document = router().into_openapi();
        let documented = document.paths.paths.values().flat_map(|path| [&path.get, &path.post]);
        let mut documented: BTreeSet<String> =
            documented.flatten().filter_map(|operation| operation.operation_id.clone()).collect();
        assert_eq!(ROUTES.len(), documented.len());
        documented.insert("mod".to_owned());
        assert_eq!(documented, files, "a file is named like the handler in it");
    }
}
