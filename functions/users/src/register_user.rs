//! `register-user`: somebody signs up, and is signed in at once.

use app::{
    ACCESS_TOKEN, Access, Code, Context, Created, Draft, Effect, Empty, Endpoint, Function, INVITATION, Json,
    OperatorClaims, Problem, Reply, Route, User,
};
use domain::{AccountState, Email, Locale, Name, Password, Phone, Role, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    ACCESS_TOKEN_S, Account, GUEST_DAYS, Guest, HASHES_AT_ONCE, MEMORY_KIB, PENDING_ROLES, PasswordHash, Session, USERS,
    UserView,
    account::ACCOUNT_PENDING,
    account_by_email,
    accounts::EMAIL_TAKEN,
    pending_roles::begins_pending,
    registration,
    wrong::Wrong,
};

/// Somebody signs up, and is signed in at once; but not where accounts of their role wait for an administrator. A customer who gives
/// neither e-mail nor password is a guest: a telephone number is required then, and the session is all that they are known by. An
/// administrator signs up with an invitation that the operator signed.
#[derive(JsonSchema)]
pub struct RegisterUser;

const INVITATION_INVALID: Code = Code::new(
    "invitation-invalid",
    403,
    "No invitation",
    "An administrator needs an invitation that the operator signed for this e-mail not long ago.",
);

/// Who signs up.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = forms()))]
pub struct SignUp {
    /// Left out by guests alone, together with the password.
    email: Option<Email>,
    password: Option<Password>,
    name: Name,
    role: Role,
    /// Required of guests.
    phone: Option<Phone>,
    locale: Option<Locale>,
    /// What lets an administrator sign up, and nobody else.
    invitation: Option<String>,
}

/// A new user and their first session.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Registered {
    user: UserView,
    /// Null where the account is `pending`.
    session: Option<Session>,
}

impl Reply for Registered {
    fn version(&self) -> Option<u64> {
        self.user.version()
    }
}

impl Endpoint for RegisterUser {
    const FUNCTION: Function = Function::new("register-user")
        .cpu_heavy(HASHES_AT_ONCE)
        .settings(&[MEMORY_KIB, ACCESS_TOKEN_S, GUEST_DAYS])
        .texts(&[PENDING_ROLES])
        .gets(USERS)
        .writes(USERS)
        .signs(ACCESS_TOKEN);
    const ROUTE: Route = Route::post("/v1/users");
    const ACCESS: Access = Access::Public;
    const PROBLEMS: &'static [Code] = &[ACCOUNT_PENDING, EMAIL_TAKEN, INVITATION_INVALID];
    const EXAMPLE: &'static str =
        r#"{"email": "ana@example.com", "password": "correct horse", "name": "Ana Pop", "role": "customer"}"#;
    type Caller = Option<User>;
    type Path = Empty;
    type Input = Json<SignUp>;
    type Reply = Created<Registered>;

    async fn call(
        context: &Context,
        _caller: &Option<User>,
        Empty {}: &Empty,
        input: &SignUp,
    ) -> Result<Effect<Created<Registered>>, Problem> {
        input.check()?;
        if input.role == Role::Admin && !is_invited(context, input) {
            return Err(Problem::of(INVITATION_INVALID));
        }
        if let Some(email) = &input.email
            && account_by_email(context, email).await?.is_some()
        {
            return Err(Problem::of(EMAIL_TAKEN));
        }
        let state = if begins_pending(context, input.role) { AccountState::Pending } else { AccountState::Active };
        let account = Account {
            id: UserId::generate(context.instant(), context.random()),
            email: input.email.clone(),
            name: input.name.clone(),
            role: input.role,
            state,
            phone: input.phone.clone(),
            locale: input.locale.clone(),
            password: match &input.password {
                Some(password) => Some(PasswordHash::of(context, password.clone()).await?),
                None => None,
            },
            password_changed_at: None,
            created_at: context.now(),
            epoch: 0,
        };
        if account.is_guest() && !state.is_active() {
            return Err(Problem::new(ACCOUNT_PENDING, "Who orders here is let in first, by e-mail and password."));
        }
        let user = UserView::of(&account, 1);
        let location = format!("/v1/users/{}", account.id);
        let opened = match state {
            AccountState::Active => Session::open(context, &account)?.map(Some),
            AccountState::Pending | AccountState::Suspended => Effect::reply(None),
        };
        let registered = opened.map(|session| Created::at(location, Registered { user, session }));
        let guest = account.is_guest().then(|| Draft::new(&account.id, Guest::seen(context, account.id)));
        let registered = registered.saves(registration(&account));
        Ok(match guest {
            Some(guest) => registered.saves(guest),
            None => registered,
        })
    }
}

impl SignUp {
    /// What must hold of several fields together: the schema has the same as forms.
    fn check(&self) -> Result<(), Problem> {
        let mut wrong = Wrong::default();
        if self.role != Role::Admin && self.invitation.is_some() {
            wrong.field("/invitation", "is for administrators");
        }
        match (&self.email, &self.password) {
            (Some(_), Some(_)) => {}
            (Some(_), None) => wrong.missing("/password"),
            (None, Some(_)) => wrong.missing("/email"),
            (None, None) if self.role == Role::Customer => {
                if self.phone.is_none() {
                    wrong.missing("/phone");
                }
            }
            (None, None) => {
                wrong.missing("/email");
                wrong.missing("/password");
            }
        }
        wrong.refuse()
    }
}

/// Whether the operator lets this e-mail be an administrator's.
fn is_invited(context: &Context, input: &SignUp) -> bool {
    let invited = input.invitation.as_deref().and_then(|token| context.verify::<OperatorClaims>(INVITATION, token).ok());
    invited.is_some_and(|claims| input.email.as_ref().is_some_and(|email| email.folded() == claims.email.folded()))
}

/// The forms that signing up has: an administrator's, that of others with an account, a guest's.
fn forms() -> serde_json::Value {
    let text = json!({ "type": "string", "pattern": r"\S" });
    let none = json!({ "enum": [null] });
    let no_text = json!({ "anyOf": [{ "type": "string", "pattern": r"^\s*$" }, { "enum": [null] }] });
    json!([
        {
            "required": ["email", "password"],
            "properties": { "email": text, "password": text, "role": { "enum": ["admin"] } },
        },
        {
            "required": ["email", "password"],
            "properties": {
                "email": text, "password": text, "invitation": none,
                "role": { "enum": ["customer", "merchant", "courier"] },
            },
        },
        {
            "required": ["phone"],
            "properties": {
                "email": no_text, "password": no_text, "invitation": none, "phone": text,
                "role": { "enum": ["customer"] },
            },
        },
    ])
}
