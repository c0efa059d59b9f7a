//! What the checks look at.

use app::Service;

use crate::aws::{expanded::Expanded, front::Front, function_spec::FunctionSpec};

/// What the checks look at.
pub(crate) struct Subject<'a> {
    pub(crate) expanded: &'a Expanded,
    pub(crate) specs: &'a [FunctionSpec<'a>],
    pub(crate) services: &'a [Service],
    pub(crate) front: Front,
    /// The router of `cargo lambda watch`.
    pub(crate) router: &'a str,
}
