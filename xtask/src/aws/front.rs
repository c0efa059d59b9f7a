//! What is in front of the functions that answer requests: an HTTP API, or a URL each.

use app::{EndpointDeclaration, Scale};

use crate::aws::{
    alarm::{Alarm, Metric},
    cors,
    function_spec::FunctionSpec,
};

/// How requests reach functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Front {
    /// One HTTP API with a route per function.
    Api,
    /// A function URL each.
    Urls,
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

    /// What the template is for.
    pub(crate) const fn about(self) -> &'static str {
        match self {
            Self::Api => "Tiffin: food delivery, made of small functions behind one HTTP API",
            Self::Urls => "Tiffin: food delivery, made of small functions that each have a URL",
        }
    }

    /// Parameters that only this front takes.
    pub(crate) const fn parameters(self) -> &'static str {
        match self {
            Self::Api => include_str!("parts/api-parameters.yaml"),
            Self::Urls => "",
        }
    }

    /// Conditions that only this front has.
    pub(crate) const fn conditions(self) -> &'static str {
        match self {
            Self::Api => "  HasPages: !Equals [!Ref WithPages, \"true\"]\n",
            Self::Urls => "",
        }
    }

    /// The origins that a function allows itself. A URL allows them for its function: the headers would be sent twice.
    pub(crate) const fn origins(self) -> &'static str {
        match self {
            Self::Api => "!Ref CorsOrigins",
            Self::Urls => "\"\"",
        }
    }

    /// The resources of the front itself.
    pub(crate) fn resources(self, specs: &[FunctionSpec]) -> String {
        match self {
            Self::Api => format!("{API}{}      RouteSettings:\n{}", cors::of_api(), route_settings(specs)),
            Self::Urls => String::new(),
        }
    }

    /// How a function is reached, among its properties.
    pub(crate) fn reach(self, endpoint: &EndpointDeclaration) -> String {
        let method = endpoint.route.method.name();
        let path = endpoint.route.path;
        match self {
            Self::Api => format!(
                "      Events:
        Request:
          Type: HttpApi
          Properties:
            ApiId: !Ref Api
            Method: {method}
            Path: {path}
"
            ),
            Self::Urls => format!(
                "      # {method} {path}
      FunctionUrlConfig:
        AuthType: NONE
{}",
                cors::of_url()
            ),
        }
    }

    /// The alarm that rings when a function answers with errors of its own.
    pub(crate) fn failures(
        self,
        spec: &FunctionSpec,
        EndpointDeclaration { route, .. }: &EndpointDeclaration,
    ) -> String {
        let id = spec.id() + "Failures";
        let about = format!("{} answers with errors of its own", spec.name());
        let method = route.method.name().to_owned();
        let path = route.path.to_owned();
        let api = ["!Ref Api".to_owned(), "$default".to_owned(), method, path];
        let (namespace, name, dimensions) = match self {
            Self::Api => ("AWS/ApiGateway", "5xx", ROUTE.into_iter().zip(api).collect()),
            Self::Urls => ("AWS/Lambda", "Url5xxCount", vec![("FunctionName", format!("!Ref {}", spec.id()))]),
        };
        let metric = Metric { namespace, name, statistic: "Sum", dimensions: &dimensions };
        Alarm { id: &id, name: Some(failures(spec)), about: &about, metric, minutes: 1 }.yaml()
    }

    /// The outputs of the front itself.
    pub(crate) fn outputs(self, specs: &[FunctionSpec]) -> String {
        let id = |spec: &FunctionSpec| spec.declaration.as_endpoint().map(|_| spec.id());
        match self {
            Self::Api => include_str!("parts/api-outputs.yaml").to_owned(),
            Self::Urls => specs
                .iter()
                .filter_map(id)
                .map(|id| format!("  {id}Url:\n    Value: !GetAtt {id}Url.FunctionUrl\n"))
                .collect(),
        }
    }
}

const API: &str = include_str!("parts/api.yaml");
/// The dimensions by which metrics of an HTTP API distinguish its routes.
const ROUTE: [&str; 4] = ["ApiId", "Stage", "Method", "Resource"];

/// The name of the alarm about a function's own errors. A reference to it would be circular: the alarm depends on the API,
/// the API on the function, and the function names the alarm.
pub(crate) fn failures(spec: &FunctionSpec) -> String {
    format!("!Sub ${{AWS::StackName}}-{}-failures", spec.name())
}

/// Hot routes take more than the others before they are throttled.
fn route_settings(specs: &[FunctionSpec]) -> String {
    let hot = specs.iter().filter(|spec| spec.declaration.function.scale == Scale::Hot);
    hot.filter_map(|spec| spec.declaration.as_endpoint())
        .map(|EndpointDeclaration { route, .. }| {
            let method = route.method.name();
            let path = route.path;
            format!(
                "        {method} {path}:
          ThrottlingBurstLimit: !Ref HotThrottlingBurst
          ThrottlingRateLimit: !Ref HotThrottlingRate
"
            )
        })
        .collect()
}
