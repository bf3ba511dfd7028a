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
    BuildAnswer, CheckReport, EvalReport, ImportAnswer, NeedlessTicket, OpenedTicket, ProblemDetail, Review,
    RuleDetail, RuleList, WrittenReplies, WrittenReply,
};

pub use openapi::openapi_document;

/// A handler with its path and its documentation.
type Route = fn() -> UtoipaMethodRouter<ServerState>;

/// Declares the routes. Each line names a module whose handler has the same name.
macro_rules! table {
    ($($route:ident),+ $(,)?) => {
        $(mod $route;)+

        /// All routes, except those of the site's files.
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
    openapi,
    events,
    health,
    ready,
}

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
        // Types that only commands print.
        BuildAnswer,
        CheckReport,
        EvalReport,
        ImportAnswer,
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

/// Creates the router of all routes, with their documentation. Each route can also answer with a problem.
pub(super) fn router() -> OpenApiRouter<ServerState> {
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
