//! Tiffin on AWS: the SAM templates and the router of `cargo lambda watch`, written from the declarations, and the checks
//! that what SAM makes of them is sound.

mod against;
mod alarm;
mod api;
mod built;
mod canary;
mod check;
mod cors;
mod difference;
mod environment;
mod expand;
mod expanded;
mod fault;
mod front;
mod function_spec;
mod functions;
mod intrinsics;
mod lint;
mod names;
mod outputs;
mod parameters;
mod program;
mod queue;
mod resource;
mod role;
mod samconfig;
mod sweep;
mod tables;
mod template;
mod tool;
mod verify;
mod watch;

use anyhow::Result;
use app::Service;

use crate::{aws::front::Front, generated::Generated};

pub use against::against;
pub use built::{built, program};
pub use fault::Fault;
pub use names::parameter;
pub use samconfig::DEFAULT;
pub use tool::tool;
pub use verify::{Size, verify};

/// The generated router and templates.
pub(crate) fn files(services: &[Service]) -> Result<Vec<Generated>> {
    let mut files = vec![Generated::new(watch::PATH, watch::router(services))];
    for front in Front::ALL {
        files.push(Generated::new(front.path(), template::template(services, front)?));
    }
    Ok(files)
}
