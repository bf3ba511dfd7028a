//! `GET /api/v1/services`

use axum::{Json, extract::State as Extract};

use crate::{
    api::{ServiceDetail, ServiceList},
    server::ServerState,
};

/// Lists the services of the catalogue
///
/// On a public site, the people on call and the paths of a service are empty.
#[utoipa::path(get, path = "/api/v1/services", responses(
    (status = OK, body = ServiceList, description = "The services and their modules"),
))]
pub(super) async fn services(Extract(state): Extract<ServerState>) -> Json<ServiceList> {
    let services = &state.now().seen.settings.services;
    Json(ServiceList { services: services.iter().map(ServiceDetail::of).collect() })
}
