//! Declarations with their types erased: what routers, documents, manifests and hosts are made from.

use std::marker::PhantomData;

use domain::{Event, Kind};
use futures::future::BoxFuture;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    Access, Answer, Audit, Caller, Changes, Code, Context, Effect, Endpoint, Failure, Function, Grant, Index, Input,
    InputForm, Key, Method, Prepared, Problem, Refused, Reply, Route, Schedule, Sent, Setting, SignCursor, StoredType,
    Subscriber, Sweep, System, Table, User, code, input::from_value,
};

/// A service: its table, its functions, its settings.
#[derive(Clone, Copy)]
pub struct Service {
    /// Its name: `orders`.
    pub name: &'static str,
    /// What it is for, in a sentence.
    pub about: &'static str,
    /// Its own table, which effects of its functions are committed to.
    pub table: Table,
    /// Every function, in the order of all generated tables.
    pub functions: &'static [Declaration],
    /// Every setting that its functions read.
    pub settings: &'static [Setting],
    /// The types of what it stores.
    pub stored: &'static [StoredType],
    /// What must hold of all that it stores.
    pub audit: Audit,
}

/// A function, declared.
#[derive(Clone, Copy)]
pub struct Declaration {
    /// Its name, grants and requirements.
    pub function: Function,
    /// What calls it, and how.
    pub trigger: Trigger,
    description: fn() -> String,
}

/// What calls a function.
#[derive(Clone, Copy)]
pub enum Trigger {
    /// A request.
    Endpoint(EndpointDeclaration),
    /// Events.
    Subscriber {
        /// The kinds of events it handles.
        subscribes_to: fn() -> Vec<Kind>,
        /// Decides about one event.
        handle: for<'a> fn(&'a Context, &'a System, &'a Event) -> BoxFuture<'a, Result<Changes, Failure>>,
    },
    /// A schedule.
    Sweep {
        /// The index of deadlines.
        due: Index,
        /// How often, in seconds.
        period_s: u32,
        /// Decides about one thing due.
        decide: for<'a> fn(&'a Context, &'a System, &'a Key) -> BoxFuture<'a, Result<Changes, Failure>>,
    },
    /// A schedule, for what has no deadline.
    Schedule {
        /// How often, in seconds.
        period_s: u32,
        /// Decides what is to be done now; nothing where the host alone has to relay the outbox.
        run: Option<Run>,
    },
}

/// What a schedule calls.
pub type Run = for<'a> fn(&'a Context, &'a System) -> BoxFuture<'a, Result<Changes, Failure>>;

/// How often an outbox is relayed, in seconds.
const RELAY_PERIOD_S: u32 = 60;

const fn same(left: &str, right: &str) -> bool {
    let left = left.as_bytes();
    let right = right.as_bytes();
    let mut index = 0;
    while index < left.len() && index < right.len() && left[index] == right[index] {
        index += 1;
    }
    index == left.len() && index == right.len()
}

/// The ways of being called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TriggerKind {
    /// By a request.
    Endpoint,
    /// By events.
    Subscriber,
    /// By a schedule, for what is due.
    Sweep,
    /// By a schedule, for what has no deadline.
    Schedule,
}

/// An endpoint, declared.
#[derive(Clone, Copy)]
pub struct EndpointDeclaration {
    /// Method and path.
    pub route: Route,
    /// Who may call it.
    pub access: Access,
    /// Its own refusals.
    pub problems: &'static [Code],
    /// An input for the documentation.
    pub example: &'static str,
    /// The status of success.
    pub status: u16,
    /// How its input is sent.
    pub form: InputForm,
    /// The schemas of what it takes.
    pub input_schemas: fn(&mut SchemaGenerator) -> InputSchemas,
    /// The schema of what it replies.
    pub reply_schema: fn(&mut SchemaGenerator) -> Schema,
    /// Whether the path's parameters are what they should be.
    pub accepts_path: fn(&Value) -> bool,
    /// Parses a request: the path's parameters, and the query or the body.
    pub prepare: fn(Value, Sent) -> Result<Box<dyn Prepared>, Refused>,
}

/// The schemas of what an endpoint takes.
pub struct InputSchemas {
    /// The path's parameters.
    pub path: Schema,
    /// The query or the body.
    pub input: Schema,
}

