//! Tables for people, made from declarations: the functions, who may call what, the settings.

use app::{Access, Placement, Service, Setting, TextSetting, Trigger};
use domain::Role;

use crate::requirements::texts_of;

/// One row of the table of functions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionRow {
    pub service: &'static str,
    pub function: &'static str,
    /// What calls it: a route, event types, a period.
    pub called_by: String,
    /// Who may call it; empty for subscribers and sweeps.
    pub who: String,
    /// Its own grants, with commas between.
    pub may: String,
    /// `hot`, `normal` or `rare`.
    pub scale: &'static str,
    /// The doc comment of its type.
    pub about: String,
}

/// Every function of the services, in order.
pub fn function_rows(services: &[Service]) -> Vec<FunctionRow> {
    let functions = services.iter().flat_map(|service| service.functions.iter().map(move |one| (service, one)));
    functions
        .map(|(service, declaration)| {
            let (called_by, who) = match declaration.trigger {
                Trigger::Endpoint(endpoint) => {
                    (format!("{} {}", endpoint.route.method.name(), endpoint.route.path), who(endpoint.access))
                }
                Trigger::Subscriber { subscribes_to, .. } => {
                    (subscribes_to().iter().map(|kind| kind.short()).collect::<Vec<_>>().join(" "), String::new())
                }
                Trigger::Sweep { period_s, .. } | Trigger::Schedule { period_s, .. } => {
                    (format!("every {period_s} s"), String::new())
                }
            };
            FunctionRow {
                service: service.name,
                function: declaration.function.name,
                called_by,
                who,
                may: declaration.function.grants().map(|grant| grant.describe()).collect::<Vec<_>>().join(", "),
                scale: declaration.function.scale.word(),
                about: declaration.description(),
            }
        })
        .collect()
}

/// The access matrix as Markdown: a row per route, a column per role.
pub fn access_matrix(services: &[Service]) -> String {
    let mut text = String::from(
        "# Who may call what\n\nGenerated from the declarations by `cargo xtask generate`. `yes`: the route answers to this \
         role, for what is theirs; what is another's reads as 404. Anybody else gets 401 without a token and 403 with one.\n\n\
         | method and path | function | anybody | customer | merchant | courier | admin |\n|---|---|---|---|---|---|---|\n",
    );
    for declaration in services.iter().flat_map(|service| service.functions) {
        let Some(endpoint) = declaration.as_endpoint() else { continue };
        let mark = |yes: bool| if yes { "yes" } else { "" };
        let roles: Vec<&str> = Role::ALL.iter().map(|role| mark(endpoint.access.allows(*role))).collect();
        let method = endpoint.route.method.name();
        let path = endpoint.route.path;
        let name = declaration.function.name;
        let anybody = mark(endpoint.access == Access::Public);
        text.extend([format!("| {method} {path} | {name} | {anybody} | {} |\n", roles.join(" | "))]);
    }
    text
}

/// Every setting of the services, then `others`, with default, limits and meaning, as rows of a Markdown table.
pub fn setting_rows(services: &[Service], others: &[Setting]) -> String {
    let row = |setting: &Setting| {
        let Setting { name, default, min, max, about } = setting;
        format!("| `{name}` | {default} | {min} to {max} | {about} |\n")
    };
    let all: Vec<&Setting> = services.iter().flat_map(|service| service.settings).chain(others).collect();
    // Once, where several services read it.
    let first = |(index, setting): &(usize, &&Setting)| !all[..*index].contains(setting);
    let numbers: String = all.iter().enumerate().filter(first).map(|(_, setting)| row(setting)).collect();
    let inside = texts_of(services, Placement::Inside);
    let outside = texts_of(services, Placement::Outside);
    let only_outside = outside.into_iter().filter(|text| inside.iter().all(|known| known.name != text.name));
    let texts = inside.iter().copied().chain(only_outside.collect::<Vec<_>>()).map(|setting| {
        let TextSetting { name, must_be, accepts: _, default, about } = setting;
        format!("| `{name}` | {default} | {must_be} | {about} |\n")
    });
    numbers + &texts.collect::<String>()
}

fn who(access: Access) -> String {
    match access {
        Access::Public => "anybody".to_owned(),
        Access::Roles(roles) => roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(", "),
    }
}
