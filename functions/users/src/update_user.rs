//! `update-user`: somebody changes their own account, or an administrator anybody's.

use app::{Access, Changes, Code, Context, Draft, Effect, Endpoint, Fact, Function, MergePatch, Problem, Route, User};
use domain::{Email, Password, UserFact, UserKind};
use schemars::JsonSchema;

use crate::{
    Account, HASHES_AT_ONCE, MEMORY_KIB, PasswordHash, USERS, UserView, account_by_email,
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
        let also = match input.password() {
            Some(password) => set_password(context, caller, input, password.clone(), &mut account).await?,
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

/// Sets a password. Returns what is saved besides: the session that goes on, and the e-mail of who was a guest.
async fn set_password(
    context: &Context,
    caller: &User,
    input: &UserPatch,
    password: Password,
    account: &mut Account,
) -> Result<Changes, Problem> {
    let claimed = if let Some(email) = input.email() {
        claimed(context, email, account).await?
    } else {
        prove(context, input, account).await?;
        Changes::none()
    };
    let family = context.read::<Family>(&caller.session).await?.authorize_related(caller, ()).ok();
    let family = family.filter(|family| family.is_alive(account));
    account.set_password(PasswordHash::of(context, password).await?, context.now());
    Ok(claimed.and(family.map(|family| carried_over(family, account)).unwrap_or_default()))
}

/// Requires the current password.
async fn prove(context: &Context, input: &UserPatch, account: &Account) -> Result<(), Problem> {
    let refused = || Problem::of(WRONG_PASSWORD);
    let current = input.current_password().cloned().ok_or_else(refused)?;
    let is_right = PasswordHash::verify(context, account.password.clone(), current).await?;
    if is_right { Ok(()) } else { Err(refused()) }
}

/// Gives a guest this e-mail, if it is free.
async fn claimed(context: &Context, email: &Email, account: &mut Account) -> Result<Changes, Problem> {
    if account_by_email(context, email).await?.is_some() {
        return Err(Problem::of(EMAIL_TAKEN));
    }
    account.email = Some(email.clone());
    Ok(claim(email, account.id).and(is_none_any_more(account.id)))
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

#[cfg(test)]
mod tests {
    use app::{Precondition, Stored as _, code};
    use domain::{AccountState, Role, UserId};
    use serde_json::{Value, json};
    use testing::{World, a_user, sent};

    use super::*;
    use crate::{
        Guest,
        accounts::Claim,
        sample::{ana, guest, refresh, register, set_state, sign_in, sign_in_as, signed_in, stored, update},
    };

    const EMAIL: &str = "gil@example.com";
    const WORD: &str = "battery staple";

    async fn refused(world: &World, caller: &User, id: UserId, patch: Value) -> Problem {
        update(world, caller, id, &patch).await.unwrap_err()
    }

    async fn pointers(world: &World, caller: &User, id: UserId, patch: Value) -> Vec<(String, &'static str)> {
        let refusal = refused(world, caller, id, patch).await;
        assert_eq!(refusal.code, code::INVALID_REQUEST);
        refusal.errors.into_iter().map(|error| (error.pointer, error.code)).collect()
    }

    #[tokio::test]
    async fn what_is_sent_changes_null_clears_and_the_rest_is_kept() {
        let (world, first) = ana().await;
        let (_, caller) = signed_in(&world, &first.sid).await;
        let patch = json!({"phone": "+40 700 000 009", "locale": "ro-RO"});
        let shown = update(&world, &caller, caller.id, &patch).await.unwrap();
        assert_eq!(shown["phone"], "+40 700 000 009");
        assert_eq!(shown["name"], "Ana Pop");
        let shown = update(&world, &caller, caller.id, &json!({"phone": null, "name": "Ana"})).await.unwrap();
        assert_eq!([&shown["phone"], &shown["name"], &shown["locale"]], [&Value::Null, &json!("Ana"), &json!("ro-RO")]);
        assert_eq!(shown["version"], 3);
        let nothing = update(&world, &caller, caller.id, &json!({"name": " Ana "})).await.unwrap();
        assert_eq!(nothing["version"], 3, "where nothing changes nothing is saved");
    }

    #[tokio::test]
    async fn others_are_told_of_a_name_and_a_state_and_of_nothing_else() {
        let (world, first) = ana().await;
        let (_, caller) = signed_in(&world, &first.sid).await;
        update(&world, &caller, caller.id, &json!({"phone": "+40 700 000 009"})).await.unwrap();
        assert!(world.published().is_empty());
        update(&world, &caller, caller.id, &json!({"name": "Ana"})).await.unwrap();
        set_state(&world, caller.id, "suspended").await;
        let [named, suspended] = <[_; 2]>::try_from(world.published()).unwrap();
        assert_eq!(named.kind, UserKind::Updated);
        assert_eq!([&named.subject, &named.partition_key], [&caller.id.to_string(); 2]);
        assert_eq!(named.sequence, 3);
        let fact: UserFact = serde_json::from_value(named.data).unwrap();
        let by = caller.actor();
        let wanted = UserFact {
            user_id: caller.id,
            role: Role::Customer,
            name: Some("Ana".parse().unwrap()),
            state: Some(AccountState::Active),
            by,
        };
        assert_eq!(fact, wanted);
        assert_eq!(suspended.sequence, 4);
        assert_eq!(suspended.data["state"], "suspended");
        assert_eq!(suspended.data["by"]["role"], "admin");
    }

    #[tokio::test]
    async fn a_new_password_ends_every_session_but_the_one_that_sets_it() {
        let (world, first) = ana().await;
        let elsewhere = sign_in(&world).await;
        let (_, caller) = signed_in(&world, &first.sid).await;
        let patch = json!({"password": WORD, "current_password": "correct horse"});
        update(&world, &caller, caller.id, &patch).await.unwrap();
        assert!(refresh(&world, &elsewhere.refresh_token).await.is_err());
        let second = refresh(&world, &first.refresh_token).await.unwrap();
        assert!(refresh(&world, &second.refresh_token).await.is_ok());
        assert!(sign_in_as(&world, "ana@example.com", "correct horse").await.is_err());
        assert!(sign_in_as(&world, "ana@example.com", WORD).await.is_ok());
    }

    #[tokio::test]
    async fn a_session_that_was_ended_is_not_brought_back_by_a_new_password() {
        let (world, first) = ana().await;
        let (_, caller) = signed_in(&world, &first.sid).await;
        let family = stored::<Family>(&world, &first.sid).await.unwrap();
        world.commit(USERS, crate::families::end(family)).await;
        let patch = json!({"password": WORD, "current_password": "correct horse"});
        update(&world, &caller, caller.id, &patch).await.unwrap();
        assert!(refresh(&world, &first.refresh_token).await.is_err());
    }

    #[tokio::test]
    async fn a_wrong_password_changes_nothing() {
        let (world, first) = ana().await;
        let (_, caller) = signed_in(&world, &first.sid).await;
        let patch = json!({"name": "Eva", "password": WORD, "current_password": "another horse"});
        assert_eq!(refused(&world, &caller, caller.id, patch).await.code, WRONG_PASSWORD);
        let (account, _) = signed_in(&world, &first.sid).await;
        assert_eq!(account.version, 1);
    }

    #[tokio::test]
    async fn a_guest_who_gives_e_mail_and_password_has_an_account_and_stays_signed_in() {
        let world = World::new();
        let (caller, first) = guest(&world).await;
        let patch = json!({"email": EMAIL, "password": WORD});
        let shown = update(&world, &caller, caller.id, &patch).await.unwrap();
        assert_eq!(shown["email"], EMAIL);
        assert_eq!(shown["id"], caller.id.to_string());
        assert_eq!(stored::<Guest>(&world, &caller.id).await, None);
        assert!(refresh(&world, &first.refresh_token).await.is_ok());
        assert_eq!(stored::<Guest>(&world, &caller.id).await, None, "no guest any more");
        assert!(sign_in_as(&world, EMAIL, WORD).await.is_ok());
        let taken = json!({"email": " GIL@example.com", "password": WORD, "name": "Gil", "role": "courier"});
        assert_eq!(register(&world, &taken).await.unwrap_err().code, EMAIL_TAKEN);
    }

    #[tokio::test]
    async fn a_guest_does_not_take_anothers_e_mail() {
        let (world, _) = ana().await;
        let (caller, _) = guest(&world).await;
        let patch = json!({"email": "ANA@example.com", "password": WORD});
        assert_eq!(refused(&world, &caller, caller.id, patch).await.code, EMAIL_TAKEN);
        assert!(stored::<Guest>(&world, &caller.id).await.is_some());
    }

    #[tokio::test]
    async fn of_two_guests_who_take_an_e_mail_at_once_one_gets_it() {
        let world = World::new();
        let context = world.context(crate::SERVICE, "update-user");
        let patch = sent::<UpdateUser>(&json!({"email": EMAIL, "password": WORD}).to_string());
        let mut effects = Vec::new();
        for _ in 0..2 {
            let (caller, _) = guest(&world).await;
            let path = UserPath { user_id: caller.id };
            effects.push(UpdateUser::call(&context, &caller, &path, &patch).await.unwrap());
        }
        let loser = effects.pop().unwrap();
        context.commit(USERS, effects.pop().unwrap().changes).await.unwrap();
        assert!(context.commit(USERS, loser.changes).await.unwrap_err().is_lost_race());
        let email = EMAIL.parse().unwrap();
        assert!(world.store().get(USERS, &Claim::key(&email)).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn fields_that_are_not_the_callers_to_change_are_named() {
        let (world, first) = ana().await;
        let (_, caller) = signed_in(&world, &first.sid).await;
        let (gil, _) = guest(&world).await;
        let admin = a_user(Role::Admin);
        let at = |pointer: &str, code| (pointer.to_owned(), code);
        let of = async |caller: &User, id, patch| pointers(&world, caller, id, patch).await;
        let word = json!(WORD);
        assert_eq!(of(&caller, caller.id, json!({"state": "active"})).await, [at("/state", "invalid")]);
        let all = json!({"email": EMAIL, "password": word, "current_password": word});
        let login = ["/email", "/password", "/current_password"];
        assert_eq!(of(&admin, caller.id, all).await, login.map(|pointer| at(pointer, "invalid")));
        let wanted = [at("/email", "invalid"), at("/password", "required"), at("/current_password", "required")];
        assert_eq!(of(&caller, caller.id, json!({"email": EMAIL})).await, wanted);
        let wanted = [at("/current_password", "required")];
        assert_eq!(of(&caller, caller.id, json!({"password": word})).await, wanted);
        assert_eq!(of(&gil, gil.id, json!({"password": word})).await, [at("/email", "required")]);
        assert_eq!(of(&gil, gil.id, json!({"email": EMAIL})).await, [at("/password", "required")]);
    }

    #[tokio::test]
    async fn another_is_not_found_and_an_administrator_changes_all_but_their_own_state() {
        let (world, first) = ana().await;
        let (account, _) = signed_in(&world, &first.sid).await;
        let stranger = a_user(Role::Customer);
        let name = json!({"name": "Eva"});
        assert_eq!(refused(&world, &stranger, account.id, name.clone()).await.code, code::NOT_FOUND);
        let admin = a_user(Role::Admin);
        assert_eq!(update(&world, &admin, account.id, &name).await.unwrap()["name"], "Eva");
        let own = User { id: account.id, ..admin };
        assert_eq!(refused(&world, &own, account.id, json!({"state": "suspended"})).await.code, OWN_STATE);
        assert_eq!(update(&world, &own, account.id, &json!({"state": "active"})).await.unwrap()["version"], 2);
    }

    #[tokio::test]
    async fn what_is_wrong_is_told_before_a_version_that_has_passed() {
        let (world, first) = ana().await;
        let (_, caller) = signed_in(&world, &first.sid).await;
        let expecting = |version| {
            let stale = Precondition::Versions(vec![version]);
            world.context(crate::SERVICE, "update-user").expecting(stale)
        };
        let path = UserPath { user_id: caller.id };
        for (patch, version, wanted) in [
            (json!({"state": "active"}), 9, Some(code::INVALID_REQUEST)),
            (json!({"password": WORD, "current_password": "another horse"}), 9, Some(code::STALE)),
            (json!({"name": "Eva"}), 9, Some(code::STALE)),
            (json!({"name": "Eva"}), 1, None),
        ] {
            let patch = sent::<UpdateUser>(&patch.to_string());
            let outcome = UpdateUser::call(&expecting(version), &caller, &path, &patch).await;
            assert_eq!(outcome.err().map(|refusal| refusal.code), wanted);
        }
    }
}
