//! `GET /api/v1/services`

use axum::{Json, extract::State as Extract};

use crate::{
    api::{ServiceDetail, ServiceList},
    server::State,
    site::Audience,
};

/// Lists the service catalogue
///
/// The public does not see who is on call and which paths lead to a service.
#[utoipa::path(get, path = "/api/v1/services", responses(
    (status = OK, body = ServiceList, description = "The services and their modules"),
))]
pub(super) async fn services(Extract(state): Extract<State>) -> Json<ServiceList> {
    let now = state.now();
    let is_public = now.site.view().audience == Audience::Public;
    let services = now.seen.settings.services.iter().map(ServiceDetail::of);
    let services = services.map(|service| if is_public { service.for_the_public() } else { service });
    Json(ServiceList { services: services.collect() })
}
