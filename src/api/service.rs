//! The JSON of the service catalogue.

use serde::Serialize;
use utoipa::ToSchema;

use crate::settings::Service;

/// A service, or a module of one
#[derive(Serialize, ToSchema)]
pub(crate) struct ServiceDetail {
    pub id: String,
    pub name: String,
    /// The team that owns the service
    #[schema(required)]
    pub owner: Option<String>,
    /// The ids of the people on call; always empty on a public site
    pub oncall: Vec<String>,
    /// The id of the service that this one is a module of
    #[schema(required)]
    pub part_of: Option<String>,
    /// Patterns of the paths that belong to the service; always empty on a public site
    pub paths: Vec<String>,
}

impl ServiceDetail {
    pub(crate) fn of(service: &Service) -> Self {
        Self {
            id: service.id.clone(),
            name: service.name.clone(),
            owner: service.owner.clone(),
            oncall: service.oncall.clone(),
            part_of: service.part_of.clone(),
            paths: service.paths.clone(),
        }
    }
}

/// The service catalogue
#[derive(Serialize, ToSchema)]
pub(crate) struct ServiceList {
    pub services: Vec<ServiceDetail>,
}