impl Service {
    /// The function of this name.
    pub fn function(&self, name: &str) -> Option<&'static Declaration> {
        self.functions.iter().find(|declaration| declaration.function.name == name)
    }

    /// The same service with this one function, as a program of its own runs it.
    pub fn only(&self, name: &str) -> Option<Self> {
        self.function(name).map(|declaration| Self { functions: std::slice::from_ref(declaration), ..*self })
    }

    /// The service of a program of these functions alone. It audits and lists nothing of what is stored, so that nothing of
    /// that is linked.
    #[must_use]
    pub const fn program(self, functions: &'static [Declaration]) -> Self {
        Self { functions, stored: &[], audit: Audit::NONE, ..self }
    }

    /// The function of this name, copied while compiling: a program that names no other has no other linked.
    ///
    /// # Panics
    /// Where there is none.
    pub const fn declared(&self, name: &str) -> Declaration {
        let mut index = 0;
        while index < self.functions.len() {
            if same(self.functions[index].function.name, name) {
                return self.functions[index];
            }
            index += 1;
        }
        panic!("there is no such function")
    }

    /// What a host does on a function's behalf, besides what the function itself does: it reads the inbox of subscribers
    /// and the idempotency records of requests; for sweeps what is due, what was set back, and what the outbox holds. Writing those items
    /// follows from [`Grant::Write`].
    pub fn host_grants(&self, declaration: &Declaration) -> Vec<Grant> {
        match declaration.trigger {
            Trigger::Endpoint(_) if declaration.honours_idempotency_keys() => vec![Grant::Get(self.table)],
            Trigger::Endpoint(_) => Vec::new(),
            Trigger::Subscriber { .. } => vec![Grant::Get(self.table)],
            Trigger::Sweep { due, .. } => {
                vec![
                    Grant::QueryIndex(self.table, due),
                    Grant::Query(self.table),
                    Grant::Get(self.table),
                    Grant::Write(self.table),
                ]
            }
            Trigger::Schedule { .. } => vec![Grant::Query(self.table), Grant::Write(self.table)],
        }
    }
}

impl Declaration {
    /// An endpoint.
    ///
    /// # Panics
    /// While compiling, where its method can't send its input, or its access is not what its caller's type says.
    pub const fn endpoint<T: Endpoint>() -> Self {
        assert!(T::Input::FORM.suits(T::ROUTE.method), "its method can't send its input");
        assert!(
            T::Caller::IS_SIGNED_IN != matches!(T::ACCESS, Access::Public),
            "its caller is not what its access says"
        );
        let endpoint = EndpointDeclaration {
            route: T::ROUTE,
            access: T::ACCESS,
            problems: T::PROBLEMS,
            example: T::EXAMPLE,
            status: T::Reply::STATUS,
            form: T::Input::FORM,
            input_schemas: input_schemas::<T>,
            reply_schema: reply_schema::<T>,
            accepts_path: accepts_path::<T>,
            prepare: prepare::<T>,
        };
        Self { function: T::FUNCTION, trigger: Trigger::Endpoint(endpoint), description: description::<T> }
    }

    /// A subscriber.
    pub const fn subscriber<T: Subscriber>() -> Self {
        let trigger = Trigger::Subscriber { subscribes_to: subscribes_to::<T>, handle: handle::<T> };
        Self { function: T::FUNCTION, trigger, description: description::<T> }
    }

    /// A sweep.
    pub const fn sweep<T: Sweep>() -> Self {
        let trigger = Trigger::Sweep { due: T::DUE, period_s: T::PERIOD_S, decide: decide::<T> };
        Self { function: T::FUNCTION, trigger, description: description::<T> }
    }

    /// What a schedule calls for what has no deadline.
    pub const fn schedule<T: Schedule>() -> Self {
        let trigger = Trigger::Schedule { period_s: T::PERIOD_S, run: Some(run::<T>) };
        Self { function: T::FUNCTION, trigger, description: description::<T> }
    }

    /// Relays the outbox of a service that publishes and has neither sweep nor schedule.
    pub const fn relay(name: &'static str) -> Self {
        let trigger = Trigger::Schedule { period_s: RELAY_PERIOD_S, run: None };
        Self { function: Function::new(name), trigger, description: || RELAY.to_owned() }
    }

    /// What it does: the doc comment of its type.
    pub fn description(&self) -> String {
        (self.description)()
    }

    /// In which way it is called.
    pub const fn kind(&self) -> TriggerKind {
        match self.trigger {
            Trigger::Endpoint(_) => TriggerKind::Endpoint,
            Trigger::Subscriber { .. } => TriggerKind::Subscriber,
            Trigger::Sweep { .. } => TriggerKind::Sweep,
            Trigger::Schedule { .. } => TriggerKind::Schedule,
        }
    }

    /// Whether a schedule calls it.
    pub const fn is_scheduled(&self) -> bool {
        matches!(self.trigger, Trigger::Sweep { .. } | Trigger::Schedule { .. })
    }

