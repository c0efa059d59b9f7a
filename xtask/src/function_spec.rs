//! A function with all that its declaration leads to.

use app::{Declaration, Placement, Service};
use host::Requirements;

/// A function of a service.
pub(crate) struct FunctionSpec<'a> {
    pub(crate) service: &'a Service,
    pub(crate) declaration: &'a Declaration,
    pub(crate) requirements: Requirements,
}

/// Every function of these services that is there, where providers are there.
pub(crate) fn specs(services: &[Service], placement: Placement) -> Vec<FunctionSpec<'_>> {
    let functions = services.iter().flat_map(|service| service.functions.iter().map(move |one| (service, one)));
    functions
        .filter(|(_, declaration)| declaration.function.is_there(|_| placement))
        .map(|(service, declaration)| FunctionSpec {
            service,
            declaration,
            requirements: Requirements::of(service, declaration, placement),
        })
        .collect()
}

impl FunctionSpec<'_> {
    /// Its name: `place-order`.
    pub(crate) const fn name(&self) -> &'static str {
        self.declaration.function.name
    }
}
