//! The routes of the server, one per file.
//!
//! To add a route, write a file with a handler of the same name, whose `#[utoipa::path]` has the address, and add a
//! line to the table. The router and `GET /api/v1/openapi.json` are made from this table.

use utoipa::OpenApi;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouter},
    routes,
};

use super::{Problem, ServerState};
use crate::api::{
    ArticleDetail, BuildAnswer, CannedList, CheckReport, EvalReport, ImportAnswer, OpenedTicket,
    PlannedImportAnswer, ProblemDetail, Review, RuleDetail, RuleList, UnopenedTicket, WrittenReplies,
    WrittenReply,
};

pub use openapi::openapi_document;

/// A function that returns a handler with its path and its documentation.
type Route = fn() -> UtoipaMethodRouter<ServerState>;

/// Declares the routes. Each line names a module whose handler has the same name.
macro_rules! table {
    ($($route:ident),+ $(,)?) => {
        $(mod $route;)+

        /// All routes except the site's files.
        const ROUTES: &[Route] = &[$(|| routes!($route::$route)),+];
    };
}

table! {
    search,
    similar,
    tickets,
    ticket,
    services,
    templates,
    report,
    openapi,
    events,
    health,
    ready,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Casebook",
        description = "Reads the tickets, the answers and the service catalogue of a casebook repository. Schemas that \
                       no path uses describe the output of `casebook COMMAND --format json`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    servers((url = "/")),
    components(schemas(
        ProblemDetail,
        // Only commands print these types.
        ArticleDetail,
        BuildAnswer,
        CannedList,
        CheckReport,
        EvalReport,
        ImportAnswer,
        PlannedImportAnswer,
        UnopenedTicket,
        OpenedTicket,
        Review,
        RuleDetail,
        RuleList,
        WrittenReplies,
        WrittenReply,
    )),
)]
struct ApiDocument;

/// Creates the router of all routes, with their documentation. Adds the error responses to each route.
pub(super) fn router() -> OpenApiRouter<ServerState> {
    ROUTES.iter().fold(OpenApiRouter::with_openapi(ApiDocument::openapi()), |router, route| {
        let (schemas, mut paths, handler) = route();
        let mut allow = "GET, HEAD";
        for path in paths.paths.values_mut() {
            if path.get.is_none() {
                allow = "POST";
            }
            for operation in [&mut path.get, &mut path.post].into_iter().flatten() {
                operation.responses.responses.extend(Problem::openapi_responses());
            }
        }
        let reject = move || async move { Problem::method_not_allowed(allow) };
        router.routes((schemas, paths, handler.fallback(reject)))
    })
}