    /// The endpoint, where it is one.
    pub const fn as_endpoint(&self) -> Option<&EndpointDeclaration> {
        match &self.trigger {
            Trigger::Endpoint(endpoint) => Some(endpoint),
            Trigger::Subscriber { .. } | Trigger::Sweep { .. } | Trigger::Schedule { .. } => None,
        }
    }

    /// Whether a request may carry an idempotency key: a POST of somebody signed in that changes something. Those who
    /// sign up or sign in have none to honour, and their replies hold tokens that are kept nowhere.
    pub fn honours_idempotency_keys(&self) -> bool {
        let honours = |it: &EndpointDeclaration| it.route.method == Method::Post && it.access != Access::Public;
        self.as_endpoint().is_some_and(honours) && self.function.writes_anything()
    }

    /// Whether a request may say which version of a thing it is about: one of somebody signed in that changes what is there.
    pub fn honours_preconditions(&self) -> bool {
        let honours = |it: &EndpointDeclaration| {
            it.route.method != Method::Get && it.access != Access::Public && it.route.path.contains('{')
        };
        self.as_endpoint().is_some_and(honours) && self.function.writes_anything()
    }

    /// Whether it lists by page, and so signs and verifies cursors.
    pub fn pages(&self) -> bool {
        self.as_endpoint().is_some_and(|endpoint| endpoint.form == InputForm::Paged)
    }

    /// The kinds of events it handles; none where it is not a subscriber.
    pub fn subscriptions(&self) -> Vec<Kind> {
        match self.trigger {
            Trigger::Subscriber { subscribes_to, .. } => subscribes_to(),
            Trigger::Endpoint(_) | Trigger::Sweep { .. } | Trigger::Schedule { .. } => Vec::new(),
        }
    }
}

/// What a relay does.
const RELAY: &str = "Publishes what earlier commits left in the outbox.";

fn run<'a, T: Schedule>(context: &'a Context, system: &'a System) -> BoxFuture<'a, Result<Changes, Failure>> {
    Box::pin(T::run(context, system))
}

fn description<T: JsonSchema>() -> String {
    let schema = schemars::schema_for!(T);
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn input_schemas<T: Endpoint>(generator: &mut SchemaGenerator) -> InputSchemas {
    InputSchemas { path: T::Path::json_schema(generator), input: T::Input::schema(generator) }
}

fn reply_schema<T: Endpoint>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T::Reply>()
}

fn accepts_path<T: Endpoint>(path: &Value) -> bool {
    T::Path::deserialize(path).is_ok()
}

fn prepare<T: Endpoint>(path: Value, input: Sent) -> Result<Box<dyn Prepared>, Refused> {
    Ok(Box::new(Request::<T> { path: from_value(path)?, input: T::Input::parse(input)?, endpoint: PhantomData }))
}

struct Request<T: Endpoint> {
    path: T::Path,
    input: <T::Input as Input>::Value,
    endpoint: PhantomData<fn() -> T>,
}

impl<T: Endpoint> Prepared for Request<T> {
    fn call<'a>(
        &'a self,
        context: &'a Context,
        user: &'a Option<User>,
        sign: SignCursor<'a>,
    ) -> BoxFuture<'a, Result<Effect<Answer>, Problem>> {
        Box::pin(async move {
            let caller = T::Caller::of(user).ok_or_else(|| Problem::of(code::UNAUTHENTICATED))?;
            let Effect { mut reply, changes } = T::call(context, caller, &self.path, &self.input).await?;
            reply.sign_cursor(sign);
            let body = if T::Reply::STATUS == 204 {
                String::new()
            } else {
                serde_json::to_string(&reply).map_err(Problem::internal)?
            };
            let answer =
                Answer { status: T::Reply::STATUS, location: reply.location(), version: reply.version(), body };
            Ok(Effect { reply: answer, changes })
        })
    }

    fn then<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Changes, Failure>> {
        Box::pin(T::then(context, &self.path))
    }
}

fn handle<'a, T: Subscriber>(
    context: &'a Context,
    system: &'a System,
    event: &'a Event,
) -> BoxFuture<'a, Result<Changes, Failure>> {
    Box::pin(async move { T::handle(context, system, &event.typed()?).await })
}

fn subscribes_to<T: Subscriber>() -> Vec<Kind> {
    T::SUBSCRIBES_TO.iter().map(|kind| (*kind).into()).collect()
}

fn decide<'a, T: Sweep>(
    context: &'a Context,
    system: &'a System,
    key: &'a Key,
) -> BoxFuture<'a, Result<Changes, Failure>> {
    Box::pin(T::decide(context, system, key))
}
