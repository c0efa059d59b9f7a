//! Where the gateway checks tokens: it refuses whoever has none exactly where a declaration asks for one, by the host, keys and
//! issuer of this cluster, and lets pages of the configured origins read what it says.

use std::collections::BTreeSet;

use app::{ACCESS_TOKEN, Access};
use host::requirements::{CORS_ORIGINS, ISSUER};
use serde_json::{Value, json};

use super::{
    Subject,
    routes::{asked, sample},
    setting,
};
use crate::{
    aws::Fault,
    mesh::{
        callers::CALLERS,
        names::{GATEWAY, GATEWAY_LABEL, ISTIO_NAMESPACE},
        policy::SEGMENT,
        rendered::{items, name, text},
        replies::REPLIES,
    },
};

pub(super) fn check(subject: &Subject) -> Vec<Fault> {
    let find = |kind, wanted| subject.rendered.of(kind).find(|one| name(one) == wanted);
    let wrong = match (find("RequestAuthentication", CALLERS), find("AuthorizationPolicy", CALLERS)) {
        // Tokens are left to the functions.
        (None, None) => return Vec::new(),
        (Some(_), None) => vec!["reads tokens, and refuses nobody who has none".to_owned()],
        (None, Some(_)) => vec!["refuses everybody, as nobody reads tokens".to_owned()],
        (Some(tokens), Some(policy)) => [read(subject, tokens), refused(subject, policy)].concat(),
    };
    let unread = match find("EnvoyFilter", REPLIES) {
        None => vec!["says of its refusals what functions would not say".to_owned()],
        Some(filter) => shown(subject, filter),
    };
    wrong.into_iter().chain(unread).map(|wrong| Fault::new(CALLERS, wrong)).collect()
}

/// What is wrong with how tokens are read.
fn read(subject: &Subject, tokens: &Value) -> Vec<String> {
    let mut wrong = selected(tokens);
    let [rule] = items(&tokens["spec"]["jwtRules"]) else {
        return vec!["reads tokens by several rules, or by none".to_owned()];
    };
    let issuer = setting(subject, ISSUER.name);
    if rule["issuer"] != issuer {
        wrong.push(format!("takes tokens of {}, and {issuer} issues them", rule["issuer"]));
    }
    if rule["audiences"] != json!([ACCESS_TOKEN.audience]) {
        wrong.push(format!("takes tokens for {}, and not for {} alone", rule["audiences"], ACCESS_TOKEN.audience));
    }
    if rule["forwardOriginalToken"] != true {
        wrong.push("keeps the token, which functions check".to_owned());
    }
    let is_header = |one: &Value| text(&one["name"]).eq_ignore_ascii_case("authorization");
    if items(&rule["fromHeaders"]).is_empty() || !items(&rule["fromHeaders"]).iter().all(is_header) {
        wrong.push("takes tokens from elsewhere than their header".to_owned());
    }
    let keys: Value = serde_json::from_str(text(&rule["jwks"])).unwrap_or_default();
    if items(&keys["keys"]).is_empty() || !rule["jwksUri"].is_null() {
        wrong.push("has no keys, or has to ask for them".to_owned());
    }
    wrong
}

/// What is wrong with who is refused: each route, by each method.
fn refused(subject: &Subject, policy: &Value) -> Vec<String> {
    let mut wrong = selected(policy);
    let rules = items(&policy["spec"]["rules"]);
    let nobody = json!([{"source": {"notRequestPrincipals": ["*"]}}]);
    if policy["spec"]["action"] != "DENY" || rules.iter().any(|rule| rule["from"] != nobody) {
        wrong.push("refuses others than those who have no token".to_owned());
    }
    let gateway = subject.rendered.of("Gateway").filter(|one| name(one) == GATEWAY);
    let hosts = gateway.flat_map(|one| items(&one["spec"]["servers"])).flat_map(|server| items(&server["hosts"]));
    let hosts: BTreeSet<String> = hosts.map(text).flat_map(|host| [host.to_owned(), format!("{host}:*")]).collect();
    let operations: Vec<&Value> = rules.iter().flat_map(|rule| items(&rule["to"])).map(|to| &to["operation"]).collect();
    for operation in &operations {
        let own: BTreeSet<String> = items(&operation["hosts"]).iter().map(|host| text(host).to_owned()).collect();
        if own != hosts {
            wrong.push(format!("looks at requests for {own:?}, and the gateway serves {hosts:?}"));
        }
    }
    let declared = subject.services.iter().flat_map(|service| service.functions);
    for endpoint in declared.filter_map(|function| function.as_endpoint()) {
        let path = sample(endpoint.route.path);
        for method in asked(endpoint) {
            let is_refused = operations.iter().any(|operation| applies(operation, method, &path));
            let should_be = endpoint.access != Access::Public && method != "OPTIONS";
            if is_refused != should_be {
                let what = if is_refused { "asks for a token" } else { "asks for none" };
                wrong.push(format!("{what} for {method} {path}, other than its declaration"));
            }
        }
    }
    wrong
}

/// Whether an operation is what a request does.
fn applies(operation: &Value, method: &str, path: &str) -> bool {
    let takes = |field: &str| items(&operation[field]).iter().any(|template| is_of(text(template), path));
    items(&operation["methods"]).contains(&method.into()) && takes("paths") && !takes("notPaths")
}

fn is_of(template: &str, path: &str) -> bool {
    template.split('/').count() == path.split('/').count()
        && template.split('/').zip(path.split('/')).all(|(wanted, is)| wanted == SEGMENT || wanted == is)
}

/// What is wrong with which origins are shown the gateway's own replies: they are listed between commas, as they are configured.
fn shown(subject: &Subject, filter: &Value) -> Vec<String> {
    let listed = format!("',{},'.", setting(subject, CORS_ORIGINS.name));
    let first = &filter["spec"]["configPatches"][0]["patch"]["value"]["typed_config"];
    let mappers = items(&first["local_reply_config"]["mappers"]);
    let has_list = |mapper: &Value| {
        let origin = &mapper["filter"]["and_filter"]["filters"][0];
        text(&origin["extension_filter"]["typed_config"]["expression"]).starts_with(&listed)
    };
    let mut wrong = Vec::new();
    if mappers.is_empty() || !mappers.iter().all(has_list) {
        wrong.push(format!("shows its replies to other origins than {listed}"));
    }
    if listed.contains(' ') {
        wrong.push(format!("would look for the blanks in {listed}, too"));
    }
    wrong
}

fn selected(object: &Value) -> Vec<String> {
    let [label, value] = GATEWAY_LABEL;
    let is_gateway = object["spec"]["selector"]["matchLabels"] == json!({label: value})
        && object["metadata"]["namespace"] == ISTIO_NAMESPACE;
    if is_gateway { Vec::new() } else { vec!["is not at the gateway".to_owned()] }
}
