//! What is in front of the functions that answer requests: an HTTP API, or a URL each.

use std::path::{Path, PathBuf};

use app::{EndpointDeclaration, Service};
use host::requirements::{ANY_ORIGIN, LOCAL};

use crate::{
    aws::{
        alarm::{Alarm, Metric},
        api::{self, no_route},
        cors,
        function_spec::FunctionSpec,
        intrinsics::{equals, get_att, if_, reference, sub},
        nested,
        parameters::{HAS_ORIGINS, IS_LOCAL},
        resource::output,
    },
    yaml::{Map, Value, map},
};

/// How requests reach functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Front {
    /// One HTTP API with a route per function, in one stack, so that `sam local` knows all of it.
    Api,
    /// A function URL each: they share no API, so those of a service are in a stack of their own.
    Urls,
}

/// The program of a function.
pub(crate) struct Program {
    /// The function's logical id.
    pub(crate) id: String,
    pub(crate) name: &'static str,
    /// Where among the others `sam build` puts it: what is nested has a folder of its stack.
    pub(crate) folder: PathBuf,
}

impl Front {
    pub(crate) const ALL: [Self; 2] = [Self::Api, Self::Urls];

    /// Where the template is.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Api => "template.yaml",
            Self::Urls => "template-urls.yaml",
        }
    }

    /// Where the template is that it nests for the functions of a service.
    pub(crate) fn nested(self, service: &Service) -> String {
        format!("{}/{}.yaml", self.folder(), service.name)
    }

    /// Where those are that it nests.
    pub(crate) fn folder(self) -> &'static str {
        self.path().trim_end_matches(".yaml")
    }

    /// Every template: the one to deploy, and those with functions that it nests.
    pub(crate) fn templates(self, services: &[Service]) -> Vec<String> {
        let nested = match self {
            Self::Api => Vec::new(),
            Self::Urls => services.iter().map(|service| self.nested(service)).collect(),
        };
        [self.path().to_owned()].into_iter().chain(nested).collect()
    }

    /// The way from the templates with functions to the root of the workspace.
    pub(crate) const fn to_root(self) -> &'static str {
        match self {
            Self::Api => "",
            Self::Urls => "../",
        }
    }

    /// What the template is for.
    pub(crate) const fn about(self) -> &'static str {
        match self {
            Self::Api => "Tiffin: food delivery, made of small functions behind one HTTP API",
            Self::Urls => "Tiffin: food delivery, made of small functions that each have a URL",
        }
    }

    /// Conditions that only this front has.
    pub(crate) fn conditions(self) -> Map {
        match self {
            Self::Api => map! { IS_LOCAL => equals("Stage", LOCAL), api::HAS_PAGES => equals("WithPages", "true") },
            Self::Urls => Map::default(),
        }
    }

    /// The origins that a function allows itself. A URL allows them for its function: the headers would be sent twice.
    pub(crate) fn origins(self) -> Value {
        match self {
            Self::Api => if_(HAS_ORIGINS, reference("CorsOrigins"), if_(IS_LOCAL, ANY_ORIGIN, "")),
            Self::Urls => "".into(),
        }
    }

    /// The resources of the front itself.
    pub(crate) fn resources(self, specs: &[FunctionSpec]) -> Map {
        match self {
            Self::Api => api::resources(specs),
            Self::Urls => Map::default(),
        }
    }

    /// The program of every function there is.
    pub(crate) fn programs(self, specs: &[FunctionSpec]) -> Vec<Program> {
        let declared = specs.iter().map(|spec| {
            let stack = if self == Self::Urls { nested::id(spec.service) } else { String::new() };
            Program { id: spec.id(), name: spec.name(), folder: Path::new(&stack).join(spec.id()) }
        });
        let own = || Program { id: no_route::ID.to_owned(), name: no_route::NAME, folder: no_route::ID.into() };
        declared.chain((self == Self::Api).then(own)).collect()
    }

    /// How a function is reached, among its properties.
    pub(crate) fn reach(self, endpoint: &EndpointDeclaration) -> Map {
        match self {
            Self::Api => api::event(endpoint),
            Self::Urls => map! { "FunctionUrlConfig" => map! { "AuthType" => "NONE", "Cors" => cors::of_url() } },
        }
    }

    /// What lets requests through to a function, where that is a resource of its own.
    pub(crate) fn permission(self, spec: &FunctionSpec, endpoint: &EndpointDeclaration) -> Map {
        match self {
            Self::Api => api::permission(spec, endpoint),
            Self::Urls => Map::default(),
        }
    }

    /// The alarm that rings when a function answers with errors of its own.
    pub(crate) fn failures(self, spec: &FunctionSpec, endpoint: &EndpointDeclaration) -> Map {
        let about = format!("{} answers with errors of its own", spec.name());
        let metric = match self {
            Self::Api => api::errors(api::dimensions(endpoint)),
            Self::Urls => Metric {
                namespace: "AWS/Lambda",
                name: "Url5xxCount",
                statistic: "Sum",
                dimensions: vec![("FunctionName", reference(spec.id()))],
            },
        };
        let alarm = Alarm { about: &about, metric, threshold: 1, minutes: 1 };
        map! { spec.id() + "Failures" => alarm.named(failures(spec)) }
    }

    /// The outputs of the front itself.
    pub(crate) fn outputs(self, specs: &[FunctionSpec]) -> Map {
        match self {
            Self::Api => map! {
                "ApiUrl" => output(sub(format!("https://{}", api::DOMAIN))),
                "ApiId" => output(reference(api::API)),
            },
            Self::Urls => {
                let answering = specs.iter().filter(|spec| spec.declaration.as_endpoint().is_some());
                let urls = answering.map(|spec| spec.id() + "Url");
                urls.map(|id| (id.clone(), output(get_att(&id, "FunctionUrl")))).collect()
            }
        }
    }
}

/// The name of the alarm about a function's own errors. A reference to it would be circular: the alarm depends on the API,
/// the API on the function, and the function names the alarm.
pub(crate) fn failures(spec: &FunctionSpec) -> Value {
    sub(format!("${{AWS::StackName}}-{}-failures", spec.name()))
}
