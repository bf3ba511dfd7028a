//! The routes of the server, one file each.
//!
//! To add a route: a file with a handler of the same name, whose `#[utoipa::path]` says where it answers, and a line in the
//! table. The router and `GET /api/v1/openapi.json` are both made from these lines.

use utoipa::OpenApi;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouter},
    routes,
};

use super::{Problem, State};
use crate::api::{
    BuildAnswer, CheckReport, EvalReport, ImportAnswer, NeedlessTicket, OpenedTicket, ProblemDetail, Review,
    RuleDetail, RuleList, WrittenReplies, WrittenReply,
};

pub use openapi::openapi_document;

/// A handler with its path and its documentation.
type Route = fn() -> UtoipaMethodRouter<State>;

/// Declares the routes, each with its module, whose handler has the same name.
macro_rules! table {
    ($($route:ident),+ $(,)?) => {
        $(mod $route;)+

        /// All routes beside the files of the site.
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
        // What only commands print.
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
