//! `update-user`: somebody changes their own account, or an administrator anybody's.

use app::{Access, Changes, Code, Context, Draft, Effect, Endpoint, Fact, Function, MergePatch, Problem, Route, User, Versioned};
use domain::{UserFact, UserKind};
use schemars::JsonSchema;

use crate::{
    Account, HASHES_AT_ONCE, MEMORY_KIB, PasswordHash, USERS, UserView,
    account_by_email,
    accounts::{EMAIL_TAKEN, claim},
    families::carried_over,
    family::Family,
    guest::is_none_any_more,
    paths::UserPath,
    user_patch::UserPatch,
};

/// Somebody changes their own account; an administrator changes anybody's, and says whether they may act. A new password ends all
/// sessions but the one that sets it. A guest who gives an e-mail and a password has an account from then on, and keeps orders,
/// addresses and the session.
#[derive(JsonSchema)]
pub struct UpdateUser;

const WRONG_PASSWORD: Code =
    Code::new("wrong-password", 422, "Wrong password", "A new password needs the one that it replaces.");

const OWN_STATE: Code = Code::new(
    "own-state",
    422,
    "Your own account",
    "Administrators don't suspend themselves, so that one is left: another does.",
);

impl Endpoint for UpdateUser {
    const FUNCTION: Function =
        Function::new("update-user").cpu_heavy(HASHES_AT_ONCE).settings(&[MEMORY_KIB]).gets(USERS).writes(USERS);
    const ROUTE: Route = Route::patch("/v1/users/{user_id}");
    const ACCESS: Access = Access::SIGNED_IN;
    const PROBLEMS: &'static [Code] = &[EMAIL_TAKEN, OWN_STATE, WRONG_PASSWORD];
    const EXAMPLE: &'static str = r#"{
        "name": "Ana Popescu", "phone": null,
        "password": "battery staple", "current_password": "correct horse"
    }"#;
    type Caller = User;
    type Path = UserPath;
    type Input = MergePatch<UserPatch>;
    type Reply = UserView;

    async fn call(
        context: &Context,
        caller: &User,
        &UserPath { user_id }: &UserPath,
        input: &UserPatch,
    ) -> Result<Effect<UserView>, Problem> {
        let found = context.read::<Account>(&user_id).await?.authorize_related(caller, ())?;
        input.check(caller, &found)?;
        context.precondition().admits(found.version)?;
        if caller.is(user_id) && input.state().is_some_and(|state| state != found.state) {
            return Err(Problem::of(OWN_STATE));
        }
        let mut account = found.value.clone();
        input.apply(&mut account);
        let also = match &input.password {
            Some(_) => set_password(context, caller, &found, input, &mut account).await?,
            None => Changes::none(),
        };
        let mut draft = Draft::of(found.clone());
        if account != found.value {
            draft.becomes(account);
            draft.saves(also);
            tell(&mut draft, &found, caller);
        }
        Ok(Effect::reply(UserView::of(&draft, draft.version())).saves(draft))
    }
}

/// Sets the password that is asked for. Returns what is saved besides: the session that goes on, and the e-mail of who was a guest.
async fn set_password(
    context: &Context,
    caller: &User,
    found: &Versioned<Account>,
    input: &UserPatch,
    account: &mut Account,
) -> Result<Changes, Problem> {
    let Some(password) = input.password.clone() else { return Ok(Changes::none()) };
    let mut also = Changes::none();
    match (&input.email, &input.current_password) {
        (Some(email), _) => {
            if account_by_email(context, email).await?.is_some() {
                return Err(Problem::of(EMAIL_TAKEN));
            }
            account.email = Some(email.clone());
            also = also.and(claim(email, account.id)).and(is_none_any_more(account.id));
        }
        (None, current) => {
            let current = current.clone().ok_or_else(|| Problem::of(WRONG_PASSWORD))?;
            if !PasswordHash::verify(context, found.password.clone(), current).await? {
                return Err(Problem::of(WRONG_PASSWORD));
            }
        }
    }
    account.set_password(PasswordHash::of(context, password).await?, context.now());
    let family = context.read::<Family>(&caller.session).await?;
    let family = family.authorize_related(caller, ()).ok();
    Ok(also.and(carried_over(family, found, account)))
}

/// Publishes what others show of somebody, where that changed.
fn tell(draft: &mut Draft<Account>, before: &Account, caller: &User) {
    if draft.name == before.name && draft.state == before.state {
        return;
    }
    let Account { id, role, name, state, .. } = draft.value.clone();
    let fact = UserFact { user_id: id, role, name: Some(name), state: Some(state), by: caller.actor() };
    draft.publish(Fact::new(UserKind::Updated, id, id, draft.version(), &fact));
}
